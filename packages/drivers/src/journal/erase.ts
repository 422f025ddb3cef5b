/**
 * Erasing entries of sealed segments: each segment that holds any is written
 * anew with tombstones in their places (core/forget/erase.ts) and a new seal.
 *
 *   J13  What is not to be erased keeps every byte and its place; the journal is
 *        as whole afterwards as before, and erasing again rewrites nothing.
 *
 *   J21  An entry that stays may get other words, as long as its own: nothing moves,
 *        and doing it again rewrites nothing.
 *
 *   J40  A compressed segment in which a byte was changed is put right before it is
 *        written plain, where it can be: afterwards the frame would be zeros for ever.
 *
 * What lies in the current segment is sealed first, by its writer. Where a byte
 * was damaged it cannot be known what the record was: it stays, and is counted.
 */
import { createHash, hash } from "node:crypto";
import { CURRENT_SEGMENT, encodeMark, VerbatimError } from "@verbatim/core";
import {
  erasedEntry,
  type Grave,
  holds,
  type Range,
  type Reworded,
  rewordedEntry,
  within,
} from "@verbatim/core/forget";
import { COMPRESSED_END } from "@verbatim/core/keeping";
import { walkOver } from "./holes.ts";
import { isCompressed, mendedFrames, putFrames } from "./mend-frames.ts";
import type { SegmentFile } from "./plain-file.ts";
import { checksum } from "./plain-file.ts";
import type { Rewriting } from "./rewrite.ts";
import { type Layout, layoutOf, type Segment } from "./segments.ts";
import type { Whole } from "./walk.ts";

/** What was erased now, and what could not be looked at. */
export type ErasedEntries = {
  readonly segments: number;
  readonly entries: number;
  readonly bytes: number;
  /** Stretches of bytes that are no whole entry, in the segments that were looked at. */
  readonly damaged: number;
};

type Tally = { segments: number; entries: number; bytes: number; damaged: number };
type What = {
  readonly ranges: readonly Range[];
  readonly grave: Grave;
  readonly tally: Tally;
  /** Other words for entries that stay, by their place. */
  readonly words: ReadonlyMap<number, Uint8Array>;
};

const COPY_BYTES: number = 1024 * 1024;
const ports = {
  crc32: checksum,
  sha256: (data: Uint8Array | string): string => hash("sha256", data, "hex"),
};

