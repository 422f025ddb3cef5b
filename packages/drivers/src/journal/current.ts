/**
 * The segment that is written to, and how it becomes an archived one.
 *
 * `write` returns after fdatasync or throws with nothing of it left behind.
 * Sealing is: a seal line, fdatasync, rename into the archive, fsync of both
 * folders, a new file. Dying between any two of these is mended when it is
 * opened again: a sealed file that was not renamed yet is renamed, a missing
 * file is made.
 */
import { createHash } from "node:crypto";
import { chmodSync, existsSync } from "node:fs";
import { join } from "node:path";
import {
  ARCHIVE_FOLDER,
  archiveName,
  CURRENT_SEGMENT,
  dayOf,
  encodeEntries,
  encodeMark,
  type Heard,
  isFull,
  type Seal,
} from "@verbatim/core";
import { segmentsOf } from "./folder.ts";
import type { JournalFs } from "./fs.ts";
import { recover } from "./recover.ts";
import { checksum, openSegment, walk } from "./walk.ts";

export interface Current {
  /** The last seq that is safe. */
  lastSeq(): number;
  bytes(): number;
  readonly tornBytes: number;
  write(heard: readonly Heard[]): Promise<void>;
  /** Says in the file that all of it is safe; nothing when it says so already. */
  mark(at: string): Promise<void>;
  rotateIfDue(at: string): Promise<void>;
  /** Moves the segment to the archive; its name there, or null when it is empty. */
  seal(at: string): Promise<string | null>;
  close(): void;
}

type OpenCurrent = {
  readonly dir: string;
  readonly fs: JournalFs;
  readonly now: () => string;
  readonly acceptLoss: boolean;
};

type File = {
  fd: number;
  /** End of what is safe. The next write begins here. */
  synced: number;
  /** `synced` as last said by an entry or a mark. */
  said: number;
  firstSeq: number;
  count: number;
  day: string;
  hash: ReturnType<typeof createHash>;
};

