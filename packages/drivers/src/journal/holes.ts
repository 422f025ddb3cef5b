/**
 * Going on behind a bad place: one damaged byte costs one record.
 *
 * What stands behind a hole is looked for by its first bytes and is believed
 * only when its checksum agrees AND it fits where it lies. A checksum alone is
 * not enough: the raw bytes of a damaged record may themselves hold entries of a
 * journal. An entry fits when its seq can follow the last whole one within the
 * bytes between, and its batch began where one could have begun.
 */
import { type Head, headOf } from "@verbatim/core";
import type { SegmentFile } from "./segment-file.ts";
import { type Whole, walk } from "./walk.ts";

/** The last whole entry before a place; null where nothing is known, as at the beginning of a file. */
export type Before = { readonly seq: number; readonly synced: number | null } | null;

/** Bytes of a segment that cannot be read, up to the next whole thing or the end of the file. */
export type Hole = { readonly kind: "hole"; readonly offset: number; readonly next: number };

/** A bad place, and the last whole entry before it. */
type Around = { readonly bad: number; readonly before: Before };

/** Looked at at once when searching. */
const WINDOW_BYTES: number = 1024 * 1024;
/** Windows overlap by more than the longest header, so that none is cut in two. */
const OVERLAP_BYTES: number = 64 * 1024;
/** No entry is shorter: an empty record with the shortest header. */
const ENTRY_BYTES_MIN = 64;
const ENTRY_START: Buffer = Buffer.from('{"seq":');
const MARK_START: Buffer = Buffer.from('{"mark":"');
/** `,"crc":"`, or `,"cut":"` where an entry was erased, stands this far before the end of a header's line. */
const CRC_BYTES = 18;
const CRC_FIELD_BYTES = 8;
const CRC_STARTS: readonly Buffer[] = [Buffer.from(',"crc":"'), Buffer.from(',"cut":"')];

/** Everything whole from `from` on, and the holes between. A hole at the end of the file is the last step. */
export function* walkOver(
  file: SegmentFile,
  start: { readonly from: number; readonly before: Before },
): Generator<Whole | Hole> {
  let { before, from } = start;
  for (;;) {
    const ran = yield* run(file, from);
    before = ran.last ?? before;
    const { bad } = ran;
    if (bad === null) return;
    const next = findAfter(file, { bad, before }, () => true);
    yield { kind: "hole", offset: bad, next: next?.offset ?? Math.max(file.size(), bad) };
    if (next === null) return;
    from = next.offset;
  }
}

/** Gives what is whole up to a bad place; ends with that place and the last entry before it. */
function* run(
  file: SegmentFile,
  from: number,
): Generator<Whole, { readonly bad: number | null; readonly last: Before }> {
  let last: Before = null;
  for (const step of walk(file, from)) {
    if (step.kind === "bad") return { bad: step.offset, last };
    if (step.head.kind === "entry") last = step.head;
    yield step;
  }
  return { bad: null, last };
}

/** The first whole entry or mark behind a bad place that fits there and that `wanted` says yes to, or null. */
export function findAfter(
  file: SegmentFile,
  hole: Around,
  wanted: (step: Whole) => boolean,
): Whole | null {
  const search = openSearch(file);
  for (let from = claimedEnd(file, hole) ?? hole.bad + 1; ; ) {
    const found = search.headFrom(from);
    if (found === null) return null;
    from = found.offset + 1;
    if (!fits(found.head, found.offset, hole)) continue;
    for (const step of fitting(file, found.offset, hole)) {
      if (wanted(step)) return step;
      from = step.next;
    }
  }
}

/** What is whole and fits, from `from` on without a break. */
function* fitting(file: SegmentFile, from: number, hole: Around): Generator<Whole> {
  for (const step of walk(file, from)) {
    if (step.kind === "bad" || !fits(step.head, step.offset, hole)) return;
    yield step;
  }
}

/**
 * Whether a whole thing behind a bad place shows that the place was acknowledged:
 * its batch began behind it, and does stand where it says that it began.
 */
export function proves(file: SegmentFile, step: Whole, bad: number): boolean {
  if (step.head.kind === "sealed" || step.head.synced <= bad) return false;
  const { synced } = step.head;
  const first = synced === step.offset ? step.head : headAt(file, synced);
  return first !== null && first.kind !== "sealed" && first.synced === synced;
}

/** Where a damaged entry says that it ends, when what stands there fits: then nothing inside it is looked at. */
function claimedEnd(file: SegmentFile, hole: Around): number | null {
  const head = headAt(file, hole.bad);
  if (head === null || head.kind !== "entry") return null;
  const end = hole.bad + head.lineBytes + head.len + 1;
  const next = headAt(file, end);
  return next !== null && fits(next, end, hole) ? end : null;
}

/** The header at an offset, whatever its checksum says. */
function headAt(file: SegmentFile, offset: number): (Head & { readonly lineBytes: number }) | null {
  const window = Buffer.alloc(OVERLAP_BYTES);
  const held = window.subarray(0, file.read(window, offset));
  const head = headIn(held, 0);
  return head === null ? null : { ...head, lineBytes: held.indexOf(10) + 1 };
}

/** Whether such a header may stand at `offset`, behind a bad place. */
function fits(head: Head, offset: number, { bad, before }: Around): boolean {
  if (head.kind === "sealed") return before === null || head.last_seq >= before.seq;
  if (head.synced > offset) return false;
  if (before === null || head.kind === "synced") return true;
  const room = Math.ceil((offset - bad) / ENTRY_BYTES_MIN);
  if (head.seq <= before.seq || head.seq > before.seq + 1 + room) return false;
  return before.synced === null || head.synced === before.synced || head.synced >= bad;
}

type FoundHead = { readonly head: Head; readonly offset: number };

/** Looks for headers, with one window of the file in memory. */
function openSearch(file: SegmentFile): { headFrom(from: number): FoundHead | null } {
  const window = Buffer.allocUnsafe(WINDOW_BYTES);
  let base = 0;
  let held = Buffer.alloc(0);

  function load(from: number): void {
    base = from;
    held = window.subarray(0, file.read(window, from));
  }

  function inWindow(from: number): FoundHead | null {
    for (let at = nextStart(held, from - base); at !== -1; at = nextStart(held, at + 1)) {
      const head = headIn(held, at);
      if (head !== null) return { head, offset: base + at };
    }
    return null;
  }

  return {
    headFrom: (from) => {
      if (from < base || from >= base + held.length || held.length === 0) load(from);
      for (let at = from; ; at = base) {
        const found = inWindow(at);
        if (found !== null || held.length < WINDOW_BYTES) return found;
        load(base + WINDOW_BYTES - OVERLAP_BYTES);
      }
    },
  };
}

/** Where the next header could begin. */
function nextStart(bytes: Buffer, from: number): number {
  const entry = bytes.indexOf(ENTRY_START, from);
  const until = entry === -1 ? bytes : bytes.subarray(0, entry);
  const mark = until.indexOf(MARK_START, from);
  return mark === -1 ? entry : mark;
}

/** The header that begins at `at`, when its line ends like one. */
function headIn(bytes: Buffer, at: number): Head | null {
  const newline = bytes.subarray(at, at + OVERLAP_BYTES).indexOf(10);
  if (newline === -1) return null;
  const line = bytes.subarray(at, at + newline);
  const field = line.subarray(-CRC_BYTES, -CRC_BYTES + CRC_FIELD_BYTES);
  if (!CRC_STARTS.some((one) => one.equals(field))) return null;
  return headOf(line)?.value ?? null;
}
