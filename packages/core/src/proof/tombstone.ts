/**
 * A tombstone that was damaged, put right from itself: nobody else may have it,
 * and what it stands for must not come back in its place.
 *
 *   V22  A damaged tombstone is put right where its own checksum proves it: its
 *        padding however much of it was changed, and one byte of what it says.
 *        What comes of it is a tombstone, or nothing.
 *
 * What a tombstone is made of is known (forget/erase.ts): a header, one line of
 * JSON or none, spaces.
 */
import { cutSum, isTombstone } from "../forget/erase.ts";
import { CRC_BYTES, type Crc32, CUT_FIELD, findAt } from "../journal/entry.ts";
import { oneByteChanges } from "./one-byte.ts";

const NEWLINE = 10;
const SPACE = 32;
/** `"}` stands between the digits and the end of a header's line. */
const TAIL_BYTES = 2;
const DIGITS = 8;
/** No header is longer; beyond it no checksum field is looked for. */
const HEAD_BYTES_MAX = 32 * 1024;
/** Ends of a tombstone's JSON that are tried: its reason may hold some. */
const ENDS_MAX = 16;
/** Bytes that are gone through at most for one hole: a whole segment that is bad is not looked at a hundred times. */
const TRIED_BYTES_MAX: number = 256 * 1024 * 1024;
/** A checksum field, of which any one sign, also one turned into a line's end, may be wrong. */
const SIGNS = [",", '"', "[^]{3}", '"', ":", '"', "[0-9a-f]{8}", '"', "}"];
const FIELD = new RegExp(
  SIGNS.map((_, wrong) =>
    SIGNS.map((sign, at) => (at === wrong && sign.length === 1 ? "[^]" : sign)).join(""),
  ).join("|"),
  "g",
);
const ENCODER: TextEncoder = new TextEncoder();
const LATIN: TextDecoder = new TextDecoder("latin1");

/** The tombstone that must have stood there; null where that is not proven. */
export function mendTombstone(damaged: Uint8Array, crc32: Crc32): Uint8Array | null {
  let tries = Math.ceil(TRIED_BYTES_MAX / Math.max(1, damaged.length));
  for (const headEnd of headEndsIn(damaged))
    for (const stone of shapesOf(damaged, headEnd)) {
      if (tries === 0) return null;
      tries -= 1;
      const mended = provenStone(stone, headEnd, crc32);
      if (mended !== null) return mended;
    }
  return null;
}

/** Where its header may end: at the first line's end, or behind what looks like its checksum. */
function headEndsIn(damaged: Uint8Array): readonly number[] {
  const text = LATIN.decode(damaged.subarray(0, HEAD_BYTES_MAX));
  const found = text.indexOf("\n");
  const behind = [...text.matchAll(FIELD)].map(({ index, 0: field }) => index + field.length);
  return [...new Set([found, ...behind])].filter((at) => at > CRC_BYTES && at < damaged.length - 1);
}

/** What is always the same in one, put there; then also spaces from where its JSON may end. */
function* shapesOf(damaged: Uint8Array, headEnd: number): Generator<Uint8Array> {
  const shape = damaged.slice();
  shape.set(ENCODER.encode(CUT_FIELD), headEnd - CRC_BYTES);
  shape.set(ENCODER.encode('"}\n'), headEnd - TAIL_BYTES);
  shape[shape.length - 1] = NEWLINE;
  yield shape;
  for (const end of jsonEndsIn(shape, headEnd)) {
    const padded = shape.slice();
    padded.fill(SPACE, end, padded.length - 1);
    yield padded;
  }
}

function jsonEndsIn(shape: Uint8Array, headEnd: number): readonly number[] {
  const text = LATIN.decode(shape.subarray(headEnd + 1, headEnd + 1 + HEAD_BYTES_MAX));
  const ends = [...text.matchAll(/[}]{2}/g)].slice(0, ENDS_MAX);
  return [headEnd + 1, ...ends.map(({ index }) => headEnd + 1 + index + 2)];
}

/** As it is, or with one byte changed, where the checksum then agrees and a tombstone lies there. */
function provenStone(stone: Uint8Array, headEnd: number, crc32: Crc32): Uint8Array | null {
  if (isStone(stone, crc32)) return stone;
  const digits = LATIN.decode(stone.subarray(headEnd - TAIL_BYTES - DIGITS, headEnd - TAIL_BYTES));
  if (!/^[0-9a-f]{8}$/.test(digits)) return null;
  const wrong = cutSum(stone, headEnd, crc32) ^ Number.parseInt(digits, 16);
  const head = headEnd - CRC_BYTES;
  const covered = head + stone.length - 1 - (headEnd + 1);
  for (const { at, by } of oneByteChanges(covered, wrong)) {
    const place = at < head ? at : at - head + headEnd + 1;
    const tried = stone.slice();
    tried[place] = (tried[place] ?? 0) ^ by;
    if (isStone(tried, crc32)) return tried;
  }
  return null;
}

/** Whether this is an erased entry and nothing else, with nothing in it but what a tombstone says. */
function isStone(bytes: Uint8Array, crc32: Crc32): boolean {
  const found = findAt(bytes, 0, crc32);
  if (found.kind !== "whole" || found.end !== bytes.length) return false;
  if (found.head.kind !== "entry" || !found.head.erased) return false;
  return isTombstone(found.raw);
}
