/**
 * Looking at every byte of a journal: checksums, seals, gaps.
 *
 *   J41  A journal begins with seq 1: where it begins later, its beginning is gone,
 *        also where no index of it is left.
 *
 * Changes nothing; what it finds is for a person, or for `verbatim verify` to
 * exit 1 on. A loss that somebody accepted is told apart: the journal says
 * itself, in an entry of its own, which seqs are gone.
 */
import { CURRENT_SEGMENT } from "@verbatim/core";
import { openRanges, type Range, type Ranges } from "@verbatim/core/forget";
import { type Hole, walkOver } from "./holes.ts";
import { acceptedLoss } from "./loss.ts";
import { missingIn } from "./missing.ts";
import type { Lost } from "./recover.ts";
import type { SegmentFile } from "./segment-file.ts";
import { digestTo, type Layout, layoutOf, type Segment } from "./segments.ts";
import type { Whole } from "./walk.ts";

/** Bytes of a file, from the first up to before the last. */
type Bytes = { readonly from: number; readonly to: number };

/** Something that is not as it was written: where, and which seqs cannot be read because of it. */
export type JournalFault = {
  readonly file: string;
  readonly what: string;
  /** Null where no single place of the file is to blame. */
  readonly bytes: Bytes | null;
  readonly lost: Lost | null;
};

/**
 * What a look at every byte found. `entries` is dense from `first_seq` to
 * `last_seq` when there are no faults and nothing is in `accepted`.
 */
export type JournalReport = {
  readonly segments: number;
  /** Segments of which the bytes are in checkpoints: they were made again, and looked at like the others. */
  readonly dropped: number;
  readonly entries: number;
  readonly bytes: number;
  readonly first_seq: number;
  readonly last_seq: number;
  readonly faults: readonly JournalFault[];
  /** Seqs that are gone, as somebody accepted. */
  readonly accepted: readonly Lost[];
  /** Places of what was forgotten. */
  readonly erased: readonly Range[];
  /** A bad end of the current file: while somebody writes, a write under way; else torn by a crash, or damaged. */
  readonly tail: Bytes | null;
};

type Tally = {
  dropped: number;
  entries: number;
  last: number;
  /** Bad places since the last entry: the next one tells what they cost. */
  holes: JournalFault[];
  readonly findings: JournalFault[];
  readonly accepted: Lost[];
  readonly erased: Ranges;
  tail: Bytes | null;
};

/** Bytes looked at between two reports of progress, and between two chances for others to run. */
const PROGRESS_BYTES: number = 8 * 1024 * 1024;

type VerifyOptions = {
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
};

/** Reads the whole journal in `dir`; `onProgress` gets bytes done of all bytes. Throws when it is stopped: half a look says nothing. */
export async function verifyJournal(
  dir: string,
  options: VerifyOptions = {},
): Promise<JournalReport> {
  using layout = layoutOf(dir);
  const { segments } = layout;
  const total = segments.reduce((sum, one) => sum + sizeOf(layout, one), 0);
  const first = segments[0]?.first_seq ?? 1;
  const tally: Tally = {
    ...{ dropped: 0, entries: 0, last: first - 1, tail: null },
    ...{ holes: [], findings: [], accepted: [], erased: openRanges() },
  };
  let done = 0;
  for (const [place, segment] of segments.entries()) {
    const end = segments[place + 1]?.first_seq ?? Number.POSITIVE_INFINITY;
    for (const offset of look(layout, segment, { end, tally })) {
      options.onProgress?.(done + offset, total);
      options.signal?.throwIfAborted();
      await new Promise((resolve) => setImmediate(resolve));
    }
    done += sizeOf(layout, segment);
    options.onProgress?.(done, total);
    options.signal?.throwIfAborted();
  }
  settleHoles(tally, null);
  for (const { file, what } of missingIn(dir, segments))
    tally.findings.push({ file, what, bytes: null, lost: null });
  noteBeginning(first, segments[0], tally);
  const isAccepted = (one: JournalFault): boolean =>
    one.lost !== null && tally.accepted.some((loss) => covers(loss, one.lost));
  return {
    segments: segments.length,
    dropped: tally.dropped,
    entries: tally.entries,
    bytes: total,
    first_seq: first,
    last_seq: tally.last,
    faults: tally.findings.filter((one) => !isAccepted(one)),
    accepted: tally.accepted,
    erased: tally.erased.all(),
    tail: tally.tail,
  };
}

