/**
 * A file that is written piece by piece and is there whole or not at all.
 *
 *   X4  The file is there under its name whole or not at all: it is written
 *       beside, synced and then given its name. What lies there already is
 *       never replaced unless that was asked for.
 *
 * In a folder that gets its own name later (`isApart`) a file has its name from the
 * beginning, and is synced with the folder by whoever names that (syncFiles): a
 * disk syncs many as fast as one.
 *
 * What a writer that was killed left beside is swept away by the next one
 * (leftovers.ts).
 */
import { createHash } from "node:crypto";
import { existsSync, statSync } from "node:fs";
import { type FileHandle, link, open, readdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { VerbatimError } from "@verbatim/core";
import { sweepBeside } from "./leftovers.ts";

/** Failures of the place that is written to, and not of ours. */
const PLACE_FAILURES: readonly string[] = [
  "ENOSPC",
  "EDQUOT",
  "EFBIG",
  "EACCES",
  "EPERM",
  "EROFS",
  "ENOTDIR",
  "EISDIR",
  "ENAMETOOLONG",
  "EIO",
];
/** Where a file system has no links, two programs that write to one name at one moment are not told apart. */
const NO_LINKS: readonly string[] = ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"];

/** Read back at once. */
const READ_BYTES: number = 256 * 1024;

/** What is told of a file that is there. */
export type WholeFileMade = { readonly bytes: number; readonly sha256: string };

export type WholeFile = {
  write(bytes: Uint8Array): Promise<void>;
  /** What was written so far, read back from its beginning. */
  written(): AsyncIterable<Uint8Array>;
  /** Gives the file its name. */
  finish(): Promise<WholeFileMade>;
  /** Takes away what was written, unless it has its name already. */
  [Symbol.asyncDispose](): Promise<void>;
};

/** Begins a file at `path`, whose folder is there. */
export async function openWholeFile(
  path: string,
  { replace, isApart = false }: { readonly replace: boolean; readonly isApart?: boolean },
): Promise<WholeFile> {
  if (!isApart) await sweepBeside(path);
  checkPlace(path, replace);
  const beside = isApart ? path : `${path}.${process.pid}.part`;
  const handle = await placed(path, () => open(beside, isApart ? "wx+" : "w+", 0o600));
  const hash = createHash("sha256");
  let bytes = 0;
  let isOpen = true;
  let isNamed = false;
  return {
    write: async (piece) => {
      hash.update(piece);
      bytes += piece.length;
      await placed(path, () => writeAll(handle, piece));
    },
    written: () => readBack(handle, bytes),
    finish: async () => {
      if (!isApart) await placed(path, () => handle.sync());
      isOpen = false;
      await handle.close();
      if (!isApart) {
        await placed(path, () => named(beside, path, replace));
        await placed(path, () => syncFolder(dirname(path)));
      }
      isNamed = true;
      return { bytes, sha256: hash.digest("hex") };
    },
    [Symbol.asyncDispose]: async () => {
      if (isOpen) await handle.close();
      if (!isNamed) await rm(beside, { force: true });
    },
  };
}

/** The first so many bytes of an open file. */
export async function* readBack(handle: FileHandle, bytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes; ) {
    const piece = new Uint8Array(Math.min(READ_BYTES, bytes - at));
    const { bytesRead } = await handle.read(piece, 0, piece.length, at);
    if (bytesRead === 0) return;
    yield piece.subarray(0, bytesRead);
    at += bytesRead;
  }
}

function checkPlace(path: string, replace: boolean): void {
  const folder = dirname(path);
  if (!existsSync(folder)) {
    throw new VerbatimError(
      "input_invalid",
      `there is no folder ${folder}; make it, or name another with --out`,
    );
  }
  if (!existsSync(path)) return;
  if (statSync(path).isDirectory()) {
    throw new VerbatimError("input_invalid", `${path} is a folder; name a file in it with --out`);
  }
  if (!replace) throw isThere(path);
}

function isThere(path: string): VerbatimError {
  return new VerbatimError(
    "conflict",
    `${path} is there already; name another file with --out, or replace it with --force`,
  );
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, at, bytes.length - at);
    at += bytesWritten;
  }
}

/** A link is refused where something lies already, however late it came there. (X4) */
async function named(beside: string, path: string, replace: boolean): Promise<void> {
  if (replace) return await rename(beside, path);
  try {
    await link(beside, path);
    await rm(beside);
  } catch (error) {
    if (codeOf(error) === "EEXIST") throw isThere(path);
    if (!NO_LINKS.includes(codeOf(error))) throw error;
    if (existsSync(path)) throw isThere(path);
    await rename(beside, path);
  }
}

/** Files that are synced at once. */
const SYNCED_AT_ONCE = 16;

/** Makes every file of a folder safe, and then their names. */
export async function syncFiles(folder: string): Promise<void> {
  const names = await readdir(folder);
  const worker = async (): Promise<void> => {
    for (let name = names.pop(); name !== undefined; name = names.pop()) {
      const path = join(folder, name);
      const handle = await open(path, "r+");
      try {
        await placed(path, () => handle.sync());
      } finally {
        await handle.close();
      }
    }
  };
  const workers = Array.from({ length: SYNCED_AT_ONCE }, worker);
  const ended = await Promise.allSettled(workers);
  for (const one of ended) if (one.status === "rejected") throw one.reason;
  await syncFolder(folder);
}

/** Makes names in a folder safe. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Failures of the place get the name that a person can act on. */
async function placed<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const code = codeOf(cause);
    if (!PLACE_FAILURES.includes(code)) throw cause;
    throw new VerbatimError(
      "output_failed",
      `${path} cannot be written (${code}); nothing was left there; make room or name another place with --out`,
      { cause },
    );
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
