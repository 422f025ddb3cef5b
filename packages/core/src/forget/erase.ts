/**
 * Taking what was heard out of an entry, and leaving its place.
 *
 *   J11  An erased entry has the length of the one before it and keeps its seq,
 *        time, source and, when it names a place of a file, its key: no offset,
 *        index or cursor moves. Nothing of what was heard can be read from it.
 *   J12  Erasing an erased entry changes nothing.
 *
 * In place of the bytes stands a tombstone, filled up with spaces: which receipt
 * says why, and the sha-256 of what was there. Where there is no room for it
 * there are spaces only. In place of a key that a client chose stands a filler.
 *
 * Pure: the bytes of a whole entry in, as many out.
 */
import { FILE_SOURCES } from "../follow/cursors.ts";
import { CRC_BYTES, type Crc32, CUT_FIELD, CUT_SEED, headOf, putHex } from "../journal/entry.ts";
import { fileKeyOf } from "../message/heard.ts";
import type { Sha256 } from "../settle/port.ts";

/** What a tombstone says beside the digest. */
export type Grave = { readonly receipt_id: string; readonly reason: string | null };

export type ErasePorts = { readonly crc32: Crc32; readonly sha256: Sha256 };

const ENCODER: TextEncoder = new TextEncoder();
const DECODER: TextDecoder = new TextDecoder();
const NEWLINE = 10;
const SPACE = 32;
const DASH = 45;
const KEY_START = '"key":"';
const KEY_END = '","len":';

/** The entry that lies in `bytes`, erased; a copy. Throws when no entry lies there: only what was read whole is erased. */
export function erasedEntry(bytes: Uint8Array, grave: Grave, ports: ErasePorts): Uint8Array {
  const headEnd = bytes.indexOf(NEWLINE);
  const head = headOf(bytes.subarray(0, Math.max(0, headEnd)))?.value;
  if (head?.kind !== "entry") throw new Error("only an entry can be erased");
  const made = bytes.slice();
  if (head.erased) return made;
  const rawAt = headEnd + 1;
  const raw = made.subarray(rawAt, rawAt + head.len);
  const stone = tombstone(raw.length, grave, ports.sha256(raw));
  raw.fill(SPACE);
  raw.set(stone);
  if (!namesPlace(head)) putFiller(made.subarray(0, headEnd), head.seq);
  putCut(made, headEnd, ports.crc32);
  return made;
}

/** The entry that lies in `bytes` with other words, as long as those before; a copy. It is an entry like any other. */
export function rewordedEntry(
  bytes: Uint8Array,
  raw: Uint8Array,
  { crc32 }: Pick<ErasePorts, "crc32">,
): Uint8Array {
  const headEnd = bytes.indexOf(NEWLINE);
  const head = headOf(bytes.subarray(0, Math.max(0, headEnd)))?.value;
  if (head?.kind !== "entry" || head.erased || head.len !== raw.length)
    throw new Error("only an entry of that length gets other words");
  const made = bytes.slice();
  made.set(raw, headEnd + 1);
  putHex(made, headEnd - 2, crc32(raw, crc32(made.subarray(0, headEnd - CRC_BYTES))));
  return made;
}

/** Says of the entry in `bytes`, whose header ends at `headEnd`, that it is erased, and which checksum it has as one. */
export function putCut(bytes: Uint8Array, headEnd: number, crc32: Crc32): void {
  const fieldAt = headEnd - CRC_BYTES;
  bytes.set(ENCODER.encode(CUT_FIELD), fieldAt);
  putHex(bytes, headEnd - 2, cutSum(bytes, headEnd, crc32));
}

/** The checksum of an erased entry: of its header up to the checksum, and its bytes. */
export function cutSum(bytes: Uint8Array, headEnd: number, crc32: Crc32): number {
  const raw = bytes.subarray(headEnd + 1, bytes.length - 1);
  return crc32(raw, crc32(bytes.subarray(0, headEnd - CRC_BYTES), CUT_SEED));
}

/** The key of a file's record holds its path, which cursors are worked out from. What we say of ourselves names nobody. */
function namesPlace({ source, key }: { readonly source: string; readonly key: string }): boolean {
  return source === "verbatim" || (FILE_SOURCES.includes(source) && fileKeyOf(key) !== null);
}

/** As much of it as there is room for: with the reason, without, or nothing. */
function tombstone(room: number, { receipt_id, reason }: Grave, sha256: string): Uint8Array {
  const facts = { receipt_id, sha256 };
  const full = ENCODER.encode(JSON.stringify({ forgotten: { ...facts, reason } }));
  if (full.length <= room) return full;
  const short = ENCODER.encode(JSON.stringify({ forgotten: facts }));
  return short.length <= room ? short : new Uint8Array(0);
}

/** Writes over the key: of the head's line, in place. */
function putFiller(line: Uint8Array, seq: number): void {
  // One character a byte, so that places in the text are places in the bytes.
  const text = LATIN.decode(line);
  const from = text.indexOf(KEY_START) + KEY_START.length;
  const to = text.indexOf(KEY_END, from);
  const name = ENCODER.encode(`forgotten/${seq}`);
  line.fill(DASH, from, to);
  if (name.length <= to - from) line.set(name, from);
}

const LATIN: TextDecoder = new TextDecoder("latin1");

/** What a tombstone says, or null where there was no room for one. */
export function graveIn(
  raw: Uint8Array,
): { readonly receipt_id: string; readonly sha256: string } | null {
  try {
    const found: unknown = JSON.parse(DECODER.decode(raw));
    if (typeof found !== "object" || found === null || !("forgotten" in found)) return null;
    const { receipt_id, sha256 } = found.forgotten as Readonly<Record<string, unknown>>;
    if (typeof receipt_id !== "string" || typeof sha256 !== "string") return null;
    return { receipt_id, sha256 };
  } catch {
    return null;
  }
}

/** Whether nothing lies there but what a tombstone says, or no room for one. */
export function isTombstone(raw: Uint8Array): boolean {
  return graveIn(raw) !== null || raw.every((byte) => byte === SPACE);
}