/** What lies before the first segment, unless it was told of already. (J41) */
function noteBeginning(first: number, segment: Segment | undefined, tally: Tally): void {
  const isTold = tally.findings.some(
    ({ lost }) => lost !== null && lost.last >= first - 1 && lost.first < first,
  );
  if (first === 1 || segment === undefined || isTold) return;
  const lost = { first: 1, last: first - 1 };
  const what = `the journal begins with seq ${first}, and ${first - 1} before it are gone; put the segments before this one back from a backup`;
  tally.findings.push({ file: segment.file, what, bytes: null, lost });
}

function covers(loss: Lost, lost: Lost | null): boolean {
  return lost !== null && loss.first <= lost.first && loss.last >= lost.last;
}

/** Gives the offset reached now and then. */
function* look(
  layout: Layout,
  segment: Segment,
  { end, tally }: { readonly end: number; readonly tally: Tally },
): Generator<number> {
  const file = layout.open(segment);
  try {
    noteForm(file, segment, tally);
    let sealed = false;
    let told = 0;
    const before = { seq: segment.first_seq - 1, synced: 0 };
    for (const step of walkOver(file, { from: 0, before })) {
      if (step.kind === "hole") noteHole(step, file, segment, tally);
      else if (step.head.kind === "entry") count(step, end, segment, tally);
      else if (step.head.kind === "sealed") {
        sealed = true;
        checkSeal(file, step, segment, tally);
      }
      if (step.next - told < PROGRESS_BYTES) continue;
      told = step.next;
      yield told;
    }
    if (!sealed && segment.file !== CURRENT_SEGMENT && end === Number.POSITIVE_INFINITY) {
      fault(tally, segment, "it is archived and has no seal");
    }
  } finally {
    file.close();
  }
}

/** What is wrong with the form that the segment lies in, whatever its entries say. */
function noteForm(file: SegmentFile, segment: Segment, tally: Tally): void {
  if (file.stored().dropped) tally.dropped += 1;
  for (const what of file.faults()) fault(tally, segment, what);
}

function fault(tally: Tally, { file }: Segment, what: string): void {
  tally.findings.push({ file, what, bytes: null, lost: null });
}

/** A bad end of the current file is a write under way, not a fault. */
function noteHole(hole: Hole, file: SegmentFile, segment: Segment, tally: Tally): void {
  const atEnd = hole.next >= file.size();
  const bytes = { from: hole.offset, to: hole.next };
  if (atEnd && segment.file === CURRENT_SEGMENT) {
    tally.tail = bytes;
    return;
  }
  const what = `bytes ${hole.offset} to ${hole.next} are no whole entry (after seq ${tally.last})`;
  tally.holes.push({ file: segment.file, what, bytes, lost: null });
}

/** Holes become findings once it is known what they cost. */
function settleHoles(tally: Tally, lost: Lost | null): void {
  for (const hole of tally.holes) tally.findings.push({ ...hole, lost });
  tally.holes = [];
}

function count(step: Whole, end: number, segment: Segment, tally: Tally): void {
  const { head } = step;
  if (head.kind !== "entry" || head.seq >= end) return;
  const lost = lostBefore(head.seq, tally);
  settleHoles(tally, lost);
  if (head.seq !== tally.last + 1) {
    const what = `seq ${head.seq} follows ${tally.last}`;
    tally.findings.push({ file: segment.file, what, bytes: null, lost });
  }
  if (head.erased) tally.erased.add(head.seq);
  const loss = acceptedLoss(head);
  if (loss !== null) tally.accepted.push(loss);
  tally.last = Math.max(tally.last, head.seq);
  tally.entries += 1;
}

/** What is missing before an entry. Where the journal's very first bytes are bad, it is what stood there. */
function lostBefore(seq: number, tally: Tally): Lost | null {
  if (seq > tally.last + 1) return { first: tally.last + 1, last: seq - 1 };
  const atStart = tally.entries === 0 && tally.holes.length > 0;
  return atStart ? { first: seq - 1, last: seq - 1 } : null;
}

function checkSeal(file: SegmentFile, step: Whole, segment: Segment, tally: Tally): void {
  const { head } = step;
  if (head.kind !== "sealed") return;
  if (digestTo(file, step.offset) !== head.sha256) {
    fault(tally, segment, "its bytes are not those that were sealed (sha256 differs)");
  }
  if (head.last_seq === tally.last) return;
  const lost = { first: tally.last + 1, last: head.last_seq };
  settleHoles(tally, lost);
  const what = `its seal says it ends with seq ${head.last_seq}, seq ${tally.last} is the last that can be read`;
  tally.findings.push({ file: segment.file, what, bytes: null, lost });
  tally.last = Math.max(tally.last, head.last_seq);
}

function sizeOf(layout: Layout, segment: Segment): number {
  const file = layout.open(segment);
  try {
    return file.size();
  } finally {
    file.close();
  }
}
