/**
 * Putting other bytes in the place of a sealed segment: to compress it, or to
 * forget what somebody said.
 *
 *   J6  A sealed segment is replaced whole or not at all: a reader, and a crash
 *       at any moment, find the old bytes or the new ones, under the same name.
 *   J7  One process at a time rewrites the archive of a journal, by flock(2).
 *
 * New bytes are written beside (`….new`), synced, looked at, renamed over the
 * old ones, and the folder is synced. A segment may lie there compressed
 * (`….jsonl.zst`), or dropped (`….jsonl.dropped`); where several are, the plainest one
 * counts, so it is put in place first and the others removed after it. What a crash left of either is cleared
 * away by whoever takes the lock next.
 */
import { existsSync, readdirSync, statSync, utimesSync } from "node:fs";
import { basename, join } from "node:path";
import { ARCHIVE_FOLDER, VerbatimError } from "@verbatim/core";
import { COMPRESSED_END, DROPPED_END } from "@verbatim/core/keeping";
import { ownerOf, takeLock } from "../process/lock.ts";
import { compressing, digestOf } from "./compress.ts";
import { openCompressed } from "./compressed-file.ts";
import { type DropOptions, dropSegment } from "./drop.ts";
import { isFull, type JournalFs, realFs } from "./fs.ts";
import { openPlain } from "./plain-file.ts";
import { type Pieces, putInPlace, removeIfThere } from "./put-in-place.ts";
import { type Ends, endsAt, plainNameOf } from "./segments.ts";

/** The right to rewrite sealed segments, until it is disposed or its process ends. */
export interface Rewriting extends Disposable {
  readonly dir: string;
  readonly fs: JournalFs;
  /**
   * Gives the segment `file` (`archive/session_….jsonl`, compressed or not) these
   * plain bytes. They must hold the same seqs. When it throws, the old ones stand.
   */
  replace(file: string, pieces: Pieces): Promise<void>;
  /**
   * Compresses the segment; null when it is already. When it throws, it stands as
   * it was: damaged ones are `journal_corrupt`, and stay plain.
   */
  compress(file: string, along: Along): Promise<Saved | null>;
  /** Drops the segment's bytes when that is proved to lose nothing (J30); null when they are already. */
  drop(file: string, options: DropOptions): Promise<Saved | null>;
}

/** What a caller may watch, and stop, while a segment is rewritten. */
type Along = {
  /** Plain bytes done. */
  readonly onProgress: (done: number) => void;
  readonly signal: AbortSignal;
};

/** Bytes of a segment before and after. */
export type Saved = { readonly bytes: number; readonly stored_bytes: number };

/** Takes the lock; throws `journal_busy` with its holder's name when somebody has it. */
export function openRewriting(options: {
  readonly dir: string;
  /** Who rewrites, for the one who is refused. */
  readonly program: string;
  readonly fs?: JournalFs;
}): Rewriting {
  const { dir, program, fs = realFs } = options;
  const path = join(dir, "rewrite.lock");
  const since = new Date().toISOString();
  const lock = takeLock(path, { program, pid: process.pid, since });
  if (lock === null) throw busy(path);
  try {
    clearLeftovers(dir, fs);
  } catch (error) {
    lock.release();
    throw error;
  }
  return {
    dir,
    fs,
    replace: (file, pieces) => replaceSegment({ dir, fs }, file, pieces),
    compress: (file, along) => compressSegment({ dir, fs }, file, along),
    drop: (file, options) => dropped({ dir, fs }, file, options),
    [Symbol.dispose]: () => lock.release(),
  };
}

/** Compresses one segment by itself: the lock is held for no longer, so that whoever forgets may come between two. */
export async function compressSealed(
  place: { readonly dir: string; readonly program: string },
  file: string,
  along: Along,
): Promise<number | null> {
  using rewriting = openRewriting(place);
  return (await rewriting.compress(file, along))?.stored_bytes ?? null;
}

