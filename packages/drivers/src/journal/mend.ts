/**
 * Putting right what cannot be read in a journal, with entries that are known
 * from elsewhere (core/proof/mend.ts says when they are believed).
 *
 *   V15  A mended segment takes the place of the damaged one whole or not at all,
 *        and the damaged one is kept in quarantine/ first.
 *   V41  A dropped segment whose checkpoints are damaged is written plain again
 *        when everything they lack is known and the seal then holds; otherwise it
 *        stays, because the checkpoints may come back from a copy.
 *
 * What stood in its bad places is found in mend-holes.ts. The current segment is mended only while nobody writes it. A compressed
 * segment is mended from itself alone (mend-frames.ts).
 */
import { closeSync, copyFileSync, fsyncSync, mkdirSync, openSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { CURRENT_SEGMENT, VerbatimError } from "@verbatim/core";
import { COMPRESSED_END, DROPPED_END } from "@verbatim/core/keeping";
import { ownerOf, takeLock } from "../process/lock.ts";
import { realFs } from "./fs.ts";
import { walkOver } from "./holes.ts";
import {
  isCompressed,
  isDroppedAt,
  mendedFrames,
  mendedHeaders,
  putFrames,
} from "./mend-frames.ts";
import { type EntriesOf, type Patch, patchesFor } from "./mend-holes.ts";
import { putInPlace, removeIfThere } from "./put-in-place.ts";
import { freeName } from "./recover.ts";
import { openRewriting } from "./rewrite.ts";
import { openSegment, type SegmentFile } from "./segment-file.ts";
import { digestTo, layoutOf, type Segment, sealOf } from "./segments.ts";
import { writerLockOf } from "./writer.ts";

/** Bytes copied at once. */
const PIECE_BYTES: number = 1024 * 1024;

/** Bytes that were put right, and where the file lies as it was before. */
export type Mended = {
  readonly file: string;
  readonly bytes: { readonly from: number; readonly to: number };
  readonly entries: number;
  readonly kept: string;
};

type MendOptions = {
  /** Done before anything is put in its place. */
  readonly before?: () => Promise<void>;
  /** When it is aborted, what was put in place stays, and nothing more is. */
  readonly signal?: AbortSignal;
};

/**
 * Mends what can be proven; throws `journal_busy` while somebody else rewrites, or
 * writes what is damaged.
 */
export async function mendJournal(
  dir: string,
  entriesOf: EntriesOf,
  { before = async () => undefined, signal = new AbortController().signal }: MendOptions = {},
): Promise<readonly Mended[]> {
  using _rewriting = openRewriting({ dir, program: "verify --repair" });
  using layout = layoutOf(dir);
  const mended: Mended[] = [];
  for (const [place, segment] of layout.segments.entries()) {
    signal.throwIfAborted();
    mended.push(...(await mendFrames(dir, segment, before)));
    if (isCompressed(segment.path)) continue;
    const next = layout.segments[place + 1]?.first_seq ?? null;
    const file = layout.open(segment);
    try {
      const isDropped = file.stored().dropped;
      // Asked for its faults it is made again of what lies there now.
      if (isDropped && [...file.faults()].length === 0) continue;
      const patches = await patchesFor(file, { segment, next }, { entriesOf, signal });
      if (patches.length === 0) continue;
      await before();
      const change = { file, patches };
      mended.push(...(await (isDropped ? undropped : replaced)(dir, segment, change)));
    } finally {
      file.close();
    }
  }
  return mended;
}

/**
 * From its own checksums, where the seal then holds (V24); what is left of a dropped
 * one too, and what lies in checkpoints is looked at afterwards (V45).
 */
async function mendFrames(
  dir: string,
  segment: Segment,
  before: () => Promise<void>,
): Promise<readonly Mended[]> {
  const { path } = segment;
  const isDropped = isDroppedAt(path);
  if (!isDropped && !isCompressed(path)) return [];
  const pieces = isDropped ? mendedHeaders(path) : mendedFrames(path);
  if (pieces === null) return [];
  await before();
  return [await framed(dir, segment, { end: isDropped ? DROPPED_END : COMPRESSED_END, pieces })];
}

type Framed = { readonly end: string; readonly pieces: readonly Uint8Array[] };

async function framed(dir: string, segment: Segment, { end, pieces }: Framed): Promise<Mended> {
  const path = `${segment.path}${end}`;
  const bytes = { from: 0, to: statSync(path).size };
  const kept = keep(dir, { ...segment, path });
  await putFrames(path, pieces);
  return { file: `${segment.file}${end}`, bytes, entries: 0, kept };
}

type Change = { readonly file: SegmentFile; readonly patches: readonly Patch[] };

async function replaced(dir: string, segment: Segment, change: Change): Promise<readonly Mended[]> {
  const isCurrent = segment.file === CURRENT_SEGMENT;
  const lock = isCurrent ? writing(dir) : null;
  try {
    const kept = keep(dir, segment);
    await putInPlace(realFs, {
      path: segment.path,
      pieces: piecesOf(change),
      check: (beside) => checked(beside, change.patches),
      ...(isCurrent ? { mode: 0o600 } : {}),
    });
    return toldOf(segment.file, change, kept);
  } finally {
    lock?.release();
  }
}

/** Plain again, with what the checkpoints lack, or as it was. (V41) */
async function undropped(
  dir: string,
  segment: Segment,
  change: Change,
): Promise<readonly Mended[]> {
  const { file, path } = segment;
  const dropped = `${path}${DROPPED_END}`;
  let isWhole = true;
  try {
    await putInPlace(realFs, {
      path,
      pieces: piecesOf(change),
      check: (beside) => {
        isWhole = isSealed(beside);
        if (!isWhole) throw new Error(`${file} is not whole yet`);
      },
    });
  } catch (error) {
    if (isWhole) throw error;
    return [];
  }
  const kept = keep(dir, { ...segment, path: dropped });
  removeIfThere(realFs, dropped);
  return toldOf(file, change, kept);
}

function isSealed(path: string): boolean {
  const file = openSegment(path);
  try {
    const found = sealOf(file);
    return found !== null && digestTo(file, found.offset) === found.seal.sha256;
  } finally {
    file.close();
  }
}

function toldOf(file: string, { patches }: Change, kept: string): readonly Mended[] {
  return patches.map(({ offset, bytes, entries }) => ({
    file,
    bytes: { from: offset, to: offset + bytes.length },
    ...{ entries, kept },
  }));
}

function writing(dir: string): { release(): void } {
  const path = writerLockOf(dir);
  const since = new Date().toISOString();
  const lock = takeLock(path, { program: "verify --repair", pid: process.pid, since });
  if (lock !== null) return lock;
  throw new VerbatimError(
    "journal_busy",
    `the damage is in the segment that ${ownerOf(path)?.program ?? "somebody"} is writing; seal it first: verbatim rotate, then again`,
  );
}

/** The damaged file as it is, before anything takes its place. */
function keep(dir: string, segment: Segment): string {
  const folder = join(dir, "quarantine");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = freeName(join(folder, `${basename(segment.path)}.before-repair`));
  copyFileSync(segment.path, path);
  const fd = openSync(path, "r");
  fsyncSync(fd);
  closeSync(fd);
  realFs.syncFolder(folder);
  return path;
}

/** The file with the patches laid over it. */
function* piecesOf({ file, patches }: Change): Generator<Uint8Array> {
  const piece = new Uint8Array(PIECE_BYTES);
  for (let at = 0; ; ) {
    const read = file.read(piece, at);
    if (read === 0) return;
    const held = piece.subarray(0, read);
    for (const { offset, bytes } of patches) {
      const from = Math.max(offset, at);
      const to = Math.min(offset + bytes.length, at + read);
      if (from < to) held.set(bytes.subarray(from - offset, to - offset), from - at);
    }
    yield held;
    at += read;
  }
}

/** What was mended must be whole where it lies. */
function checked(path: string, patches: readonly Patch[]): void {
  const file = openSegment(path);
  try {
    for (const step of walkOver(file, { from: 0, before: null })) {
      const isMended = patches.some(({ offset }) => step.kind === "hole" && step.offset === offset);
      if (isMended) throw new Error(`what was put right at byte ${step.offset} cannot be read`);
    }
  } finally {
    file.close();
  }
}
