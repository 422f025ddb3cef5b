/** The words that tell most of what a text is about, best first. */
import type { Words } from "./words.ts";

const KEYWORDS_MAX = 10;

const STOP: ReadonlySet<string> = new Set(
  "the and for that this with from have has had are was were been will would can could should may might must not but you your yours our ours their them they its it's his her she him who what when where which why how all any each some more most other such only own same than then there these those into over under again further once here out off about above below between both few nor too very just don now also one two get got let like make made use used using want need see say said yes please okay well way thing things something anything nothing every much many new old first last next still even ever never always because since while after before during through against without within upon being does did doing done".split(
    " ",
  ),
);

/** By how often a word is said, how long it is, and whether it is an identifier; ties by first place. */
export function keywordsOf(words: Words): readonly string[] {
  const found = new Map<string, { count: number; first: string }>();
  for (const word of words.whole) {
    const low = word.toLowerCase();
    if (low.length < 3 || low.length > 60 || STOP.has(low) || !/\p{L}/u.test(low)) continue;
    const known = found.get(low);
    if (known === undefined) found.set(low, { count: 1, first: word });
    else known.count += 1;
  }
  const scored = [...found.values()].map((one) => ({
    ...one,
    score: one.count * weightOf(one.first),
  }));
  return scored
    .toSorted((a, b) => b.score - a.score)
    .slice(0, KEYWORDS_MAX)
    .map((one) => one.first);
}

function weightOf(word: string): number {
  const identifier = /[_./]|[a-z][A-Z]/.test(word) ? 1.5 : 1;
  return identifier * Math.min(2, 0.5 + word.length / 10);
}
