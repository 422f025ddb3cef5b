/**
 * The frames of one bus message as one record, and back.
 *
 * Netstrings (D. J. Bernstein, 1997): each frame is its length in decimal, a
 * colon, the bytes, a comma. Any bytes fit, any number of frames, and a person
 * who reads the journal can read them too.
 *
 *   B1  What is decoded is exactly the frames that were encoded; bytes that are
 *       no such record are a null and never a guess.
 */

/** The frames of a message, in order. */
export type Frames = readonly Uint8Array[];

const COLON = 0x3a;
const COMMA = 0x2c;
const ZERO = 0x30;
/** Digits of the longest record the journal takes. */
const DIGITS_MAX = 9;

/** Small records share a buffer of this size: one of its own costs more than all else that is done with a record. */
const SHARED_BYTES = 8 * 1024;
const SMALL_BYTES_MAX: number = SHARED_BYTES / 8;

/** One record out of the frames. */
export function encodeFrames(frames: Frames): Uint8Array {
  const record = new Uint8Array(bytesOf(frames));
  write(frames, record);
  return record;
}

/** The same for many: a small record is a view into a buffer that its neighbours share, and keeps alive. */
export function openFrameEncoder(): (frames: Frames) => Uint8Array {
  let shared = new Uint8Array(SHARED_BYTES);
  let used = 0;
  return (frames) => {
    const bytes = bytesOf(frames);
    if (bytes > SMALL_BYTES_MAX) return encodeFrames(frames);
    if (used + bytes > SHARED_BYTES) {
      shared = new Uint8Array(SHARED_BYTES);
      used = 0;
    }
    const record = shared.subarray(used, used + bytes);
    used += bytes;
    write(frames, record);
    return record;
  };
}

function bytesOf(frames: Frames): number {
  let bytes = 0;
  for (const frame of frames) bytes += digitsOf(frame.length) + 2 + frame.length;
  return bytes;
}

function write(frames: Frames, record: Uint8Array): void {
  let at = 0;
  for (const frame of frames) {
    const digits = digitsOf(frame.length);
    for (let rest = frame.length, place = digits; place > 0; place -= 1) {
      record[at + place - 1] = ZERO + (rest % 10);
      rest = Math.floor(rest / 10);
    }
    record[at + digits] = COLON;
    record.set(frame, at + digits + 1);
    at += digits + 2 + frame.length;
    record[at - 1] = COMMA;
  }
}

/** The frames of a record, as views into it; null when it is not one. No frames at all is not one either. */
export function decodeFrames(record: Uint8Array): Frames | null {
  const frames: Uint8Array[] = [];
  for (let at = 0; at < record.length; ) {
    const colon = record.indexOf(COLON, at);
    const length = colon === -1 ? null : lengthIn(record, at, colon);
    if (length === null) return null;
    const end = colon + 1 + length;
    if (record[end] !== COMMA) return null;
    frames.push(record.subarray(colon + 1, end));
    at = end + 1;
  }
  return frames.length === 0 ? null : frames;
}

function digitsOf(length: number): number {
  let digits = 1;
  for (let rest = length; rest >= 10; rest = Math.floor(rest / 10)) digits += 1;
  return digits;
}

/** A length as it is written by us: digits alone, and no zero before others. */
function lengthIn(record: Uint8Array, from: number, to: number): number | null {
  if (to === from || to - from > DIGITS_MAX || (record[from] === ZERO && to > from + 1))
    return null;
  let length = 0;
  for (let at = from; at < to; at += 1) {
    const digit = (record[at] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) return null;
    length = length * 10 + digit;
  }
  return length;
}
