/**
 * A word without its English inflections, so that "tests", "tested" and
 * "testing" are one word and "unit" and "unity" stay two.
 *
 * Only what grammar adds is taken away (s, es, ies, ed, ing); what makes
 * another word of it (-er, -ation, -ly) stays. Both sides of every comparison
 * go through here, so a stem need not be a word.
 */

/** Shorter words are left alone: nothing could be told apart any more. */
const STEM_CHARS_MIN = 4;
const VOWEL = /[aeiouy]/;
const SHORT = /^[^aeiou][aeiouy][^aeiouywx]$/;

/** The stem of a lower-case word. */
export function stemOf(word: string): string {
  if (word.length < STEM_CHARS_MIN) return word;
  const bare = withoutEnding(withoutPlural(word));
  if (bare.length > 3 && /[^aeiou]y$/.test(bare)) return `${bare.slice(0, -1)}i`;
  return bare.length > 4 && bare.endsWith("e") ? bare.slice(0, -1) : bare;
}

function withoutPlural(word: string): string {
  if (!word.endsWith("s")) return word;
  if (word.endsWith("ies") && word.length > 4) return `${word.slice(0, -3)}y`;
  if (/(?:ss|x|z|ch|sh)es$/.test(word)) return word.slice(0, -2);
  return /(?:ss|us|is|as)$/.test(word) ? word : word.slice(0, -1);
}

function withoutEnding(word: string): string {
  if (word.endsWith("eed")) return word.length > 5 ? word.slice(0, -1) : word;
  const ending = /(?:ied|ed|ing)$/.exec(word)?.[0];
  if (ending === undefined) return word;
  const rest = ending === "ied" ? `${word.slice(0, -3)}y` : word.slice(0, -ending.length);
  if (rest.length < 3 || !VOWEL.test(rest)) return word;
  if (/([^aeiouylsz])\1$/.test(rest) && rest.length > 3) return rest.slice(0, -1);
  return SHORT.test(rest) ? `${rest}e` : rest;
}
