/**
 * Putting right a compressed segment from itself, and what is left of a dropped one.
 *
 *   V24  One changed byte in each frame of a compressed segment, and whatever
 *        became of its table, is put right; what comes of it reads back as the
 *        bytes that were sealed, or is not put there.
 *
 *   V45  So are the headers of a dropped segment, also while its checkpoints are
 *        damaged: each frame has its own checksum and zstd's.
 *
 * A frame's checksum says which byte was changed (core/proof/one-byte.ts); zstd's
 * own checksum, and in the end the seal of the segment, say whether it was that.
 */
import { existsSync, readFileSync, statSync, utimesSync } from "node:fs";
import {
  COMPRESSED_END,
  DROPPED_END,
  decodeDropped,
  encodeTable,
  FRAME_BYTES,
  type Frame,
} from "@verbatim/core/keeping";
import { oneByteChanges } from "@verbatim/core/proof";
import { framesAt } from "./compressed-file.ts";
import { realFs } from "./fs.ts";
import { putInPlace } from "./put-in-place.ts";
import { checksum, type SegmentFile } from "./segment-file.ts";
import { digestTo, sealOf } from "./segments.ts";
import { inflate } from "./zstd.ts";

/** Whether a segment lies there compressed and in no other form. */
export function isCompressed(path: string): boolean {
  return !existsSync(path) && existsSync(`${path}${COMPRESSED_END}`);
}

/** Whether a segment lies there dropped and in no other form. */
export function isDroppedAt(path: string): boolean {
  return (
    [path, `${path}${COMPRESSED_END}`].every((one) => !existsSync(one)) &&
    existsSync(`${path}${DROPPED_END}`)
  );
}

/** The compressed file of a segment as it must have been; null when that is not proven, or nothing is wrong with it. */
export function mendedFrames(path: string): readonly Uint8Array[] | null {
  const small = `${path}${COMPRESSED_END}`;
  const mended = wholeFrames(small);
  if (mended === null) return null;
  const plain = plainOf(small, mended);
  const found = sealOf(plain);
  if (found === null || digestTo(plain, found.offset) !== found.seal.sha256) return null;
  return withTable(mended, { ...found.seal, bytes: plain.size() });
}

/** What is left of a dropped segment, as it must have been; null when that is not proven, or nothing is wrong with it. (V45) */
export function mendedHeaders(path: string): readonly Uint8Array[] | null {
  const small = `${path}${DROPPED_END}`;
  const mended = wholeFrames(small);
  if (mended === null) return null;
  const plain = plainOf(small, mended);
  const start = new Uint8Array(Math.min(FRAME_BYTES, plain.size()));
  plain.read(start, 0);
  const said = decodeDropped(start.subarray(0, Math.max(0, start.indexOf(NEWLINE))));
  return said === null ? null : withTable(mended, { ...said, bytes: plain.size() });
}

/** Every frame of a file, put right; null when one cannot be, or nothing is wrong. */
function wholeFrames(small: string): readonly Uint8Array[] | null {
  const file = readFileSync(small);
  const { isTabled, frames } = framesAt(small);
  const held = frames.map((one) => file.subarray(one.offset, one.offset + one.bytes));
  const whole = frames.map((frame, place) => wholeFrame(held[place] ?? NOTHING, frame));
  const mended = whole.filter((one) => one !== null);
  if (mended.length < whole.length) return null;
  return isTabled && mended.every((bytes, place) => bytes === held[place]) ? null : mended;
}

type Said = { readonly bytes: number; readonly first_seq: number; readonly last_seq: number };

function withTable(
  mended: readonly Uint8Array[],
  { bytes, first_seq, last_seq }: Said,
): readonly Uint8Array[] {
  return [...mended, encodeTable({ bytes, first_seq, last_seq, frames: told(mended) }, checksum)];
}

/** Puts it in the place of the damaged file. */
export async function putFrames(small: string, pieces: readonly Uint8Array[]): Promise<void> {
  const { atime, mtime } = statSync(small);
  await putInPlace(realFs, { path: small, pieces, check: () => undefined });
  utimesSync(small, atime, mtime);
}

const NEWLINE = 10;
const NOTHING: Uint8Array = new Uint8Array(0);

/** A frame that can be decompressed: as it lies there, or with the one byte put right that its checksum names. */
function wholeFrame(bytes: Uint8Array, { crc }: Frame): Uint8Array | null {
  if ((crc === null || checksum(bytes) === crc) && inflated(bytes) !== null) return bytes;
  if (crc === null) return null;
  for (const { at, by } of oneByteChanges(bytes.length, checksum(bytes) ^ crc)) {
    const tried = bytes.slice();
    tried[at] = (tried[at] ?? 0) ^ by;
    if (inflated(tried) !== null) return tried;
  }
  return null;
}

function inflated(bytes: Uint8Array): Uint8Array | null {
  try {
    return inflate(bytes, FRAME_BYTES);
  } catch {
    return null;
  }
}

function told(frames: readonly Uint8Array[]): readonly Frame[] {
  let offset = 0;
  return frames.map((bytes) => {
    const frame = { offset, bytes: bytes.length, crc: checksum(bytes) };
    offset += bytes.length;
    return frame;
  });
}

/** The segment that whole frames are of, with one of them in memory. */
function plainOf(path: string, frames: readonly Uint8Array[]): SegmentFile {
  let held = { place: -1, bytes: NOTHING };
  const frameAt = (place: number): Uint8Array => {
    if (held.place !== place)
      held = { place, bytes: inflated(frames[place] ?? NOTHING) ?? NOTHING };
    return held.bytes;
  };
  const size = Math.max(0, frames.length - 1) * FRAME_BYTES + frameAt(frames.length - 1).length;
  return {
    ...{ path, inode: 0, ends: null, size: () => size, faults: () => [], close: () => {} },
    stored: () => ({ bytes: size, written_at: "", compressed: true, dropped: false }),
    read: (into, offset) => {
      let done = 0;
      while (done < into.length && offset + done < size) {
        const place = Math.floor((offset + done) / FRAME_BYTES);
        const from = offset + done - place * FRAME_BYTES;
        const part = frameAt(place).subarray(from, from + into.length - done);
        if (part.length === 0) break;
        into.set(part, done);
        done += part.length;
      }
      return done;
    },
  };
}
