/**
 * A text cut into words, once, for every enricher.
 *
 * A word is a run of letters, digits, "_", "-", "." or "/" that begins and ends
 * with a letter or digit: identifiers and paths stay whole. `plain` are the
 * same words cut further into lower-case letters only, for matching phrases.
 */

/** Enrichment reads this much of a text. Longer ones are logs and files, whose head tells what they are. */
const ENRICH_CHARS_MAX: number = 64 * 1024;

/** The words of a text: whole, and in plain lower-case pieces. */
export type Words = { readonly whole: readonly string[]; readonly plain: readonly string[] };

const WHOLE = /[\p{L}\p{N}](?:[\p{L}\p{N}_./'-]*[\p{L}\p{N}])?/gu;
const PIECE = /[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\p{L}+|\p{N}+/gu;

/** Cuts the head of a text into words. */
export function wordsOf(text: string): Words {
  const whole = text.slice(0, ENRICH_CHARS_MAX).match(WHOLE) ?? [];
  const plain: string[] = [];
  for (const word of whole) {
    if (/^[a-z]+$/.test(word)) plain.push(word);
    else for (const piece of word.match(PIECE) ?? []) plain.push(piece.toLowerCase());
  }
  return { whole, plain };
}

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

/** A word without its commonest English endings, so that "tests", "tested" and "testing" are one. */
export function stemOf(word: string): string {
  if (word.length < 5) return word.length === 4 && word.endsWith("s") ? word.slice(0, 3) : word;
  const stem = word.replace(/(?:ations?|ings?|ers?|ies|ed|es|s|e|y)$/, "");
  return stem.length >= 3 ? stem : word;
}
