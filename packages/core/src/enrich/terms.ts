/**
 * Finding single words and phrases of a table in a text, by stems, in one pass.
 *
 * Linear in the text: each word starts at most as many phrases as begin with
 * its stem.
 */
import { stemOf } from "./words.ts";

/** A phrase, and how much it says. */
type Term = {
  readonly label: string;
  readonly weight: number;
  readonly stems: readonly string[];
  readonly text: string;
};

/** Terms by their first stem. */
export type Terms = ReadonlyMap<string, readonly Term[]>;

/** A table from rows of label and phrases; "phrase*2" weighs 2 instead of 1. */
export function termsOf(rows: Readonly<Record<string, string>>): Terms {
  const table = new Map<string, Term[]>();
  for (const [label, phrases] of Object.entries(rows)) {
    for (const phrase of phrases.split(",")) {
      const [text = "", weight = "1"] = phrase.trim().split("*");
      const stems = text.split(" ").map(stemOf);
      const first = stems[0] ?? "";
      table.set(first, [
        ...(table.get(first) ?? []),
        { label, weight: Number(weight), stems, text },
      ]);
    }
  }
  return table;
}

/** Where a term was found: at which word. */
export type Match = { readonly term: Term; readonly at: number };

/** Every term in the stemmed words, in order. */
export function matchesIn(stems: readonly string[], terms: Terms): readonly Match[] {
  const found: Match[] = [];
  for (const [at, stem] of stems.entries()) {
    for (const term of terms.get(stem) ?? []) {
      if (term.stems.every((one, offset) => stems[at + offset] === one)) found.push({ term, at });
    }
  }
  return found;
}
