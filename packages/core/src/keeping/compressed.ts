/**
 * The form of a compressed segment, `session_….jsonl.zst`.
 *
 *     zstd frame        of bytes 0 to 1 MiB of the segment
 *     zstd frame        of the next MiB; the last one may be shorter
 *     …
 *     skippable frame   the table: one line of JSON, then its length in eight digits
 *
 * Any zstd tool makes the segment of it again (`zstd -d`), because a skippable
 * frame is passed over. A reader takes the table from the end and decompresses
 * the one frame that it needs, so a place in the segment costs a MiB and not the
 * whole. Where the table cannot be read, the frames are found by their own bytes.
 *
 *   J9  Every byte of the file is covered by a checksum: the frames by theirs in
 *        the table, the table by its own.
 *
 * Pure: bytes in, places out.
 */
import type { Crc32 } from "../journal/entry.ts";

/** What the name of a segment gets when it is compressed. */
export const COMPRESSED_END = ".zst";

/** Plain bytes of every frame but the last: a place is found by a division, and costs a millisecond. */
export const FRAME_BYTES: number = 1024 * 1024;

/** A frame of the file: where its compressed bytes lie. `crc` is null where no table told it. */
export type Frame = {
  readonly offset: number;
  readonly bytes: number;
  readonly crc: number | null;
};

/** What the table of a compressed segment says. */
export type FrameTable = {
  /** Bytes of the segment when it is plain. */
  readonly bytes: number;
  readonly first_seq: number;
  readonly last_seq: number;
  readonly frames: readonly Frame[];
};

const FRAME_MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a50;
/** Magic number and length of a skippable frame. */
const SKIPPABLE_HEAD_BYTES = 8;
/** Eight digits and a newline: the last bytes of the file. */
export const TABLE_END_BYTES = 9;

/** The table as the last bytes of the file. */
export function encodeTable(table: FrameTable, crc32: Crc32): Uint8Array {
  const { bytes, first_seq, last_seq } = table;
  const frames = table.frames.map((one) => [one.bytes, one.crc]);
  const told = JSON.stringify({ bytes, first_seq, last_seq, frames }).slice(0, -1);
  const crc = hexOf(crc32(new TextEncoder().encode(told)));
  const line = new TextEncoder().encode(`${told},"crc":"${crc}"}\n`);
  const end = new TextEncoder().encode(`${String(line.length).padStart(8, "0")}\n`);
  const made = new Uint8Array(SKIPPABLE_HEAD_BYTES + line.length + end.length);
  const view = new DataView(made.buffer);
  view.setUint32(0, SKIPPABLE_MAGIC, true);
  view.setUint32(4, line.length + end.length, true);
  made.set(line, SKIPPABLE_HEAD_BYTES);
  made.set(end, SKIPPABLE_HEAD_BYTES + line.length);
  return made;
}

/** How many bytes the table takes at the end of the file, from the file's last bytes; null when they do not tell. */
export function tableBytes(end: Uint8Array): number | null {
  const [, digits] = /^(\d{8})\n$/.exec(new TextDecoder().decode(end)) ?? [];
  return digits === undefined ? null : SKIPPABLE_HEAD_BYTES + Number(digits) + TABLE_END_BYTES;
}

/** The table, when these bytes are one, to the last bit. `fileBytes` is the size of the whole file. */
export function decodeTable(bytes: Uint8Array, fileBytes: number, crc32: Crc32): FrameTable | null {
  try {
    const line = bytes.subarray(SKIPPABLE_HEAD_BYTES, -TABLE_END_BYTES);
    const table = tableFrom(JSON.parse(new TextDecoder().decode(line)));
    const last = table?.frames.at(-1);
    if (table === null || !isSame(encodeTable(table, crc32), bytes)) return null; // (J9)
    const end = last === undefined ? 0 : last.offset + last.bytes;
    const fits = table.frames.length === Math.ceil(table.bytes / FRAME_BYTES);
    return fits && end + bytes.length === fileBytes ? table : null;
  } catch {
    return null;
  }
}

function tableFrom(found: unknown): FrameTable | null {
  if (typeof found !== "object" || found === null || !("frames" in found)) return null;
  if (!("bytes" in found && "first_seq" in found && "last_seq" in found)) return null;
  if (!Array.isArray(found.frames)) return null;
  let offset = 0;
  const frames = found.frames.map((row: unknown): Frame => {
    const [bytes, crc]: readonly unknown[] = Array.isArray(row) ? row : [];
    const frame = { offset, bytes: Number(bytes), crc: Number(crc) };
    offset += frame.bytes;
    return frame;
  });
  const { bytes, first_seq, last_seq } = found;
  return {
    bytes: Number(bytes),
    first_seq: Number(first_seq),
    last_seq: Number(last_seq),
    frames,
  };
}

/** The frames of a file without a table, as far as their own bytes tell. What lies between two is one that is damaged. */
export function framesIn(file: Uint8Array): readonly Frame[] {
  const frames: Frame[] = [];
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  for (let at = 0; at < file.length; ) {
    if (isSkippable(view, at)) break;
    const end = frameEnd(view, at) ?? nextFrame(view, at + 1);
    // Nothing whole follows: a table whose first bytes are damaged, or a frame that was cut off.
    if (end === null) break;
    frames.push({ offset: at, bytes: end - at, crc: null });
    at = end;
  }
  return frames;
}

function isSkippable(view: DataView, at: number): boolean {
  return at + 4 <= view.byteLength && view.getUint32(at, true) === SKIPPABLE_MAGIC;
}

/** Where the next whole frame or the table begins; null when there is neither. */
function nextFrame(view: DataView, from: number): number | null {
  for (let at = from; at + 4 <= view.byteLength; at += 1) {
    if (isSkippable(view, at) || frameEnd(view, at) !== null) return at;
  }
  return null;
}

/** Where the frame that begins at `at` ends (RFC 8878, 3.1.1); null when none begins there or it is cut short. */
function frameEnd(view: DataView, at: number): number | null {
  if (at + 5 > view.byteLength || view.getUint32(at, true) !== FRAME_MAGIC) return null;
  const { first, checksumBytes } = headAt(view, at);
  let next = first;
  for (let isLast = false; !isLast; ) {
    if (next + 3 > view.byteLength) return null;
    const block = view.getUint16(next, true) | (view.getUint8(next + 2) << 16);
    isLast = (block & 1) === 1;
    // A run of one byte is stored as that byte.
    next += 3 + (((block >> 1) & 3) === 1 ? 1 : block >> 3);
  }
  next += checksumBytes;
  return next <= view.byteLength ? next : null;
}

/** Where the first block of a frame begins, and what stands behind its last. */
function headAt(view: DataView, at: number): { first: number; checksumBytes: number } {
  const descriptor = view.getUint8(at + 4);
  const isSingle = (descriptor & 0x20) !== 0;
  const sizeBytes = [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
  return {
    first: at + 5 + (isSingle ? 0 : 1) + dictionaryBytes + sizeBytes,
    checksumBytes: (descriptor & 4) === 0 ? 0 : 4,
  };
}

function hexOf(crc: number): string {
  return crc.toString(16).padStart(8, "0");
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
