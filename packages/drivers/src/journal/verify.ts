/**
 * Looking at every byte of a journal: checksums, seals, gaps.
 *
 * Changes nothing; what it finds is for a person, or for `verbatim verify` to
 * exit 1 on.
 */
import { createHash } from "node:crypto";
import { CURRENT_SEGMENT } from "@verbatim/core";
import { type Segment, segmentsOf } from "./folder.ts";
import { findAfter, openSegment, type SegmentFile, type Step, walk } from "./walk.ts";

/** Something that is not as it was written. */
export type JournalFault = { readonly file: string; readonly what: string };

/** What a look at every byte found. `entries` is dense from `first_seq` to `last_seq` when there are no faults. */
export type JournalReport = {
  readonly segments: number;
  readonly entries: number;
  readonly bytes: number;
  readonly first_seq: number;
  readonly last_seq: number;
  readonly faults: readonly JournalFault[];
};

type WholeStep = Extract<Step, { kind: "whole" }>;
type Tally = { entries: number; bytes: number; last: number; readonly faults: JournalFault[] };

/** Reads the whole journal in `dir`; `onProgress` gets bytes done of all bytes. */
export async function verifyJournal(
  dir: string,
  options: { readonly onProgress?: (done: number, total: number) => void } = {},
): Promise<JournalReport> {
  const segments = segmentsOf(dir);
  const sizes = segments.map((one) => sizeOf(one.path));
  const total = sizes.reduce((sum, one) => sum + one, 0);
  const first = segments[0]?.first_seq ?? 1;
  const tally: Tally = { entries: 0, bytes: 0, last: first - 1, faults: [] };
  for (const [place, segment] of segments.entries()) {
    look(segment, segments[place + 1]?.first_seq ?? Number.POSITIVE_INFINITY, tally);
    tally.bytes += sizes[place] ?? 0;
    options.onProgress?.(tally.bytes, total);
    await Promise.resolve();
  }
  return {
    segments: segments.length,
    entries: tally.entries,
    bytes: total,
    first_seq: first,
    last_seq: tally.last,
    faults: tally.faults,
  };
}

function look(segment: Segment, end: number, tally: Tally): void {
  const file = openSegment(segment.path);
  try {
    let sealed = false;
    for (const step of stepsOf(file, segment, tally)) {
      if (step.head.kind === "entry") counted(step.head.seq, end, segment, tally);
      if (step.head.kind !== "sealed") continue;
      sealed = true;
      if (digestTo(file, step.offset) !== step.head.sha256) {
        tally.faults.push({
          file: segment.file,
          what: "its bytes are not those that were sealed (sha256 differs)",
        });
      }
    }
    if (!sealed && segment.file !== CURRENT_SEGMENT && end === Number.POSITIVE_INFINITY) {
      tally.faults.push({ file: segment.file, what: "it is archived and has no seal" });
    }
  } finally {
    file.close();
  }
}

/** Everything whole in a segment; what is not is noted and stepped over. */
function* stepsOf(file: SegmentFile, segment: Segment, tally: Tally): Generator<WholeStep> {
  let from: number | null = 0;
  while (from !== null) {
    let bad: number | null = null;
    for (const step of walk(file, from)) {
      if (step.kind === "bad") bad = step.offset;
      else yield step;
    }
    from = bad === null ? null : afterBad(file, segment, bad, tally);
  }
}

function counted(seq: number, end: number, segment: Segment, tally: Tally): void {
  if (seq >= end) return;
  if (seq !== tally.last + 1) {
    tally.faults.push({ file: segment.file, what: `seq ${seq} follows ${tally.last}` });
  }
  tally.last = Math.max(tally.last, seq);
  tally.entries += 1;
}

/** Where to go on after a bad place; a bad end of the current file is a write under way, not a fault. */
function afterBad(file: SegmentFile, segment: Segment, bad: number, tally: Tally): number | null {
  const next = findAfter(file, bad, () => true);
  if (next === null && segment.file === CURRENT_SEGMENT) return null;
  const until = next === null ? file.size() : next.offset;
  tally.faults.push({
    file: segment.file,
    what: `bytes ${bad} to ${until} are no whole entry (after seq ${tally.last})`,
  });
  return next === null ? null : next.offset;
}

function digestTo(file: SegmentFile, end: number): string {
  const hash = createHash("sha256");
  const piece = new Uint8Array(1024 * 1024);
  for (let at = 0; at < end; ) {
    const read = file.read(piece.subarray(0, Math.min(piece.length, end - at)), at);
    if (read === 0) break;
    hash.update(piece.subarray(0, read));
    at += read;
  }
  return hash.digest("hex");
}

function sizeOf(path: string): number {
  const file = openSegment(path);
  try {
    return file.size();
  } finally {
    file.close();
  }
}