/** Opens the current segment, mending what a crash left. */
export async function openCurrent(options: OpenCurrent): Promise<Current> {
  const { dir, fs, now } = options;
  const path = join(dir, CURRENT_SEGMENT);
  const archive = join(dir, ARCHIVE_FOLDER);
  let tornBytes = 0;
  let last = lastSeqBefore(dir);
  let file: File | null = null;

  /** A new, empty segment, durable under its name. */
  function begin(): File {
    const fd = fs.open(path, "wx+");
    fs.syncFolder(dir);
    return {
      fd,
      synced: 0,
      said: 0,
      firstSeq: last + 1,
      count: 0,
      day: "",
      hash: createHash("sha256"),
    };
  }

  /** Moves the file at `path` away under a free name of the archive. */
  function putAway(at: string): string {
    const name = archiveName(at, (one) => existsSync(join(archive, one)));
    fs.rename(path, join(archive, name));
    fs.syncFolder(archive);
    fs.syncFolder(dir);
    return name;
  }

  async function writeAll(target: File, bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      at += await fs.write(target.fd, bytes.subarray(at), target.synced + at);
    }
  }

  /** Appends and syncs; on a failed write cuts back, on a failed sync gives the file up. */
  async function commit(target: File, bytes: Uint8Array): Promise<"safe" | { poisoned: unknown }> {
    try {
      await writeAll(target, bytes);
    } catch (error) {
      try {
        fs.truncate(target.fd, target.synced);
      } catch {
        return { poisoned: error };
      }
      throw error;
    }
    try {
      const synced = fs.fdatasync(target.fd);
      // Hashing takes as long as syncing, so it is done meanwhile; a file whose sync failed is never sealed.
      target.hash.update(bytes);
      await synced;
    } catch (error) {
      return { poisoned: error };
    }
    target.synced += bytes.length;
    return "safe";
  }

  /** The poisoned file keeps what was safe in it; cutting the rest is a courtesy to readers, not relied on. */
  function giveUp(target: File): void {
    file = null;
    try {
      fs.truncate(target.fd, target.synced);
    } catch {
      // The next segment's first seq tells readers where this one ends.
    }
    fs.close(target.fd);
    if (target.count === 0 && target.synced === 0)
      fs.rename(path, join(dir, `quarantine-${Date.now()}.jsonl`));
    else putAway(now());
  }

  async function write(heard: readonly Heard[]): Promise<void> {
    const target = (file ??= begin());
    const encode = (to: File): Uint8Array =>
      encodeEntries(heard, { seq: last + 1, synced: to.synced }, checksum);
    const done = await commit(target, encode(target));
    if (done === "safe") return settled(target, heard);
    giveUp(target);
    const fresh = begin();
    file = fresh;
    const again = await commit(fresh, encode(fresh));
    if (again === "safe") return settled(fresh, heard);
    giveUp(fresh);
    throw again.poisoned;
  }

  function settled(target: File, heard: readonly Heard[]): void {
    if (target.count === 0) target.day = dayOf(heard[0]?.at ?? now());
    target.said = target.synced;
    target.count += heard.length;
    last += heard.length;
  }

  async function mark(at: string): Promise<void> {
    if (file === null || file.count === 0 || marked === last) return;
    const done = await commit(
      file,
      encodeMark({ kind: "synced", at, synced: file.synced }, checksum),
    );
    if (done === "safe") marked = last;
    else giveUp(file);
  }

  async function seal(at: string): Promise<string | null> {
    if (file === null || file.count === 0) return null;
    const target = file;
    const facts: Seal = {
      kind: "sealed",
      at,
      count: target.count,
      first_seq: target.firstSeq,
      last_seq: last,
      sha256: target.hash.copy().digest("hex"),
    };
    const done = await commit(target, encodeMark(facts, checksum));
    if (done !== "safe") {
      giveUp(target);
      return null;
    }
    fs.close(target.fd);
    file = null;
    const name = putAway(at);
    chmodSync(join(archive, name), 0o400);
    file = begin();
    return name;
  }

  let marked = 0;
  if (existsSync(path)) {
    const found = recover(dir, path, last, options.acceptLoss);
    tornBytes = found.torn_bytes;
    last = Math.max(last, found.last_seq);
    if (found.sealed !== null || found.lost.length > 0) {
      putAway(now());
      file = begin();
      if (found.lost.length > 0) await write(lossRecords(found.lost, now()));
    } else {
      file = {
        fd: fs.open(path, "r+"),
        synced: found.bytes,
        said: found.bytes,
        firstSeq: found.first_seq,
        count: found.count,
        day: found.day,
        hash: found.hash,
      };
      // What the page cache kept over a kill was never synced by anyone: make it so before it counts as safe.
      await fs.fdatasync(file.fd);
    }
  } else {
    file = begin();
  }

  return {
    lastSeq: () => last,
    bytes: () => file?.synced ?? 0,
    tornBytes,
    write,
    mark,
    seal,
    rotateIfDue: async (at) => {
      if (
        file !== null &&
        isFull({ bytes: file.synced, day: file.count === 0 ? dayOf(at) : file.day }, at)
      )
        await seal(at);
    },
    close: () => {
      if (file !== null) fs.close(file.fd);
      file = null;
    },
  };
}

/** What cannot be read any more, as a record of its own. */
function lossRecords(
  lost: readonly { readonly first: number; readonly last: number }[],
  at: string,
): readonly Heard[] {
  return lost.map(({ first, last }) => ({
    source: "verbatim",
    key: `loss/${first}-${last}`,
    at,
    raw: new TextEncoder().encode(
      JSON.stringify({ type: "loss", first_seq: first, last_seq: last, accepted_at: at }),
    ),
  }));
}

/** The last seq of the archive: what the current segment goes on from. */
function lastSeqBefore(dir: string): number {
  const segments = segmentsOf(dir).filter((one) => one.file !== CURRENT_SEGMENT);
  const newest = segments.at(-1);
  if (newest === undefined) return 0;
  const file = openSegment(newest.path);
  let last = 0;
  try {
    for (const step of walk(file))
      if (step.kind === "whole" && step.head.kind === "entry") last = step.head.seq;
  } finally {
    file.close();
  }
  return last;
}
