/**
 * What stood in the bad places of a segment, found among entries that are known
 * from elsewhere (core/proof/mend.ts says when they are believed).
 *
 *   V46  What it costs grows with the segment and not with its square, whatever
 *        is damaged: what is known is asked for once, each bad place is compared
 *        with what may begin there, and whoever stops it is heard in between.
 */
import { type Entry, headOf } from "@verbatim/core";
import { fillHole, mendHole } from "@verbatim/core/proof";
import { walkOver } from "./holes.ts";
import { checksum, type SegmentFile } from "./segment-file.ts";
import type { Segment } from "./segments.ts";

/** Entries from elsewhere, those of them that are known there. */
export type EntriesOf = (first: number, last: number) => Promise<readonly Entry[]>;

/** What is put in the place of bad bytes. */
export type Patch = {
  readonly offset: number;
  readonly bytes: Uint8Array;
  readonly entries: number;
};

type Known = { readonly entriesOf: EntriesOf; readonly signal: AbortSignal };
type Bad = { readonly offset: number; readonly end: number; readonly synced: number };

/** Entries that may have stood at the end of the current segment, where nothing behind says how many. */
const TAIL_ENTRIES = 50;
/** Entries that are tried as the first of a bad place whose header does not say. */
const STARTS_MAX = 64;
/** No header is longer. */
const HEAD_BYTES_MAX: number = 64 * 1024;
/** Bytes looked at between two chances for others to run. */
const BREATH_BYTES: number = 4 * 1024 * 1024;
const NEWLINE = 10;

/** Every bad place of a segment that can be put right. `next` is the first seq of the one behind it. */
export async function patchesFor(
  file: SegmentFile,
  { segment, next }: { readonly segment: Segment; readonly next: number | null },
  { entriesOf, signal }: Known,
): Promise<readonly Patch[]> {
  const patches: Patch[] = [];
  const breathe = openBreath(signal);
  let seq = segment.first_seq - 1;
  let synced = 0;
  let holes: Bad[] = [];
  const settle = async (last: number): Promise<void> => {
    if (holes.length === 0) return;
    const known = last > seq ? await entriesOf(seq + 1, last) : [];
    signal.throwIfAborted();
    patches.push(...(await patchesIn(file, { holes, known, breathe })));
    holes = [];
  };
  for (const step of walkOver(file, { from: 0, before: { seq, synced: 0 } })) {
    await breathe(step.next - step.offset);
    if (step.kind === "hole") {
      holes.push({ offset: step.offset, end: step.next, synced });
    } else if (step.head.kind === "entry") {
      await settle(step.head.seq - 1);
      ({ seq, synced } = step.head);
    } else if (step.head.kind === "sealed") {
      await settle(step.head.last_seq);
      seq = step.head.last_seq;
    }
  }
  await settle(next === null ? seq + TAIL_ENTRIES : next - 1);
  return patches;
}

type Breath = (bytes: number) => Promise<void>;

/** Lets others run after so many bytes, as the signal that stops it; then throws. */
function openBreath(signal: AbortSignal): Breath {
  let held = 0;
  return async (bytes) => {
    held += bytes;
    if (held < BREATH_BYTES) return;
    held = 0;
    await new Promise((resolve) => setImmediate(resolve));
    signal.throwIfAborted();
  };
}

type Between = {
  readonly holes: readonly Bad[];
  readonly known: readonly Entry[];
  readonly breathe: Breath;
};

/** Bad places with no whole entry between them, and what is known of the entries that stood there. (V46) */
async function patchesIn(
  file: SegmentFile,
  { holes, known, breathe }: Between,
): Promise<readonly Patch[]> {
  const placeOf = new Map(known.map(({ seq }, place) => [seq, place]));
  const patches: Patch[] = [];
  let place = 0;
  for (const hole of holes) {
    const { offset, end } = hole;
    await breathe(end - offset);
    const damaged = bytesOf(file, offset, end);
    const said = placeOf.get(claimedSeq(damaged) ?? 0);
    const filled = filledFrom(damaged, hole, {
      known,
      starts: startsOf(said, place, known.length),
    });
    if (filled !== null) {
      patches.push({ offset, bytes: filled.bytes, entries: filled.entries });
      place = filled.next;
      continue;
    }
    place = Math.max(place, (said ?? -1) + 1);
    const bytes = mendHole(damaged, hole, [], checksum);
    if (bytes !== null) patches.push({ offset, bytes, entries: 0 });
  }
  return patches;
}

/** Where in what is known a bad place may begin: where it says, behind the one before, or soon after. */
function startsOf(said: number | undefined, place: number, count: number): ReadonlySet<number> {
  const soon = Array.from({ length: STARTS_MAX }, (_, more) => place + more);
  return new Set([...(said === undefined ? [] : [said]), ...soon].filter((at) => at < count));
}

function filledFrom(
  damaged: Uint8Array,
  hole: Bad,
  { known, starts }: { readonly known: readonly Entry[]; readonly starts: ReadonlySet<number> },
): { readonly bytes: Uint8Array; readonly entries: number; readonly next: number } | null {
  for (const start of starts) {
    const filled = fillHole(damaged, hole, entriesFrom(known, start), checksum);
    if (filled !== null) return { ...filled, next: start + filled.entries };
  }
  return null;
}

function* entriesFrom(known: readonly Entry[], start: number): Generator<Entry> {
  for (let at = start; at < known.length; at += 1) {
    const entry = known[at];
    if (entry !== undefined) yield entry;
  }
}

/** The seq that a bad place's header names, whatever its checksum says. */
function claimedSeq(damaged: Uint8Array): number | null {
  const start = damaged.subarray(0, HEAD_BYTES_MAX);
  const head = headOf(start.subarray(0, Math.max(0, start.indexOf(NEWLINE))))?.value;
  return head?.kind === "entry" ? head.seq : null;
}

function bytesOf(file: SegmentFile, from: number, to: number): Uint8Array {
  const bytes = new Uint8Array(to - from);
  return bytes.subarray(0, file.read(bytes, from));
}
