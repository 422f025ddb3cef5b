/**
 * The journal's bytes.
 *
 *     {"seq":12,"at":"2026-11-21T02:00:00.123Z","source":"claude-code","key":"…","len":234,"synced":8831,"crc":"9ae0f1b2"}\n
 *     <len bytes, exactly as heard>\n
 *
 * `crc` is the crc32 of the header's text up to `,"crc":` and then of the raw
 * bytes. An entry whose bytes were taken away (forget/erase.ts) says `cut` there
 * instead, begun at another number: one letter that changed makes no such entry.
 * `synced` is the offset in this file known to be fdatasync'ed before
 * the batch of this entry was written: a whole entry with `synced` beyond a bad
 * place proves that the bad place was once acknowledged.
 *
 * Two kinds of single lines carry neither seq, len nor key, so that any reader
 * passes over them:
 *
 *     {"mark":"synced","at":…,"synced":9120,"last_seq":12,"crc":…}      nothing followed for a while; all below is safe
 *     {"mark":"sealed","at":…,"count":…,"first_seq":…,"last_seq":…,"sha256":…,"crc":…}   the last line of an archived file
 *
 * A line or entry is whole if and only if its header parses, its length fits
 * and its checksum agrees.
 *
 * Pure: bytes in, entries out. Checksums come in as a function, because the
 * platform's is forty times faster than one written here.
 */
import { RAW_BYTES_MAX } from "../limits.ts";
import type { Heard } from "../message/heard.ts";

/** crc32 (IEEE) of `data`, going on from `before`. */
export type Crc32 = (data: Uint8Array, before?: number) => number;

export type EntryHead = {
  readonly kind: "entry";
  readonly seq: number;
  readonly at: string;
  readonly source: string;
  readonly key: string;
  readonly len: number;
  readonly synced: number;
  /** What was heard here was forgotten: the bytes are others, as many. */
  readonly erased: boolean;
};
export type SyncedMark = {
  readonly kind: "synced";
  readonly at: string;
  readonly synced: number;
  /** The last seq below it: what was given is known also when the entries cannot be read any more. 0 where it was not said. */
  readonly last_seq: number;
};
export type Seal = {
  readonly kind: "sealed";
  readonly at: string;
  readonly count: number;
  readonly first_seq: number;
  readonly last_seq: number;
  readonly sha256: string;
};
export type Head = EntryHead | SyncedMark | Seal;

/** What stands at an offset: a whole line with the place after it, a wish for more bytes, or nothing valid. */
export type Found =
  | { readonly kind: "whole"; readonly head: Head; readonly raw: Uint8Array; readonly end: number }
  | { readonly kind: "short"; readonly wants: number }
  | { readonly kind: "bad" };

const NEWLINE = 10;
/** A key of KEY_BYTES_MAX with every byte escaped as \u00XX, and the other fields. */
const HEAD_BYTES_MAX = 32 * 1024;
const CRC_FIELD = ',"crc":"';
/** As long as the other, so that nothing moves. */
export const CUT_FIELD = ',"cut":"';
/** What the checksum of an erased entry begins at. */
export const CUT_SEED = 0x666f7267;
/** Exactly as it is written: another spelling of the same number is a changed byte. */
const CRC_TEXT = /^[0-9a-f]{8}$/;
export const CRC_BYTES: number = CRC_FIELD.length + 8 + 2;
const CRC_DIGITS = 8;
/** `"}` and the newline. */
const CRC_TAIL = 3;
/** A header without its key: the longest source and numbers. */
const HEAD_ROOM = 320;
const HEX: readonly number[] = [..."0123456789abcdef"].map((digit) => digit.charCodeAt(0));
const ENCODER: TextEncoder = new TextEncoder();
const DECODER: TextDecoder = new TextDecoder();

/** Room that the entries' bytes may take at most: every character of a key could need six. */
export function roomFor(heard: readonly Heard[]): number {
  let room = 0;
  for (const one of heard) room += one.raw.length + HEAD_ROOM + one.key.length * 6;
  return room;
}

/**
 * The bytes of entries that follow each other, the first with `seq`. They are
 * laid into `into`, which has `roomFor` them, and are valid until it is used
 * again: a writer that commits one batch after another needs one buffer.
 */
export function encodeEntries(
  heard: readonly Heard[],
  place: { readonly seq: number; readonly synced: number },
  crc32: Crc32,
  into: Uint8Array = new Uint8Array(roomFor(heard)),
): Uint8Array {
  let at = 0;
  let seq = place.seq;
  for (const one of heard) {
    at = putEntry(into, at, { one, seq, synced: place.synced }, crc32);
    seq += 1;
  }
  return into.subarray(0, at);
}

