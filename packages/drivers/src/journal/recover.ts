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
import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  writeSync,
} from "node:fs";
import { basename, join } from "node:path";
import { type Seal, VerbatimError } from "@verbatim/core";
import { realFs } from "./fs.ts";
import { type Before, findAfter, proves, walkOver } from "./holes.ts";
import { note, type Point } from "./points.ts";
import { openSegment, type SegmentFile } from "./segment-file.ts";
import { type Whole, walk } from "./walk.ts";

/** A range of seqs that cannot be read any more. */
export type Lost = { readonly first: number; readonly last: number };

/** What was found in the current segment, and what was done about it. */
export type Recovered = {
  readonly bytes: number;
  readonly first_seq: number;
  /** The highest seq that was ever given, lost ones too. */
  readonly last_seq: number;
  readonly count: number;
  readonly day: string;
  readonly sealed: Seal | null;
  /** sha-256 state over all kept bytes. */
  readonly hash: Hash;
  readonly points: readonly Point[];
  /** Bytes of a torn tail that were cut off, 0 when there was none. */
  readonly torn_bytes: number;
  /** Whether there was damage, which was accepted: the file is not written any more. */
  readonly damaged: boolean;
  readonly lost: readonly Lost[];
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
    const { bad } = seen;
    if (bad === null) return seen.state;
    const proof = findAfter(file, { bad, before: seen.before }, (step) => proves(file, step, bad));
    if (proof === null) return cut(folder, file, { ...seen, bad });
    if (!acceptLoss) throw damaged(file, { ...seen, bad }, proof);
    return acceptDamage(folder, file, { ...seen, bad });
  } finally {
    file.close();
  }
}

type Survey = {
  readonly state: Recovered;
  /** Where the first bytes that cannot be read begin. */
  readonly bad: number | null;
  readonly before: Before;
};
type Damage = Survey & { readonly bad: number };

function survey(file: SegmentFile, last: number): Survey {
  const hash = createHash("sha256");
  const points: Point[] = [];
  let before: Before = { seq: last, synced: 0 };
  let state: Recovered = {
    bytes: 0,
    first_seq: last + 1,
    last_seq: last,
    count: 0,
    day: "",
    sealed: null,
    hash,
    points,
    torn_bytes: 0,
    damaged: false,
    lost: [],
  };
  for (const step of walk(file)) {
    if (step.kind === "bad") return { state, before, bad: step.offset };
    if (step.head.kind === "sealed") {
      return { state: { ...state, sealed: step.head, bytes: step.next }, before, bad: null };
    }
    hashRange(file, hash, step.offset, step.next);
    state = { ...state, bytes: step.next };
    if (step.head.kind !== "entry") continue;
    before = step.head;
    note(points, { seq: step.head.seq, offset: step.offset });
    state = withEntry(state, step.head.seq, step.head.at);
  }
  return { state, before, bad: null };
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
  for (const piece of pieces(file, from, to)) hash.update(piece);
}

function* pieces(file: SegmentFile, from: number, to: number): Generator<Uint8Array> {
  const piece = new Uint8Array(Math.min(to - from, 1024 * 1024));
  for (let at = from; at < to; ) {
    const read = file.read(piece.subarray(0, Math.min(piece.length, to - at)), at);
    if (read === 0) return;
    yield piece.subarray(0, read);
    at += read;
  }
}

function cut(folder: string, file: SegmentFile, seen: Damage): Recovered {
  const size = file.size();
  quarantine(folder, file, { from: seen.bad, to: size, why: `torn-${seen.state.last_seq + 1}` });
  const fd = openSync(file.path, "r+");
  try {
    ftruncateSync(fd, seen.bad);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  return { ...seen.state, torn_bytes: size - seen.bad };
}

/** What cannot be read is copied to quarantine/; the file itself stays as it is, to be put away. */
function acceptDamage(folder: string, file: SegmentFile, seen: Damage): Recovered {
  let { state } = seen;
  const lost: Lost[] = [];
  for (const step of walkOver(file, { from: seen.bad, before: seen.before })) {
    if (step.kind === "hole") {
      const why = `damaged-${state.last_seq + 1}`;
      quarantine(folder, file, { from: step.offset, to: step.next, why });
      continue;
    }
    const given = lastGivenBefore(step);
    if (given > state.last_seq) lost.push({ first: state.last_seq + 1, last: given });
    state = { ...state, last_seq: Math.max(state.last_seq, given) };
    if (step.head.kind === "entry") state = withEntry(state, step.head.seq, step.head.at);
  }
  return { ...state, bytes: file.size(), damaged: true, lost };
}

/** The highest seq that was given before this was written. */
function lastGivenBefore({ head }: Whole): number {
  return head.kind === "entry" ? head.seq - 1 : head.last_seq;
}

function quarantine(
  folder: string,
  file: SegmentFile,
  part: { readonly from: number; readonly to: number; readonly why: string },
): void {
  const target = join(folder, "quarantine");
  mkdirSync(target, { recursive: true, mode: 0o700 });
  const fd = openSync(freeName(join(target, `${basename(file.path)}.${part.why}`)), "wx", 0o600);
  try {
    for (const piece of pieces(file, part.from, part.to)) writeSync(fd, piece);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  realFs.syncFolder(target);
}

/** The path, or the first of `-2`, `-3`, … that is not there yet. */
export function freeName(path: string): string {
  let name = path;
  for (let again = 2; existsSync(name); again += 1) name = `${path}-${again}`;
  return name;
}

function damaged(file: SegmentFile, { bad, state }: Damage, proof: Whole): VerbatimError {
  return new VerbatimError(
    "journal_corrupt",
    `${file.path} is damaged at byte ${bad}, after seq ${state.last_seq}: bytes that were acknowledged cannot be read, and what follows at byte ${proof.offset} can. ` +
      "Restore the file from a backup, or start once with --accept-loss: everything readable is kept, the bytes that are not are put into quarantine, and the loss is written down",
    {
      facts: {
        file: file.path,
        offset: bad,
        readable_again_at: proof.offset,
        after_seq: state.last_seq,
      },
    },
  );
}
