/**
 * A file that is restored, on this disk: written beside its place and moved there
 * when it is whole.
 *
 *   X23  What is there and differs is left as it is, unless it may be replaced;
 *        everything else comes back all the same.
 *
 * A file is open only while a piece of it is written: however many are restored
 * at once, none runs out of handles.
 */
import { createHash } from "node:crypto";
import { closeSync, createReadStream, existsSync, mkdirSync, openSync, writevSync } from "node:fs";
import { open, rename, rm, utimes } from "node:fs/promises";
import { dirname } from "node:path";
import { VerbatimError } from "@verbatim/core";
import type { Laid, Sink } from "./restoring.ts";

const PIECE_BYTES: number = 1024 * 1024;
/** Linux takes no more in one write. */
const PIECES_MAX = 1024;

export type State = "written" | "same" | "differs" | "would be written";

/** A file that is on its way to its place. */
export type FileBeside = {
  readonly sink: Sink;
  /** Puts it in its place, unless it is there already, or something else is that may not be replaced. (X23) */
  put(laid: Laid, how: { readonly at: string; readonly force: boolean }): Promise<State>;
  /** Takes away what lies beside. */
  drop(): Promise<void>;
};

let count = 0;

/** Begins a file; nothing is on disk before its first piece is written. */
export function fileBeside(target: string): FileBeside {
  count += 1;
  const beside = `${target}.${process.pid}-${count}.restoring`;
  let begun = false;

  function write(pieces: readonly Uint8Array[], offset: number): void {
    const file = opened();
    begun = true;
    try {
      writeAll(file, pieces, offset);
    } finally {
      closeSync(file);
    }
  }

  function opened(): number {
    try {
      if (!begun) mkdirSync(dirname(target), { recursive: true });
      return openSync(beside, begun ? "r+" : "w", 0o600);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new VerbatimError(
        "output_failed",
        `${target} cannot be written: ${why}; choose another folder with --out`,
        { cause },
      );
    }
  }

  return {
    sink: {
      write,
      readBack: () => createReadStream(beside, { highWaterMark: PIECE_BYTES }),
    },
    put: async (laid, { at, force }) => {
      if (!begun) write([], 0);
      const before = await stateBefore(target, laid);
      if (before === "same" || (before === "differs" && !force)) return before;
      await synced(beside);
      await utimes(beside, new Date(at), new Date(at));
      await rename(beside, target);
      return "written";
    },
    drop: () => rm(beside, { force: true }),
  };
}

/** What lies at the place of a file now. */
export async function stateBefore(target: string, { sha256 }: Laid): Promise<State> {
  if (!existsSync(target)) return "would be written";
  const there = createHash("sha256");
  for await (const piece of createReadStream(target, { highWaterMark: PIECE_BYTES }))
    there.update(piece);
  return there.digest("hex") === sha256 ? "same" : "differs";
}

function writeAll(file: number, pieces: readonly Uint8Array[], offset: number): void {
  let at = offset;
  let left = pieces;
  while (left.length > 0) {
    let written = writevSync(file, left.slice(0, PIECES_MAX), at);
    at += written;
    let whole = 0;
    for (const { length } of left) {
      if (length > written) break;
      written -= length;
      whole += 1;
    }
    const [first, ...rest] = left.slice(whole);
    left = first === undefined ? [] : [first.subarray(written), ...rest];
  }
}

async function synced(path: string): Promise<void> {
  const file = await open(path, "r+");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
