/**
 * Reading a compressed segment (core/keeping/compressed.ts) as if it was plain.
 *
 *   J10  A damaged frame costs its own bytes and no others: they read as zeros,
 *        which no walk takes for an entry.
 *
 * Whoever reads by position opens and closes a file for each stretch, so tables
 * and the frames read last are kept for the whole process.
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { crc32 } from "node:zlib";
import {
  decodeTable,
  FRAME_BYTES,
  type Frame,
  type FrameTable,
  framesIn,
  TABLE_END_BYTES,
  tableBytes,
} from "@verbatim/core/keeping";
import type { SegmentFile } from "./plain-file.ts";
import { inflate } from "./zstd.ts";

/** Tables kept: those of four gigabytes of journal. */
const TABLES_MAX = 64;
/** Plain frames kept: 8 MiB. */
const FRAMES_MAX = 8;

/** A file that was opened; `name` tells its content from every other file's. */
type Opened = { readonly fd: number; readonly name: string; readonly bytes: number };
/** Where the frames lie, and how many plain bytes they hold. `whole` says whether a table told it. */
type Known = Pick<FrameTable, "bytes" | "frames"> & { readonly table: FrameTable | null };

const tables: Map<string, Known> = new Map();
const frames: Map<string, Uint8Array> = new Map();

/** Opens a compressed segment; throws the system's error when it is not there. */
export function openCompressed(path: string): SegmentFile {
  const fd = openSync(path, "r");
  const { ino, size, ctimeMs, mtime } = fstatSync(fd);
  const opened = { fd, name: `${ino} ${size} ${ctimeMs}`, bytes: size };
  const known = kept(tables, opened.name, TABLES_MAX, () => knownOf(opened));
  return {
    path,
    inode: ino,
    ends: known.table,
    size: () => known.bytes,
    stored: () => ({
      ...{ bytes: size, written_at: mtime.toISOString() },
      ...{ compressed: true, dropped: false },
    }),
    read: (into, offset) => readPlain(opened, known, into, offset),
    faults: () => faultsIn({ ...opened, name: "" }),
    close: () => closeSync(fd),
  };
}

/** The frames of a compressed file, and whether its table told them. */
export function framesAt(path: string): {
  readonly isTabled: boolean;
  readonly frames: readonly Frame[];
} {
  const fd = openSync(path, "r");
  try {
    const known = knownOf({ fd, name: "", bytes: fstatSync(fd).size });
    return { isTabled: known.table !== null, frames: known.frames };
  } finally {
    closeSync(fd);
  }
}

function readPlain(opened: Opened, known: Known, into: Uint8Array, offset: number): number {
  const end = Math.min(offset + into.length, known.bytes);
  for (let at = offset; at < end; ) {
    const place = Math.floor(at / FRAME_BYTES);
    const from = at - place * FRAME_BYTES;
    const plain = kept(frames, `${opened.name} ${place}`, FRAMES_MAX, () =>
      plainFrame(opened, known, place),
    );
    const part = plain.subarray(from, Math.min(plain.length, from + end - at));
    into.set(part, at - offset);
    at += part.length;
  }
  return Math.max(0, end - offset);
}

/** The plain bytes of a frame; zeros when it is damaged (J10). */
function plainFrame(opened: Opened, known: Known, place: number): Uint8Array {
  const length = Math.min(FRAME_BYTES, known.bytes - place * FRAME_BYTES);
  const frame = known.frames[place];
  const plain = frame === undefined ? null : inflated(opened, frame);
  return plain?.length === length ? plain : new Uint8Array(length);
}

function inflated(opened: Opened, frame: Frame): Uint8Array | null {
  const bytes = bytesAt(opened, frame.offset, frame.bytes);
  if (frame.crc !== null && crc32(bytes) !== frame.crc) return null;
  try {
    return inflate(bytes, FRAME_BYTES);
  } catch {
    return null;
  }
}

function knownOf(opened: Opened): Known {
  const table = tableOf(opened);
  if (table !== null) return { table, bytes: table.bytes, frames: table.frames };
  // The table is damaged: the frames tell themselves, all of the same size but the last.
  const found = framesIn(bytesAt(opened, 0, opened.bytes));
  const last = found.at(-1);
  const lastBytes = last === undefined ? 0 : (inflated(opened, last)?.length ?? FRAME_BYTES);
  const bytes = Math.max(0, found.length - 1) * FRAME_BYTES + lastBytes;
  return { table: null, bytes, frames: found };
}

function tableOf(opened: Opened): FrameTable | null {
  const end = bytesAt(opened, Math.max(0, opened.bytes - TABLE_END_BYTES), TABLE_END_BYTES);
  const length = tableBytes(end);
  if (length === null || length > opened.bytes) return null;
  return decodeTable(bytesAt(opened, opened.bytes - length, length), opened.bytes, (data) =>
    crc32(data),
  );
}

/** Frame by frame, from the disk and not from memory. */
function* faultsIn(opened: Opened): Generator<string> {
  const { table, frames: found } = knownOf(opened);
  if (table === null) yield "the table of its compressed frames is damaged; it is read without";
  for (const [place, frame] of found.entries()) {
    if (inflated(opened, frame) !== null) continue;
    const end = frame.offset + frame.bytes;
    yield `compressed frame ${place + 1} of ${found.length} is damaged (bytes ${frame.offset} to ${end} of the .zst); what is lost lies in it, from byte ${place * FRAME_BYTES} on`;
  }
}

function bytesAt({ fd }: Opened, offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  return bytes.subarray(0, readSync(fd, bytes, 0, length, offset));
}

/** What is known under a name, or is made now; the ones not asked for longest go. */
function kept<Value>(all: Map<string, Value>, name: string, max: number, make: () => Value): Value {
  const value = all.get(name) ?? make();
  all.delete(name);
  all.set(name, value);
  const [oldest] = all.keys();
  if (all.size > max && oldest !== undefined) all.delete(oldest);
  return value;
}
