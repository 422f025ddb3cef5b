/**
 * Dropping a sealed segment: `session_….jsonl[.zst]` becomes `session_….jsonl.dropped`,
 * which holds all of it but the bytes that checkpoints hold.
 *
 *   J30  A segment is dropped only after every entry of it was read back from
 *        Postgres (sha-256 of its bytes) and from checkpoints that are as they
 *        were made (byte for byte), and after the segment was made again of what
 *        is left and was the same. One difference, and it stays.
 *   J31  Whoever dies over it leaves the segment, or the dropped one complete:
 *        nothing is removed before that lies synced under its name.
 *
 * An entry whose bytes a checkpoint withholds stays with its bytes.
 */
import { createHash, hash } from "node:crypto";
import { statSync, utimesSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { constants, zstdCompress } from "node:zlib";
import { ARCHIVE_FOLDER, FILES, VerbatimError } from "@verbatim/core";
import {
  COMPRESSED_END,
  DROPPED_END,
  type Dropped,
  encodeDropped,
  encodeTable,
  FRAME_BYTES,
  type Frame,
  keptOf,
} from "@verbatim/core/keeping";
import { openCheckpointRaws } from "./checkpoint-raws.ts";
import { digestOf } from "./compress.ts";
import { openDropped } from "./dropped-file.ts";
import type { JournalFs } from "./fs.ts";
import { walkOver } from "./holes.ts";
import { checksum, type SegmentFile } from "./plain-file.ts";
import { putInPlace, removeIfThere } from "./put-in-place.ts";
import { openSegment } from "./segment-file.ts";
import { sealOf } from "./segments.ts";
import type { Whole } from "./walk.ts";

/** What proves that a segment may be dropped. */
export type DropProof = {
  /** sha-256 of the bytes that Postgres holds of entries, from a seq on; an entry it does not hold is not in it. */
  readonly held: (from: number, limit: number) => Promise<ReadonlyMap<number, string>>;
  /** The checkpoints that hold these entries, each read whole and as it was made; throws where one is not, or none holds them. */
  readonly checkpoints: (first: number, last: number) => Promise<readonly string[]>;
};

export type DropOptions = {
  readonly proof: DropProof;
  readonly now: () => string;
  /** Plain bytes done. */
  readonly onProgress: (done: number) => void;
  readonly signal: AbortSignal;
};

type Place = { readonly dir: string; readonly fs: JournalFs };
type Step = { readonly whole: Uint8Array; readonly step: Whole };

const LEVEL = 6;
const OPTIONS = {
  params: { [constants.ZSTD_c_compressionLevel]: LEVEL, [constants.ZSTD_c_checksumFlag]: 1 },
} as const;
/** Entries read back from Postgres at once. */
const PART = 500;

const compressed = promisify(zstdCompress);

/** Drops it; its bytes on disk before and after, or null when it is dropped already. When it throws, it stands as it was. */
export async function dropSegment(
  { dir, fs }: Place,
  file: string,
  options: DropOptions,
): Promise<{ readonly bytes: number; readonly stored_bytes: number } | null> {
  const path = join(dir, ARCHIVE_FOLDER, basename(file));
  const dropped = `${path}${DROPPED_END}`;
  const segment = openSegment(path);
  try {
    if (segment.path.endsWith(DROPPED_END)) return null;
    const bytes = segment.stored().bytes;
    const proved = await provedBy(segment, options);
    await putInPlace(fs, {
      path: dropped,
      pieces: framesOf(keptPieces(segment, proved, options), proved),
      check: (beside) => sameAgain(beside, proved),
    });
    const { atime, mtime } = statSync(segment.path);
    utimesSync(dropped, atime, mtime);
    removeIfThere(fs, path); // (J31)
    removeIfThere(fs, `${path}${COMPRESSED_END}`);
    return { bytes, stored_bytes: statSync(dropped).size };
  } finally {
    segment.close();
  }
}

/** Every entry against Postgres, all bytes against the seal, and the checkpoints found. (J30) */
async function provedBy(file: SegmentFile, { proof, now, signal }: DropOptions): Promise<Dropped> {
  const found = sealOf(file);
  if (found === null) throw stays(file, "it has no whole seal; look at it with: verbatim verify");
  const { first_seq, last_seq } = found.seal;
  const checkpoints = await proof.checkpoints(first_seq, last_seq);
  const digest = createHash("sha256");
  let sealed = "";
  let entries = 0;
  let part: { readonly seq: number; readonly sha256: string }[] = [];
  for (const { whole, step } of stepsOf(file)) {
    signal.throwIfAborted();
    if (step.offset === found.offset) sealed = digest.copy().digest("hex");
    digest.update(whole);
    if (step.head.kind !== "entry") continue;
    entries += 1;
    part.push({ seq: step.head.seq, sha256: hash("sha256", step.raw, "hex") });
    if (part.length < PART) continue;
    await readBack(file, part, proof);
    part = [];
  }
  await readBack(file, part, proof);
  if (sealed !== found.seal.sha256)
    throw stays(file, "its bytes are not those that were sealed; look at it with: verbatim verify");
  return {
    ...{ segment: basename(file.path).replace(COMPRESSED_END, ""), bytes: file.size() },
    ...{ sha256: digest.digest("hex"), first_seq, last_seq, entries, read_back: entries },
    ...{ dropped_at: now(), checkpoints },
  };
}

async function readBack(
  file: SegmentFile,
  part: readonly { readonly seq: number; readonly sha256: string }[],
  { held }: DropProof,
): Promise<void> {
  const [first, last] = [part[0]?.seq, part.at(-1)?.seq];
  if (first === undefined || last === undefined) return;
  const there = await held(first, last - first + 1);
  for (const { seq, sha256 } of part) {
    if (there.get(seq) === sha256) continue;
    const what = there.has(seq) ? "holds other bytes for" : "does not hold";
    throw stays(
      file,
      `Postgres ${what} entry ${seq}; see: verbatim verify, then verbatim archive --wait`,
    );
  }
}

/** What stays of the segment, after every byte that goes was compared with a checkpoint's. (J30) */
async function* keptPieces(
  file: SegmentFile,
  proved: Dropped,
  { onProgress, signal }: DropOptions,
): AsyncGenerator<Uint8Array> {
  yield encodeDropped(proved);
  const folder = join(dirname(dirname(dirname(file.path))), FILES.checkpoints);
  const raws = openCheckpointRaws(folder, proved.checkpoints, proved);
  let told = 0;
  for (const { whole, step } of stepsOf(file)) {
    signal.throwIfAborted();
    yield keptOf(
      whole,
      step.head.kind === "entry" && isElsewhere(file, step, raws.of(step.head.seq)),
    );
    if (step.next - told < FRAME_BYTES) continue;
    told = step.next;
    onProgress(told);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function isElsewhere(
  file: SegmentFile,
  { head, raw }: Whole,
  held: Uint8Array | null | undefined,
): boolean {
  if (held === null || head.kind !== "entry") return false;
  if (held !== undefined && Buffer.compare(held, raw) === 0) return true;
  const what = held === undefined ? "no checkpoint holds" : "a checkpoint holds other bytes for";
  throw stays(file, `${what} entry ${head.seq}; see: verbatim checkpoints verify`);
}

/** Every line and entry with all its bytes; throws at a place that cannot be read. Valid until the next. */
function* stepsOf(file: SegmentFile): Generator<Step> {
  for (const step of walkOver(file, { from: 0, before: null })) {
    if (step.kind === "hole")
      throw stays(
        file,
        `bytes ${step.offset} to ${step.next} of it cannot be read; see: verbatim verify`,
      );
    const whole = new Uint8Array(step.next - step.offset);
    file.read(whole, step.offset);
    yield { whole, step };
  }
}

/** In the frames of a compressed segment, with its table. */
async function* framesOf(
  pieces: AsyncIterable<Uint8Array>,
  { first_seq, last_seq }: Dropped,
): AsyncGenerator<Uint8Array> {
  const frames: Frame[] = [];
  let bytes = 0;
  let offset = 0;
  for await (const plain of inFrames(pieces)) {
    const frame = await compressed(plain, OPTIONS);
    frames.push({ offset, bytes: frame.length, crc: checksum(frame) });
    offset += frame.length;
    bytes += plain.length;
    yield frame;
  }
  yield encodeTable({ bytes, first_seq, last_seq, frames }, checksum);
}

async function* inFrames(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let frame = new Uint8Array(FRAME_BYTES);
  let used = 0;
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length; ) {
      const part = piece.subarray(at, at + frame.length - used);
      frame.set(part, used);
      used += part.length;
      at += part.length;
      if (used < frame.length) continue;
      yield frame;
      frame = new Uint8Array(FRAME_BYTES);
      used = 0;
    }
  }
  if (used > 0) yield frame.subarray(0, used);
}

/** The segment, made again of what was written, is the one that was read. (J30) */
async function sameAgain(path: string, { sha256, segment }: Dropped): Promise<void> {
  const file = openDropped(path);
  try {
    if ((await digestOf(file)) === sha256) return;
  } finally {
    file.close();
  }
  throw new Error(`${segment} made again of what is left is not the same; look at the disk`);
}

function stays({ path }: SegmentFile, why: string): VerbatimError {
  return new VerbatimError("conflict", `${basename(path)} stays as it is: ${why}`, {
    facts: { file: path },
  });
}