function putEntry(
  bytes: Uint8Array,
  at: number,
  entry: { readonly one: Heard; readonly seq: number; readonly synced: number },
  crc32: Crc32,
): number {
  const { one, seq, synced } = entry;
  const text = `{"seq":${seq},"at":"${one.at}","source":"${one.source}","key":${JSON.stringify(one.key)},"len":${one.raw.length},"synced":${synced},"crc":"00000000"}\n`;
  const rawAt = at + ENCODER.encodeInto(text, bytes.subarray(at)).written;
  const crcEnd = rawAt - CRC_TAIL;
  const crc = crc32(one.raw, crc32(bytes.subarray(at, crcEnd - CRC_FIELD.length - CRC_DIGITS)));
  putHex(bytes, crcEnd, crc);
  bytes.set(one.raw, rawAt);
  bytes[rawAt + one.raw.length] = NEWLINE;
  return rawAt + one.raw.length + 1;
}

/** Eight lower-case hex digits that end before `end`. */
export function putHex(bytes: Uint8Array, end: number, value: number): void {
  let rest = value;
  for (let at = end - 1; at >= end - CRC_DIGITS; at -= 1) {
    bytes[at] = HEX[rest & 15] ?? 0;
    rest >>>= 4;
  }
}

/** The line of a mark or a seal. */
export function encodeMark(mark: SyncedMark | Seal, crc32: Crc32): Uint8Array {
  const { kind, ...facts } = mark;
  const text = JSON.stringify({ mark: kind, ...facts }).slice(0, -1);
  return ENCODER.encode(text + crcText(crc32(ENCODER.encode(text))));
}

function crcText(crc: number): string {
  return `${CRC_FIELD}${crc.toString(16).padStart(8, "0")}"}\n`;
}

/** What stands at `at`. `short` says how many bytes from `at` on would be enough to say more. */
export function findAt(bytes: Uint8Array, at: number, crc32: Crc32): Found {
  const headEnd = bytes.indexOf(NEWLINE, at);
  if (headEnd === -1 || headEnd - at > HEAD_BYTES_MAX) {
    return bytes.length - at > HEAD_BYTES_MAX
      ? { kind: "bad" }
      : { kind: "short", wants: HEAD_BYTES_MAX + 1 };
  }
  const head = headOf(bytes.subarray(at, headEnd));
  if (head === null) return { kind: "bad" };
  const rawAt = headEnd + 1;
  const entry = head.value.kind === "entry" ? head.value : null;
  const len = entry?.len ?? 0;
  const end = entry === null ? rawAt : rawAt + len + 1;
  if (end > bytes.length) return { kind: "short", wants: end - at };
  const raw = bytes.subarray(rawAt, rawAt + len);
  const begun = entry?.erased === true ? CUT_SEED : 0;
  const crc = crc32(raw, crc32(bytes.subarray(at, headEnd - CRC_BYTES), begun));
  if (crc !== head.crc || bytes[end - 1] !== NEWLINE) return { kind: "bad" };
  return { kind: "whole", head: head.value, raw, end };
}

/** A header line without its newline, or null when it is none. Its checksum is not looked at here. */
export function headOf(line: Uint8Array): { readonly value: Head; readonly crc: number } | null {
  try {
    const found: Readonly<Record<string, unknown>> = JSON.parse(DECODER.decode(line));
    const value = found["mark"] === undefined ? entryHeadOf(found) : markOf(found);
    const erased = value?.kind === "entry" && value.erased;
    const crc = found[erased ? "cut" : "crc"];
    if (value === null || typeof crc !== "string" || !CRC_TEXT.test(crc)) return null;
    return { value, crc: Number.parseInt(crc, 16) };
  } catch {
    return null;
  }
}

function entryHeadOf(found: Readonly<Record<string, unknown>>): EntryHead | null {
  const { seq, at, source, key, len, synced } = found;
  if (typeof at !== "string" || typeof source !== "string" || typeof key !== "string") return null;
  if (!isCount(seq) || !isCount(len) || !isCount(synced) || len > RAW_BYTES_MAX) return null;
  const erased = found["crc"] === undefined && found["cut"] !== undefined;
  return { kind: "entry", seq, at, source, key, len, synced, erased };
}

function markOf(found: Readonly<Record<string, unknown>>): SyncedMark | Seal | null {
  const { mark, at, synced, last_seq, count, first_seq, sha256 } = found;
  if (typeof at !== "string") return null;
  if (mark === "synced" && isCount(synced)) {
    return { kind: "synced", at, synced, last_seq: isCount(last_seq) ? last_seq : 0 };
  }
  if (mark !== "sealed" || typeof sha256 !== "string") return null;
  if (!isCount(count) || !isCount(first_seq) || !isCount(last_seq)) return null;
  return { kind: "sealed", at, count, first_seq, last_seq, sha256 };
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