/** Erases what lies at these places; `onProgress` gets segments done of those that are meant. Throws `conflict` when one of them is not sealed. */
export async function eraseEntries(
  rewriting: Rewriting,
  ask: {
    readonly ranges: readonly Range[];
    readonly grave: Grave;
    readonly reworded?: readonly Reworded[];
  },
  onProgress: (done: number, total: number) => void = () => undefined,
): Promise<ErasedEntries> {
  using layout = layoutOf(rewriting.dir);
  const { ranges, grave, reworded = [] } = ask;
  const tally = { segments: 0, entries: 0, bytes: 0, damaged: 0 };
  const words = new Map(reworded.map(({ seq, text }) => [seq, Buffer.from(text)]));
  const what: What = { ranges, grave, tally, words };
  const meant = layout.segments.filter((segment, place) => {
    const end = (layout.segments[place + 1]?.first_seq ?? Number.POSITIVE_INFINITY) - 1;
    return (
      within(ranges, segment.first_seq, end).length > 0 ||
      reworded.some(({ seq }) => seq >= segment.first_seq && seq <= end)
    );
  });
  for (const [done, segment] of meant.entries()) {
    refuseCurrent(segment);
    await putRight(layout, segment);
    if (holdsAny(layout, segment, what)) await rewrite(rewriting, layout, segment, what);
    onProgress(done + 1, meant.length);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return what.tally;
}

function refuseCurrent({ file }: Segment): void {
  if (file !== CURRENT_SEGMENT) return;
  throw new VerbatimError(
    "conflict",
    "the newest entries are not sealed yet; seal them first: verbatim rotate",
  );
}

/** From its own checksums. (J40) */
async function putRight(layout: Layout, segment: Segment): Promise<void> {
  if (!isCompressed(segment.path)) return;
  const file = layout.open(segment);
  const isDamaged = [...file.faults()].length > 0;
  file.close();
  const whole = isDamaged ? mendedFrames(segment.path) : null;
  if (whole !== null) await putFrames(`${segment.path}${COMPRESSED_END}`, whole);
}

/** Whether there is anything to erase that is not erased yet. */
function holdsAny(layout: Layout, segment: Segment, what: What): boolean {
  const file = layout.open(segment);
  try {
    refuseUnmade(file);
    for (const step of stepsOf(file, segment)) if (isMeant(file, step, what)) return true;
    return false;
  } finally {
    file.close();
  }
}

/** What a dropped segment cannot be made again of cannot be looked through: the forget waits until it can. */
function refuseUnmade(file: SegmentFile): void {
  if (!file.stored().dropped) return;
  for (const what of file.faults())
    throw new VerbatimError("source_unreadable", `${file.path}: ${what}. Then this goes on`);
}

async function rewrite(
  rewriting: Rewriting,
  layout: Layout,
  segment: Segment,
  what: What,
): Promise<void> {
  const file = layout.open(segment);
  try {
    await rewriting.replace(segment.file, sealedAnew(file, segment, what));
    what.tally.segments += 1;
  } finally {
    file.close();
  }
}

type Step = ReturnType<typeof stepsOf> extends Generator<infer One> ? One : never;

function stepsOf(file: SegmentFile, segment: Segment): ReturnType<typeof walkOver> {
  return walkOver(file, { from: 0, before: { seq: segment.first_seq - 1, synced: 0 } });
}

function isMeant(file: SegmentFile, step: Step, { ranges, words }: What): step is Whole {
  if (step.kind === "hole" || step.head.kind !== "entry" || step.head.erased) return false;
  const { seq } = step.head;
  return holds(ranges, seq) || isToReword(file, step, words.get(seq));
}

/** Whether it does not say already what it is to say. */
function isToReword(file: SegmentFile, step: Whole, words: Uint8Array | undefined): boolean {
  if (words === undefined || step.head.kind !== "entry") return false;
  const from = step.next - 1 - step.head.len;
  const [raw] = piecesOf(file, from, step.next - 1, step.head.len);
  return raw !== undefined && Buffer.compare(raw, words) !== 0;
}

/** The segment's bytes with its entries erased, and a seal that says what they are now. */
function* sealedAnew(file: SegmentFile, segment: Segment, what: What): Generator<Uint8Array> {
  const digest = createHash("sha256");
  let copied = 0;
  for (const step of stepsOf(file, segment)) {
    if (step.kind === "hole") what.tally.damaged += 1;
    const seal = isSeal(step) ? step : null;
    if (seal === null && !isMeant(file, step, what)) continue;
    for (const piece of piecesOf(file, copied, step.offset)) {
      digest.update(piece);
      yield piece;
    }
    const instead =
      seal === null
        ? erased(file, step as Whole, what)
        : sealFor(seal, digest.copy().digest("hex"));
    digest.update(instead);
    yield instead;
    copied = step.next;
  }
  yield* piecesOf(file, copied, file.size());
}

function isSeal(step: Step): step is Whole {
  return step.kind === "whole" && step.head.kind === "sealed";
}

/** The seal of other bytes: as long as the one before. */
function sealFor({ head }: Whole, sha256: string): Uint8Array {
  if (head.kind !== "sealed") throw new Error("only a seal is made anew");
  return encodeMark({ ...head, sha256 }, checksum);
}

function erased(file: SegmentFile, step: Whole, { grave, tally, ranges, words }: What): Uint8Array {
  const [entry] = piecesOf(file, step.offset, step.next, step.next - step.offset);
  if (entry === undefined) throw new Error(`${file.path} became shorter while it was read`);
  const other = step.head.kind === "entry" ? words.get(step.head.seq) : undefined;
  if (other !== undefined && step.head.kind === "entry" && !holds(ranges, step.head.seq))
    return rewordedEntry(entry, other, ports);
  tally.entries += 1;
  tally.bytes += entry.length;
  return erasedEntry(entry, grave, ports);
}

function* piecesOf(
  file: SegmentFile,
  from: number,
  to: number,
  most: number = COPY_BYTES,
): Generator<Uint8Array> {
  for (let at = from; at < to; ) {
    const piece = new Uint8Array(Math.min(most, to - at));
    const read = file.read(piece, at);
    if (read === 0) return;
    yield piece.subarray(0, read);
    at += read;
  }
}
