/**
 * What a person typed, as what is to be looked for.
 *
 *     torn tail            both words, anywhere
 *     "torn tail"          the words next to each other
 *     torn -redis          without this word
 *     parseHead*           words that begin so
 */
import { VerbatimError } from "../errors.ts";
import { askedTerms, termOf } from "./terms.ts";

/** More words than this are not a question. */
const WORDS_MAX = 32;
const QUERY_CHARS_MAX = 1000;

export type Query = {
  /** Every one must be in the message. */
  readonly all: readonly string[];
  /** Beginnings of words: for each, a word that begins so must be there. */
  readonly prefixes: readonly string[];
  /** Lower-case texts that must stand in the message as they are. */
  readonly phrases: readonly string[];
  /** Lower-case words that must not be in the message. */
  readonly none: readonly string[];
};

const PIECE = /(-?)(?:"([^"]*)"|(\S+))/g;

/** Reads a query. Throws `input_invalid`, with an example, when nothing in it can be looked for. */
export function queryOf(typed: string): Query {
  if (typed.length > QUERY_CHARS_MAX) throw invalid(`is longer than ${QUERY_CHARS_MAX} characters`);
  const found: Found = { all: [], prefixes: [], phrases: [], none: [] };
  for (const [, minus, phrase, word = ""] of typed.matchAll(PIECE)) {
    take(found, { without: minus === "-", phrase, word });
  }
  const { all, prefixes, phrases, none } = found;
  if (all.length + prefixes.length === 0) {
    throw invalid(none.length > 0 ? "only says what must not be there" : "has no word in it");
  }
  if (all.length + prefixes.length > WORDS_MAX) throw invalid(`has more than ${WORDS_MAX} words`);
  return { all: [...new Set(all)], prefixes, phrases, none: [...new Set(none)] };
}

type Found = { readonly [Name in keyof Query]: string[] };

function take(
  found: Found,
  piece: { readonly without: boolean; readonly phrase: string | undefined; readonly word: string },
): void {
  const terms = askedTerms(piece.phrase ?? piece.word);
  if (terms.length === 0) return;
  if (piece.without) found.none.push(...terms);
  else if (piece.phrase !== undefined) {
    found.all.push(...terms);
    found.phrases.push(piece.phrase.toLowerCase());
  } else if (piece.word.endsWith("*")) found.prefixes.push(termOf(piece.word.slice(0, -1)));
  else found.all.push(...terms);
}

/** Whether a text fits what the index alone cannot say: phrases, and words that must not be there. */
export function fits(query: Query, text: string, terms: () => ReadonlySet<string>): boolean {
  if (query.phrases.length > 0) {
    const low = text.toLowerCase();
    if (!query.phrases.every((phrase) => low.includes(phrase))) return false;
  }
  return query.none.length === 0 || !query.none.some((word) => terms().has(word));
}

function invalid(why: string): VerbatimError {
  return new VerbatimError(
    "input_invalid",
    `the search ${why}; try for instance: torn tail, "torn tail", parseHead*, or journal -redis`,
    { facts: { parameter: "q" } },
  );
}
