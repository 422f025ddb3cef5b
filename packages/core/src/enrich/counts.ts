/** What can be counted of a text, and the form in which near-duplicates are the same. */
import { classOf, LETTER } from "./chars.ts";

/** How many words a text has: runs of anything but white space. 0 for an empty one. */
export function wordCountOf(text: string): number {
  let count = 0;
  let inWord = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const white = code === 32 || (code >= 9 && code <= 13) || code === 160;
    if (!white && !inWord) count += 1;
    inWord = !white;
  }
  return count;
}

/**
 * The text as near-duplicates share it: its letters and digits in lower case,
 * with one space for whatever stands between them, as UTF-8. Case, punctuation,
 * markup and line breaks make no difference.
 */
export function normalOf(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  let length = 0;
  let apart = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= 128) return anyNormalOf(text);
    const low = LOWER[code] ?? 0;
    if (low === 0) apart = length;
    else {
      if (apart > 0 && apart === length) {
        bytes[length] = 32;
        length += 1;
      }
      bytes[length] = low;
      length += 1;
    }
  }
  return bytes.subarray(0, length);
}

/** ASCII letters and digits in lower case, 0 for what stands between words. */
const LOWER: Uint8Array = Uint8Array.from({ length: 128 }, (_, code) =>
  classOf(code) === LETTER ? String.fromCharCode(code).toLowerCase().charCodeAt(0) : 0,
);

function anyNormalOf(text: string): Uint8Array {
  const low = text.toLowerCase();
  const codes = new Uint16Array(low.length);
  let length = 0;
  let apart = 0;
  for (let at = 0; at < low.length; at += 1) {
    const code = low.charCodeAt(at);
    if (!isSaid(code)) apart = length;
    else {
      if (apart > 0 && apart === length) {
        codes[length] = 32;
        length += 1;
      }
      codes[length] = code;
      length += 1;
    }
  }
  return encoder.encode(decoder.decode(codes.subarray(0, length)));
}

const decoder = new TextDecoder("utf-16le");
const encoder = new TextEncoder();

/** Halves of a pair (emoji, rare scripts) are kept: nothing else may stand for them. */
function isSaid(code: number): boolean {
  return classOf(code) === LETTER || (code >= 0xd800 && code <= 0xdfff);
}
