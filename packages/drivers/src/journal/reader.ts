/**
 * Reading the journal by position, beside a writer in another process or with
 * nothing running.
 *
 * A file is never loaded whole: a sparse index (points.ts) says where to begin,
 * kept on disk for sealed segments, grown in memory for others. In the current
 * one only beginnings of commits are noted: what lies before such a place is
 * synced and stays, while the commit itself may still be cut back. The first of
 * them is looked for from its end (near-end.ts).
 *
 * A bad place is stepped over to the next whole entry: one damaged byte costs
 * one record. At the end of the current segment it is a write under way.
 */
import type { Entry, EntryHead, JournalReader, SegmentInfo, Stretch } from "@verbatim/core";
import { CURRENT_SEGMENT, STRETCH_BYTES_MAX } from "@verbatim/core";
import { type Hole, proves, walkOver } from "./holes.ts";
import { pointNearEnd } from "./near-end.ts";
import { loadPoints, note, type Point, placeBefore } from "./points.ts";
import type { SegmentFile } from "./segment-file.ts";
import { type Layout, layoutOf, type Segment } from "./segments.ts";
import { type Whole, walk } from "./walk.ts";

/** Indexes kept in memory: those of four gigabytes of journal. */
const INDEXES_MAX = 64;

/** Entries given out at once to whoever wants all of them. */
const WALK_ENTRIES = 5000;

type Index = { readonly points: Point[] };
type EntryStep = Whole & { readonly head: EntryHead };
type Range = { readonly from: number; readonly to: number };

/** The header of an entry, without its bytes. */
export type HeadOnly = Omit<EntryHead, "kind" | "synced">;

export type FileJournalReader = JournalReader & {
  /** Headers from a seq on, in order, to what is now the end. */
  scanHeads(from: number): AsyncIterable<HeadOnly>;
  /** All entries of a range in one walk, for whoever wants everything. Their `raw` is only valid until the next stretch. */
  stretches(range: Range): AsyncIterable<readonly Entry[]>;
};

/** A reader of the journal in `dir`; a folder that is not there reads as empty. */
export function openJournalReader(dir: string): FileJournalReader {
  const indexes = new Map<string, Index>();

  /** The index of an open file; it is the file that is known, whatever its name is now. */
  function indexOf(segment: Segment, file: SegmentFile): Index {
    const key = `${file.inode} ${segment.first_seq}`;
    const known = indexes.get(key);
    if (known !== undefined) return known;
    const made: Index = { points: [...pointsOf(segment, file)] };
    indexes.set(key, made);
    const [oldest] = indexes.keys();
    if (indexes.size > INDEXES_MAX && oldest !== undefined) indexes.delete(oldest);
    return made;
  }

  function pointsOf(segment: Segment, file: SegmentFile): readonly Point[] {
    if (segment.file !== CURRENT_SEGMENT) return loadPoints(dir, segment.file) ?? [];
    const newest = pointNearEnd(file);
    return newest === null ? [] : [newest];
  }

  function* entriesIn(layout: Layout, segment: Segment, range: Range): Generator<EntryStep> {
    const file = layout.open(segment);
    try {
      const index = indexOf(segment, file);
      const beginning = { seq: segment.first_seq, offset: 0 };
      const start = startFor(index, file, range.from) ?? beginning;
      for (const step of trustedSteps(file, segment, { start, to: range.to })) {
        if (stays(segment, step)) note(index.points, { seq: step.head.seq, offset: step.offset });
        if (step.head.seq >= range.from) yield step;
      }
    } finally {
      file.close();
    }
  }

  function* entriesFrom(range: Range): Generator<EntryStep> {
    using layout = layoutOf(dir);
    for (const [place, segment] of layout.segments.entries()) {
      const end = (layout.segments[place + 1]?.first_seq ?? Number.POSITIVE_INFINITY) - 1;
      if (end < range.from) continue;
      if (segment.first_seq > range.to) return;
      // Beyond a segment's end nothing is asked for, but what the caller knows to be safe stays known.
      yield* entriesIn(layout, segment, { from: range.from, to: Math.min(end, range.to) });
    }
  }

  async function last(): Promise<number> {
    using layout = layoutOf(dir);
    const newest = layout.segments.at(-1);
    if (newest === undefined) return 0;
    if (newest.last_seq !== null) return newest.last_seq;
    let seq = newest.first_seq;
    const from = lastNoted(newest);
    for (const step of entriesIn(layout, newest, { from, to: Number.POSITIVE_INFINITY })) {
      seq = step.head.seq;
    }
    return seq;

    function lastNoted(segment: Segment): number {
      const file = layout.open(segment);
      try {
        return indexOf(segment, file).points.at(-1)?.seq ?? segment.first_seq;
      } finally {
        file.close();
      }
    }
  }

  return {
    read: async (stretch) => readStretch(entriesFrom(stretch), stretch),
    last,
    segments: async () => infosOf(dir, await last()),
    scanHeads: async function* (from) {
      for (const { head } of entriesFrom({ from, to: Number.POSITIVE_INFINITY })) {
        const { seq, at, source, key, len, erased } = head;
        yield { seq, at, source, key, len, erased };
      }
    },
    stretches: async function* (range) {
      yield* blocksOf(entriesFrom(range));
    },
    close: async () => indexes.clear(),
  };
}

