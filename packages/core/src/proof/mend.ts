/**
 * Bytes of the journal that cannot be read, put right with what is known from
 * elsewhere.
 *
 *   V14  What is put in the place of damaged bytes is proven: by the checksum
 *        that was written with them, or by every other byte being the same.
 *        Where neither holds, nothing is put there.
 *   V20  What was forgotten never comes back: in the place of a tombstone comes
 *        a tombstone, and an entry from elsewhere that is none is not believed
 *        where the bytes say that one stood there.
 *
 * A mark, which nobody else keeps, is put right when one changed byte explains
 * it: its own checksum says which.
 */
import { putCut } from "../forget/erase.ts";
import { CRC_BYTES, type Crc32, CUT_FIELD, encodeEntries, findAt } from "../journal/entry.ts";
import type { Entry } from "../message/heard.ts";
import { oneByteChanges } from "./one-byte.ts";
import { mendTombstone } from "./tombstone.ts";

const NEWLINE = 10;
/** `,"crc":"xxxxxxxx"}` ends a header's line: its eight digits lie so far before that line's end. */
const CRC_DIGITS = { from: 10, to: 2 } as const;
const CUT: Uint8Array = new TextEncoder().encode(CUT_FIELD);
/** No mark and no seal is longer; to try every byte of more would find what never stood there. */
const LINE_BYTES_MAX = 1024;
const ENCODER: TextEncoder = new TextEncoder();
const DECODER: TextDecoder = new TextDecoder("latin1");

/** Where the bytes lie, and how far was synced before the last entry that is whole. */
export type Hole = { readonly offset: number; readonly synced: number };

/** The bytes as they must have been, or null. `entries` are all that stood there, none for a mark or for a tombstone that only the journal has. */
export function mendHole(
  damaged: Uint8Array,
  hole: Hole,
  entries: readonly Entry[],
  crc32: Crc32,
): Uint8Array | null {
  if (entries.length === 0) return mendLine(damaged, crc32) ?? mendTombstone(damaged, crc32);
  const filled = fillHole(damaged, hole, entries, crc32);
  return filled?.entries === entries.length ? filled.bytes : null;
}

/** The bytes as they must have been where the first of these entries fill them, and how many do; or null. Costs one look at each. */
export function fillHole(
  damaged: Uint8Array,
  hole: Hole,
  entries: Iterable<Entry>,
  crc32: Crc32,
): { readonly bytes: Uint8Array; readonly entries: number } | null {
  const mended: Uint8Array[] = [];
  let { synced } = hole;
  let at = 0;
  for (const entry of entries) {
    if (at === damaged.length) break;
    if (entry.raw.length > damaged.length - at) return null;
    const places = [synced, hole.offset + at];
    const found = places
      .map((place) => ({ place, bytes: encoded(entry, place, crc32) }))
      .find(({ bytes }) => isProven(bytes, damaged.subarray(at, at + bytes.length), entry));
    if (found === undefined) return null;
    mended.push(found.bytes);
    synced = found.place;
    at += found.bytes.length;
  }
  if (at !== damaged.length) return null;
  return { bytes: joined(mended, at), entries: mended.length };
}

function joined(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const all = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

/** An entry's bytes: of one that was forgotten, as it is marked. (V20) */
function encoded(entry: Entry, synced: number, crc32: Crc32): Uint8Array {
  const bytes = encodeEntries([entry], { seq: entry.seq, synced }, crc32);
  if (entry.erased === true) putCut(bytes, bytes.indexOf(NEWLINE), crc32);
  return bytes;
}

function isProven(bytes: Uint8Array, damaged: Uint8Array, { erased }: Entry): boolean {
  if (bytes.length !== damaged.length) return false;
  const end = bytes.indexOf(NEWLINE);
  const isSame = (from: number, to: number): boolean => {
    for (let at = from; at < to; at += 1) if (bytes[at] !== damaged[at]) return false;
    return true;
  };
  if (erased !== true && saysCut(damaged, end)) return false;
  if (isSame(end - CRC_DIGITS.from, end - CRC_DIGITS.to)) return true;
  // The whole field but its digits: one letter of it tells a tombstone from an entry.
  return isSame(0, end - CRC_DIGITS.from) && isSame(end - CRC_DIGITS.to, bytes.length);
}

/** Whether it still says there that the entry was erased. */
function saysCut(damaged: Uint8Array, end: number): boolean {
  return CUT.every((byte, place) => damaged[end - CRC_BYTES + place] === byte);
}

/** A mark or a seal in which one byte was changed: of its text, or of its checksum's field. */
function mendLine(damaged: Uint8Array, crc32: Crc32): Uint8Array | null {
  const head = damaged.length - 1 - CRC_BYTES;
  if (damaged.length > LINE_BYTES_MAX || head <= 0) return null;
  const sum = crc32(damaged.subarray(0, head));
  const digits = DECODER.decode(
    damaged.subarray(head + CRC_BYTES - CRC_DIGITS.from, -1 - CRC_DIGITS.to),
  );
  const wrong = sum ^ Number.parseInt(digits, 16);
  const tried = oneByteChanges(head, wrong).map(({ at, by }) => withByte(damaged, at, by));
  const field = Uint8Array.from(damaged);
  field.set(ENCODER.encode(`,"crc":"${sum.toString(16).padStart(8, "0")}"}\n`), head);
  if (field.filter((byte, at) => byte !== damaged[at]).length === 1) tried.push(field);
  return tried.find((line) => isWholeLine(line, crc32)) ?? null;
}

function withByte(bytes: Uint8Array, at: number, by: number): Uint8Array {
  const made = Uint8Array.from(bytes);
  made[at] = (made[at] ?? 0) ^ by;
  return made;
}

function isWholeLine(line: Uint8Array, crc32: Crc32): boolean {
  const found = findAt(line, 0, crc32);
  return found.kind === "whole" && found.head.kind !== "entry" && found.end === line.length;
}
