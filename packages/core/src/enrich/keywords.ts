/**
 * The words that tell most of what a text is about, best first; after YAKE: a
 * word counts by how often, in how many sentences, how early and how
 * distinctively it is said, without knowing any other text. Identifiers and
 * paths are kept whole.
 */
import type { Sense, Word } from "./lexicon.ts";
import type { Reading } from "./reader.ts";

const KEYWORDS_MAX = 10;

type Ranked = { readonly text: string; readonly score: number };

/** At most ten; the reading must be the newest. */
export function keywordsOf({ senses, sentences }: Reading): readonly string[] {
  const usual = usualOf(senses);
  const best: Ranked[] = [];
  for (const sense of senses) {
    const { word } = sense;
    if (word === null || word.worth === 0) continue;
    const score = scoreOf(word, sense, usual, sentences);
    const last = best[KEYWORDS_MAX - 1];
    if (last === undefined || score > last.score) place(best, { text: word.text, score });
  }
  return best.map(({ text }) => text);
}

/** Keeps the best in order; of equals the earlier one is first. */
function place(best: Ranked[], one: Ranked): void {
  let at = Math.min(best.length, KEYWORDS_MAX - 1);
  for (; at > 0 && (best[at - 1]?.score ?? 0) < one.score; at -= 1) {
    const before = best[at - 1];
    if (before !== undefined) best[at] = before;
  }
  best[at] = one;
}

/** How often a word of this text is said: the mean and one deviation above it. */
function usualOf(senses: readonly Sense[]): number {
  const all = Math.max(1, senses.length);
  let sum = 0;
  let squares = 0;
  for (const { count } of senses) {
    sum += count;
    squares += count * count;
  }
  const mean = sum / all;
  return mean + Math.sqrt(Math.max(0, squares / all - mean * mean));
}

function scoreOf(word: Word, sense: Sense, usual: number, all: number): number {
  const often = sense.count / Math.max(1, usual);
  const spread = sense.sentences / Math.max(1, all);
  const named = sense.first > 0 && isUpper(word.text.charCodeAt(0)) ? 0.25 : 0;
  const whole = word.code ? 0.5 : 0;
  const early = Math.log(Math.log(3 + sense.first) + 1.5);
  return ((often + spread + named + whole) * word.worth) / early;
}

function isUpper(code: number): boolean {
  return code >= 65 && code <= 90;
}
