/**
 * Making the current segment fit to be written after a crash.
 *
 * Walks it to the first bad place. A whole entry or mark beyond it whose
 * `synced` lies past it proves that acknowledged bytes were damaged: then
 * nothing is cut, and the journal does not open unless the loss is accepted.
 * Otherwise the rest is the torn tail of a batch nobody was told about: it is
 * copied to quarantine/ and cut off.
 *
 * Doing it twice changes nothing.
 */
import { createHash, type Hash } from "node:crypto";
import { closeSync, copyFileSync, fsyncSync, ftruncateSync, mkdirSync, openSync } from "node:fs";
import { basename, join } from "node:path";
import { type Seal, VerbatimError } from "@verbatim/core";
import { findAfter, openSegment, type SegmentFile, walk } from "./walk.ts";

/** What was found in the current segment, and what was done about it. */
export type Recovered = {
  readonly bytes: number;
  readonly first_seq: number;
  readonly last_seq: number;
  readonly count: number;
  readonly day: string;
  readonly sealed: Seal | null;
  /** sha-256 state over all kept bytes. */
  readonly hash: Hash;
  /** Bytes of a torn tail that were cut off, 0 when there was none. */
  readonly torn_bytes: number;
  /** Seqs lost to accepted damage. */
  readonly lost: readonly { readonly first: number; readonly last: number }[];
};

/** Recovers `path`; `before` is the last seq of the segments before it. */
export function recover(
  folder: string,
  path: string,
  before: number,
  acceptLoss: boolean,
): Recovered {
  const file = openSegment(path);
  try {
    const seen = survey(file, before);
    if (seen.bad === null) return seen.state;
    const after = findAfter(
      file,
      seen.bad,
      (step) => step.head.kind !== "sealed" && step.head.synced > (seen.bad ?? 0),
    );
    if (after === null) return cut(folder, file, seen);
    if (!acceptLoss) throw damaged(file, seen);
    return acceptDamage(folder, file, seen);
  } finally {
    file.close();
  }
}

type Survey = { readonly state: Recovered; readonly bad: number | null };

function survey(file: SegmentFile, before: number): Survey {
  const hash = createHash("sha256");
  let state: Recovered = {
    bytes: 0,
    first_seq: before + 1,
    last_seq: before,
    count: 0,
    day: "",
    sealed: null,
    hash,
    torn_bytes: 0,
    lost: [],
  };
  let hashed = 0;
  for (const step of walk(file)) {
    if (step.kind === "bad") return { state, bad: step.offset };
    if (step.head.kind === "sealed") {
      state = { ...state, sealed: step.head, bytes: step.next };
      break;
    }
    if (step.head.kind === "entry") state = withEntry(state, step.head.seq, step.head.at);
    hashRange(file, hash, hashed, step.next);
    hashed = step.next;
    state = { ...state, bytes: step.next };
  }
  return { state, bad: file.size() > state.bytes ? state.bytes : null };
}

function withEntry(state: Recovered, seq: number, at: string): Recovered {
  return {
    ...state,
    first_seq: state.count === 0 ? seq : state.first_seq,
    last_seq: seq,
    count: state.count + 1,
    day: state.count === 0 ? at.slice(0, 10) : state.day,
  };
}

/** Read again rather than kept: the walk's bytes are gone by the time they are known to be good. */
function hashRange(file: SegmentFile, hash: Hash, from: number, to: number): void {
  const piece = new Uint8Array(Math.min(to - from, 1024 * 1024));
  for (let at = from; at < to; ) {
    const read = file.read(piece.subarray(0, Math.min(piece.length, to - at)), at);
    if (read === 0) return;
    hash.update(piece.subarray(0, read));
    at += read;
  }
}

function cut(folder: string, file: SegmentFile, seen: Survey): Recovered {
  const torn = file.size() - seen.state.bytes;
  quarantine(folder, file.path, `torn-${seen.state.last_seq + 1}`);
  const fd = openSync(file.path, "r+");
  try {
    ftruncateSync(fd, seen.state.bytes);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  return { ...seen.state, torn_bytes: torn };
}

/** The damaged file is kept whole in quarantine/; what can be read stays where it is. */
function acceptDamage(folder: string, file: SegmentFile, seen: Survey): Recovered {
  quarantine(folder, file.path, `damaged-${seen.state.last_seq + 1}`);
  let state = seen.state;
  const lost: { first: number; last: number }[] = [];
  for (let from: number | null = seen.bad; from !== null; ) {
    const next = findAfter(file, from, (step) => step.head.kind === "entry");
    if (next === null || next.head.kind !== "entry") break;
    const gap = { first: state.last_seq + 1, last: next.head.seq - 1 };
    if (gap.last >= gap.first) lost.push(gap);
    [state, from] = readOn(file, next.offset, state);
  }
  return { ...state, bytes: file.size(), lost };
}

/** Takes in whole entries from an offset; gives the next bad place, or null at the end. */
function readOn(file: SegmentFile, from: number, before: Recovered): [Recovered, number | null] {
  let state = before;
  for (const step of walk(file, from)) {
    if (step.kind === "bad") return [state, step.offset];
    if (step.head.kind === "entry") state = withEntry(state, step.head.seq, step.head.at);
  }
  return [state, null];
}

function quarantine(folder: string, path: string, why: string): void {
  const target = join(folder, "quarantine");
  mkdirSync(target, { recursive: true, mode: 0o700 });
  copyFileSync(path, join(target, `${basename(path)}.${why}`));
}

function damaged(file: SegmentFile, seen: Survey): VerbatimError {
  return new VerbatimError(
    "journal_corrupt",
    `${file.path} is damaged at byte ${seen.bad}, after seq ${seen.state.last_seq}: bytes that were acknowledged cannot be read. ` +
      "Restore the file from a backup, or start once with --accept-loss: everything readable is kept, the damaged file is put into quarantine, and the loss is written down",
    { facts: { file: file.path, offset: seen.bad ?? 0, after_seq: seen.state.last_seq } },
  );
}
