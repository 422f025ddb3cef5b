/**
 * Cursors of pages: opaque to clients, bound to the question they belong to.
 *
 * A cursor taken to another question would skip rows without a word; so it
 * carries a mark of its question and is refused elsewhere.
 */
import { VerbatimError } from "../errors.ts";
import type { Place } from "../search/postings.ts";

/** The cursor of a page's end; `question` is the filter and order it belongs to. */
export function cursorOf(place: Place, question: string): string {
  return `${place.seq.toString(36)}.${place.sub.toString(36)}.${markOf(question)}`;
}

/** The place a cursor names. Throws `input_invalid` when it is none, or another question's. */
export function placeOf(cursor: string, question: string): Place {
  const [seq = "", sub = "", mark] = cursor.split(".");
  const place = { seq: Number.parseInt(seq, 36), sub: Number.parseInt(sub, 36) };
  if (!Number.isSafeInteger(place.seq) || !Number.isSafeInteger(place.sub))
    throw wrong("is not one of ours; take next_cursor of the page before");
  if (mark !== markOf(question))
    throw wrong("belongs to another filter or order; begin again without it");
  return place;
}

function wrong(why: string): VerbatimError {
  return new VerbatimError("input_invalid", `cursor: ${why}`, { facts: { parameter: "cursor" } });
}

/** A short mark that differs for different questions (FNV-1a); not a secret. */
function markOf(question: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < question.length; at += 1) {
    hash = Math.imul(hash ^ question.charCodeAt(at), 0x01000193) >>> 0;
  }
  return hash.toString(36);
}
