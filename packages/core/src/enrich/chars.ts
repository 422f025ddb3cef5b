/**
 * What each character does in a text: one small number a character, looked up,
 * never matched by a pattern, so that no text can make reading slow.
 */

/** Ends a phrase: commas, colons, brackets. */
const CLAUSE = 0;
export const SPACE = 1;
export const NEWLINE = 2;
/** Part of a word wherever it stands. */
export const LETTER = 3;
/** Part of a word between two letters: entry.ts, src/ui, don't, trade-off. */
export const JOINER = 4;
/** "!" and "?", and ";". */
export const STOP = 5;
export const BACKTICK = 6;
export const AT = 7;
/** Neither here nor there: emphasis, quotation marks. */
export const MARK = 8;

const CLASSES: Uint8Array = new Uint8Array(0x10000).fill(255);

/** The class of a UTF-16 code unit. Beyond ASCII it is asked of Unicode once and kept. */
export function classOf(code: number): number {
  const known = CLASSES[code] ?? CLAUSE;
  return known === 255 ? learn(code) : known;
}

function learn(code: number): number {
  const kind = kindOf(String.fromCharCode(code), code);
  CLASSES[code] = kind;
  return kind;
}

const ASCII: readonly (readonly [string, number])[] = [
  [" \t\v\f\0", SPACE],
  ["\n\r", NEWLINE],
  ["./-'\\", JOINER],
  ["!?;", STOP],
  ["`", BACKTICK],
  ["@", AT],
  ['*"#~^$%&+', MARK],
];

function kindOf(char: string, code: number): number {
  if (char === "_" || /[\p{L}\p{N}\p{M}]/u.test(char)) return LETTER;
  if (code === 0x2019) return JOINER;
  if (/\s/.test(char)) return ASCII.find(([chars]) => chars.includes(char))?.[1] ?? SPACE;
  if (code === 0x3002 || code === 0xff1f || code === 0xff01) return STOP;
  const found = ASCII.find(([chars]) => chars.includes(char));
  if (found !== undefined) return found[1];
  return /[\p{S}\p{Cs}\p{Pi}\p{Pf}]/u.test(char) && !"<>|=".includes(char) ? MARK : CLAUSE;
}