/**
 * Entries over bad places. In the current segment a bad place may be a write
 * under way: what follows it is given out when its `synced` proves the place was
 * acknowledged, or when the caller knows that it was.
 */
function* trustedSteps(
  file: SegmentFile,
  segment: Segment,
  range: { readonly start: Point; readonly to: number },
): Generator<EntryStep> {
  const { start, to } = range;
  const unsure = segment.file === CURRENT_SEGMENT && to === Number.POSITIVE_INFINITY;
  let hole: number | null = null;
  const before = { seq: start.seq - 1, synced: null };
  for (const step of walkOver(file, { from: start.offset, before })) {
    hole = unproven(file, step, hole);
    if (step.kind === "hole" || !isEntry(step)) continue;
    if (step.head.seq > to || (hole !== null && unsure)) return;
    yield step;
  }
}

/** The first bad place that nothing has shown to be acknowledged yet, or null. */
function unproven(file: SegmentFile, step: Whole | Hole, hole: number | null): number | null {
  if (step.kind === "hole") return hole ?? step.offset;
  return hole === null || proves(file, step, hole) ? null : hole;
}

function isEntry(step: Whole): step is EntryStep {
  return step.head.kind === "entry";
}

function readStretch(steps: Iterable<EntryStep>, stretch: Stretch): readonly Entry[] {
  const entries: Entry[] = [];
  let bytes = 0;
  for (const { head, raw } of steps) {
    if (entries.length > 0 && bytes + raw.length > stretch.bytes) break;
    bytes += raw.length;
    entries.push(entryOf(head, raw.slice()));
    if (entries.length >= stretch.entries) break;
  }
  return entries;
}

/** Bytes of entries that follow each other lie next to each other in one block, which is used again and again. */
function* blocksOf(steps: Iterable<EntryStep>): Generator<readonly Entry[]> {
  let entries: Entry[] = [];
  let block = new Uint8Array(STRETCH_BYTES_MAX);
  let used = 0;
  for (const { head, raw } of steps) {
    if (used + raw.length > block.length || entries.length === WALK_ENTRIES) {
      // The step is valid until the next one: whoever takes the stretch steps no further meanwhile.
      if (entries.length > 0) yield entries;
      entries = [];
      used = 0;
      if (raw.length > block.length) block = new Uint8Array(raw.length);
    }
    block.set(raw, used);
    entries.push(entryOf(head, block.subarray(used, used + raw.length)));
    used += raw.length;
  }
  if (entries.length > 0) yield entries;
}

function entryOf({ seq, at, source, key, erased }: EntryHead, raw: Uint8Array): Entry {
  const entry = { seq, at, source, key, raw };
  return erased ? { ...entry, erased } : entry;
}

function infosOf(dir: string, last: number): readonly SegmentInfo[] {
  using layout = layoutOf(dir);
  return layout.segments.map((one, place) => {
    const file = layout.open(one);
    const bytes = file.size();
    const stored = file.stored();
    file.close();
    const next = layout.segments[place + 1]?.first_seq ?? last + 1;
    return {
      file: one.file,
      first_seq: one.first_seq,
      last_seq: next - 1,
      bytes,
      stored_bytes: stored.bytes,
      compressed: stored.compressed,
      dropped: stored.dropped,
      written_at: stored.written_at,
      sealed: one.file !== CURRENT_SEGMENT,
    };
  });
}

/** Whether an entry's place is for ever: in a sealed file, or where a commit begins. */
function stays(segment: Segment, step: EntryStep): boolean {
  return segment.file !== CURRENT_SEGMENT || step.head.synced === step.offset;
}

/** The nearest point at or before `seq` where such an entry does stand. */
function startFor(index: Index, file: SegmentFile, seq: number): Point | null {
  for (let place = placeBefore(index.points, seq); place >= 0; place -= 1) {
    const point = index.points[place];
    if (point !== undefined && standsAt(file, point)) return point;
  }
  return null;
}

function standsAt(file: SegmentFile, point: Point): boolean {
  for (const step of walk(file, point.offset))
    return step.kind === "whole" && step.head.kind === "entry" && step.head.seq === point.seq;
  return false;
}
