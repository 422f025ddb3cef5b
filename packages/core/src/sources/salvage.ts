/**
 * JSON objects out of a line that may be damaged.
 *
 * Writers of transcripts splice lines into each other, forget newlines and leave
 * runs of NULs. What can be told apart is kept; what cannot is named.
 *
 *   P2  Whole objects in a damaged line are found; no byte of them is guessed.
 *
 * Linear in the length of the line: each candidate start is tried once, and
 * there are at most CANDIDATES_MAX of them.
 */
import { type Fields, fieldsOf } from "./json.ts";

/** A line with more record starts than this is not a line with a few splices. */
const CANDIDATES_MAX = 64;
/** How a record of the transcript begins: where reading may start again. */
const START = /\{"(?:parentUuid|type|uuid|sessionId|messageId|summary)":/g;

/** Objects found in a line, and what could not be read. */
export type Salvaged = { readonly objects: readonly Fields[]; readonly lost: string | null };

/** All records in `text`: one, as a rule. */
export function salvage(text: string): Salvaged {
  const whole = objectOf(text);
  if (whole !== null) return { objects: [whole], lost: null };
  const cleaned = text.replaceAll("\0", "").trim();
  const clean = objectOf(cleaned);
  if (clean !== null) return { objects: [clean], lost: null };
  return pieces(cleaned);
}

function pieces(text: string): Salvaged {
  const starts = [...text.matchAll(START)].slice(0, CANDIDATES_MAX).map((match) => match.index);
  const objects: Fields[] = [];
  let read = 0;
  let lost = 0;
  for (const start of starts) {
    if (start < read) continue;
    const end = endOfObject(text, start);
    const object = end === null ? null : objectOf(text.slice(start, end));
    if (object === null || end === null) continue;
    lost += text.slice(read, start).trim().length;
    objects.push(object);
    read = end;
  }
  lost += text.slice(read).trim().length;
  if (objects.length === 0) return { objects, lost: whyNot(text) };
  return {
    objects,
    lost: lost === 0 ? null : `${lost} characters of a damaged line could not be read`,
  };
}

function whyNot(text: string): string {
  if (text === "") return "nothing but NUL bytes";
  return text.startsWith("{") ? "cut off: the line ends inside a record" : "not JSON";
}

/** Texts, with what they escape, and brackets: all that decides where an object ends. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]]/gs;

/** The place after the object that begins at `start`, or null when it does not end. */
function endOfObject(text: string, start: number): number | null {
  let depth = 0;
  TOKEN.lastIndex = start;
  for (let found = TOKEN.exec(text); found !== null; found = TOKEN.exec(text)) {
    const [token] = found;
    if (token === "{" || token === "[") depth += 1;
    else if (token === "}" || token === "]") depth -= 1;
    if (depth === 0) return found.index + 1;
  }
  return null;
}

function objectOf(text: string): Fields | null {
  try {
    return fieldsOf(JSON.parse(text));
  } catch {
    return null;
  }
}
