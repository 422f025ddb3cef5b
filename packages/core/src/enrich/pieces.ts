/**
 * A word of a text cut into the plain lower-case words it is made of:
 * `parseHeader` into "parse" and "header", "trade-off" into "trade" and "off",
 * "don't" into "do" and "not".
 */

/** A word of more pieces is encoded bytes or a list, not a name. */
const PIECES_MAX = 24;
const PIECE = /\p{Lu}?[\p{Ll}\p{M}]+|\p{Lu}+(?!\p{Ll})|\p{Lo}+|\p{N}+/gu;
const LOWER = /^[a-z]+$/;

/** A Map, because any word may be asked for, also one that every object answers to. */
const IRREGULAR: ReadonlyMap<string, string> = new Map(
  Object.entries({
    "can't": "can not",
    cannot: "can not",
    cant: "can not",
    "won't": "will not",
    wont: "will not",
    dont: "do not",
    doesnt: "does not",
    didnt: "did not",
    isnt: "is not",
    wasnt: "was not",
    arent: "are not",
    "let's": "let us",
    lets: "let us",
    gonna: "going to",
    wanna: "want to",
  }),
);
const SHORTENED: readonly (readonly [string, string])[] = [
  ["n't", "not"],
  ["'ll", "will"],
  ["'ve", "have"],
  ["'re", "are"],
  ["'m", "am"],
  ["'d", "would"],
  ["'s", ""],
];

/** The pieces of a word, in order. */
export function piecesOf(word: string): readonly string[] {
  if (LOWER.test(word) && !IRREGULAR.has(word)) return [word];
  const low = word.toLowerCase().replaceAll("\u2019", "'");
  const irregular = IRREGULAR.get(low);
  if (irregular !== undefined) return irregular.split(" ");
  const short = SHORTENED.find(([ending]) => low.endsWith(ending));
  if (short === undefined) return humpsOf(word);
  const rest = humpsOf(word.slice(0, -short[0].length));
  return short[1] === "" ? rest : [...rest, short[1]];
}

function humpsOf(word: string): readonly string[] {
  return (word.match(PIECE) ?? []).slice(0, PIECES_MAX).map((piece) => piece.toLowerCase());
}
