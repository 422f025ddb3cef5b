/**
 * Reading the journal by position, beside a writer in another process or with
 * nothing running.
 *
 * Each segment gets a sparse index in memory, a point every POINT_BYTES, made
 * as far as it was walked and never trusted further: sealed files do not change
 * and the current one only grows. A file is never loaded whole.
 *
 * A bad place is stepped over to the next whole entry: one damaged byte costs
 * one record. At the end of the current segment it is a write under way.
 */
import type { Entry, EntryHead, JournalReader, SegmentInfo, Stretch } from "@verbatim/core";
import { CURRENT_SEGMENT } from "@verbatim/core";
import { type Segment, segmentsOf } from "./folder.ts";
import { findAfter, openSegment, type SegmentFile, type Step, walk } from "./walk.ts";

/** Far enough apart that a gigabyte has four thousand, near enough that a look-up reads a quarter megabyte. */
const POINT_BYTES: number = 256 * 1024;

type Point = { readonly seq: number; readonly offset: number };
type Index = { readonly points: Point[]; walkedTo: Point };
type EntryStep = {
  readonly head: EntryHead;
  readonly raw: Uint8Array;
  readonly offset: number;
  readonly next: number;
};

/** The header of an entry, without its bytes. */
export type HeadOnly = Omit<EntryHead, "kind" | "synced">;

export type FileJournalReader = JournalReader & {
  /** Headers from a seq on, in order, to what is now the end. */
  scanHeads(from: number): AsyncIterable<HeadOnly>;
};

/** A reader of the journal in `dir`; a folder that is not there reads as empty. */
export function openJournalReader(dir: string): FileJournalReader {
  const indexes = new Map<string, Index>();

  /** The index of a segment. The current one's is dropped when its name begins to mean another file. */
  function indexOf(segment: Segment): Index {
    const known = indexes.get(segment.path);
    if (known !== undefined && known.points[0]?.seq === segment.first_seq) return known;
    const first = { seq: segment.first_seq, offset: 0 };
    const made: Index = { points: [first], walkedTo: first };
    indexes.set(segment.path, made);
    return made;
  }

  /** Entries of one segment with seq >= `from` and < `end`, noting points on the way. */
  function* entriesOf(segment: Segment, from: number, end: number): Generator<EntryStep> {
    const file = openSegment(segment.path);
    const index = indexOf(segment);
    try {
      if (index.walkedTo.seq < from) note(index, file, from);
      const start = startFor(index, from);
      for (const step of steps(file, start.offset)) {
        if (step.head.seq >= end) return;
        advance(index, step);
        if (step.head.seq >= from) yield step;
      }
    } finally {
      file.close();
    }
  }

  function* entriesFrom(from: number, to: number): Generator<EntryStep> {
    const segments = segmentsOf(dir);
    for (const [place, segment] of segments.entries()) {
      const next = segments[place + 1]?.first_seq ?? Number.POSITIVE_INFINITY;
      if (next <= from) continue;
      if (segment.first_seq > to) return;
      yield* entriesOf(segment, from, Math.min(next, to + 1));
    }
  }

  async function last(): Promise<number> {
    const newest = segmentsOf(dir).at(-1);
    if (newest === undefined) return 0;
    let seq = 0;
    const from = indexOf(newest).walkedTo.seq;
    for (const step of entriesOf(newest, from, Number.POSITIVE_INFINITY)) seq = step.head.seq;
    return seq;
  }

  return {
    read: async (stretch) => readStretch(entriesFrom(stretch.from, stretch.to), stretch),
    last,
    segments: async () => infosOf(dir, await last()),
    scanHeads: async function* (from) {
      for (const { head } of entriesFrom(from, Number.POSITIVE_INFINITY)) {
        yield { seq: head.seq, at: head.at, source: head.source, key: head.key, len: head.len };
      }
    },
    close: async () => indexes.clear(),
  };
}

function readStretch(steps: Iterable<EntryStep>, stretch: Stretch): readonly Entry[] {
  const entries: Entry[] = [];
  let bytes = 0;
  for (const { head, raw } of steps) {
    if (entries.length > 0 && bytes + raw.length > stretch.bytes) break;
    bytes += raw.length;
    entries.push({
      seq: head.seq,
      at: head.at,
      source: head.source,
      key: head.key,
      raw: raw.slice(),
    });
    if (entries.length >= stretch.entries) break;
  }
  return entries;
}

function infosOf(dir: string, last: number): readonly SegmentInfo[] {
  const segments = segmentsOf(dir);
  return segments.map((one, place) => {
    const file = openSegment(one.path);
    const bytes = file.size();
    file.close();
    return {
      file: one.file,
      first_seq: one.first_seq,
      last_seq: (segments[place + 1]?.first_seq ?? last + 1) - 1,
      bytes,
      sealed: one.file !== CURRENT_SEGMENT,
    };
  });
}

/** Entries from an offset on, over bad places. */
function* steps(file: SegmentFile, from: number): Generator<EntryStep> {
  let at: number | null = from;
  while (at !== null) {
    let bad: number | null = null;
    for (const step of walk(file, at)) {
      if (step.kind === "bad") bad = step.offset;
      else if (isEntry(step)) yield step;
    }
    at = bad === null ? null : (findAfter(file, bad, isEntry)?.offset ?? null);
  }
}

function isEntry(
  step: Step,
): step is Extract<Step, { kind: "whole" }> & { readonly head: EntryHead } {
  return step.kind === "whole" && step.head.kind === "entry";
}

/** Walks on from where the index ends until it reaches `seq`. */
function note(index: Index, file: SegmentFile, seq: number): void {
  for (const step of steps(file, index.walkedTo.offset)) {
    advance(index, step);
    if (step.head.seq >= seq) return;
  }
}

/** Notes a step when it lies beyond what was walked. */
function advance(index: Index, step: EntryStep): void {
  if (step.head.seq <= index.walkedTo.seq) return;
  const to = { seq: step.head.seq, offset: step.offset };
  index.walkedTo = to;
  const newest = index.points.at(-1);
  if (newest === undefined || to.offset - newest.offset >= POINT_BYTES) index.points.push(to);
}

/** The nearest point at or before `seq`; the walked-to point when that is nearer. */
function startFor(index: Index, seq: number): Point {
  if (index.walkedTo.seq <= seq) return index.walkedTo;
  let low = 0;
  let high = index.points.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((index.points[middle]?.seq ?? 0) <= seq) low = middle;
    else high = middle - 1;
  }
  return index.points[low] ?? { seq: 0, offset: 0 };
}
