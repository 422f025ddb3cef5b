/**
 * Where a text stops being JSON, for a person who wrote it by hand: JSON.parse
 * says what it did not expect, and not where.
 */

const SPACE = /[ \t\n\r]*/y;
const TEXT = /"(?:[^"\\\p{Cc}]|[\u007f-\u009f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy;
const PLAIN = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
/** Nobody nests deeper by hand. */
const NESTING_MAX = 100;

/** "line 3, column 14": the first character that cannot stand there. The text is known not to be JSON. */
export function jsonFault(text: string): string {
  const at = Math.abs(past(text, 0, 0));
  const lines = text.slice(0, at).split("\n");
  return `line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`;
}

/** Behind the value at `at`; a fault is the negative of its place, where 0 is one as well. */
function past(text: string, at: number, depth: number): number {
  const from = trimmed(text, at);
  const open = text[from];
  if (open === "{" || open === "[")
    return depth < NESTING_MAX ? pastItems(text, from, depth + 1) : -from;
  return behind(TEXT, text, from) ?? behind(PLAIN, text, from) ?? -from;
}

function pastItems(text: string, open: number, depth: number): number {
  const isObject = text[open] === "{";
  const close = isObject ? "}" : "]";
  let at = trimmed(text, open + 1);
  if (text[at] === close) return at + 1;
  for (;;) {
    const end = isObject ? pastMember(text, at, depth) : past(text, at, depth);
    if (end <= 0) return end;
    at = trimmed(text, end);
    if (text[at] !== ",") return text[at] === close ? at + 1 : -at;
    at = trimmed(text, at + 1);
  }
}

function pastMember(text: string, at: number, depth: number): number {
  const value = pastName(text, at);
  return value <= 0 ? value : past(text, value, depth);
}

/** Behind the name of a member and its colon. */
function pastName(text: string, at: number): number {
  const name = behind(TEXT, text, at);
  if (name === null) return -at;
  const colon = trimmed(text, name);
  return text[colon] === ":" ? colon + 1 : -colon;
}

function trimmed(text: string, at: number): number {
  return behind(SPACE, text, at) ?? at;
}

/** Where the pattern's match at `at` ends, or null. */
function behind(pattern: RegExp, text: string, at: number): number | null {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : null;
}