/** Drops one segment by itself, likewise. */
export async function dropSealed(
  place: { readonly dir: string; readonly program: string },
  file: string,
  options: DropOptions,
): Promise<number | null> {
  using rewriting = openRewriting(place);
  return (await rewriting.drop(file, options))?.stored_bytes ?? null;
}

type Place = { readonly dir: string; readonly fs: JournalFs };

async function replaceSegment({ dir, fs }: Place, file: string, pieces: Pieces): Promise<void> {
  const path = join(dir, ARCHIVE_FOLDER, basename(file));
  const before = endsAt(path);
  if (before === null) {
    throw new VerbatimError("not_found", `${file} is no sealed segment of the journal in ${dir}`);
  }
  await putInPlace(fs, { path, pieces, check: (beside) => sameEnds(beside, before) });
  for (const end of [COMPRESSED_END, DROPPED_END]) removeIfThere(fs, `${path}${end}`);
}

async function dropped(place: Place, file: string, options: DropOptions): Promise<Saved | null> {
  try {
    return await dropSegment(place, file, options);
  } catch (cause) {
    throw unchanged(cause, options.signal, `${basename(file)} could not be dropped`);
  }
}

/** What is thrown for a segment that stayed as it was. */
function unchanged(cause: unknown, signal: AbortSignal, what: string): unknown {
  if (cause instanceof VerbatimError || signal.aborted) return cause;
  const why = isFull(cause) ? "there is no room" : String(cause);
  return new VerbatimError("output_failed", `${what} and stays as it was: ${why}`, { cause });
}

async function compressSegment(
  { dir, fs }: Place,
  file: string,
  { onProgress, signal }: Along,
): Promise<Saved | null> {
  const path = join(dir, ARCHIVE_FOLDER, basename(file));
  if (!existsSync(path)) return null;
  const plain = openPlain(path);
  const small = `${path}${COMPRESSED_END}`;
  try {
    const { pieces, sha256 } = compressing(plain, onProgress, signal);
    await putInPlace(fs, { path: small, pieces, check: (beside) => sameBytes(beside, sha256()) });
    // People read the time of sealing from the file.
    const { atime, mtime } = statSync(path);
    utimesSync(small, atime, mtime);
    removeIfThere(fs, path); // (J8)
    return { bytes: plain.size(), stored_bytes: statSync(small).size };
  } catch (cause) {
    throw unchanged(cause, signal, `${path} could not be compressed`);
  } finally {
    plain.close();
  }
}

/** Reads back what was written, every byte of it. */
async function sameBytes(path: string, sha256: string): Promise<void> {
  const file = openCompressed(path);
  try {
    if ((await digestOf(file)) === sha256) return;
  } finally {
    file.close();
  }
  throw new Error("what was written reads back differently; look at the disk");
}

function sameEnds(path: string, before: Ends): void {
  const after = endsAt(path);
  if (after?.first_seq === before.first_seq && after.last_seq === before.last_seq) return;
  throw new Error(
    `what was written to ${path} ends at seq ${after?.last_seq ?? "?"}, not at ${before.last_seq ?? "?"}`,
  );
}

function clearLeftovers(dir: string, fs: JournalFs): void {
  const archive = join(dir, ARCHIVE_FOLDER);
  if (!existsSync(archive)) return;
  const names = new Set(readdirSync(archive));
  for (const name of names) {
    const plain = plainNameOf(name);
    const isSmaller = name.endsWith(DROPPED_END) && names.has(`${plain}${COMPRESSED_END}`);
    const replaced = plain !== name && (names.has(plain) || isSmaller);
    if (replaced || name.endsWith(".new")) removeIfThere(fs, join(archive, name));
  }
}

function busy(path: string): VerbatimError {
  const holder = ownerOf(path);
  const who = holder === null ? "another process" : `${holder.program}, pid ${holder.pid}`;
  return new VerbatimError(
    "journal_busy",
    `the archive of the journal is being rewritten by ${who}; wait until it is done`,
    { facts: { lock: path, pid: holder?.pid ?? 0, program: holder?.program ?? "" } },
  );
}
