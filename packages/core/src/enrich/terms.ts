/**
 * Words and phrases that say something, gathered from every table, each with
 * the label it speaks for.
 *
 * Tables are written as text: "gaussian splat*3, mesh". A phrase is matched by
 * its stems; "^" at its beginning is the beginning of a sentence, ":" at its
 * end a colon: "^which", "decision:". "|" parts words of which one stands
 * there, "_" is a space inside of one, and "~" is none of them:
 * "error is|has_been|~ fixed|gone" are six phrases.
 */
import { piecesOf } from "./pieces.ts";
import { stemOf } from "./stem.ts";

/** Which question a term helps to answer. */
export type Subject = "chain" | "act" | "cue";

/** A phrase, the label it speaks for, and how much it says. `cancels` says that here its words mean something else. */
export type Term = {
  readonly subject: Subject;
  readonly label: string;
  readonly text: string;
  readonly weight: number;
  readonly stems: readonly string[];
  readonly cancels: boolean;
};

/** What speaks for each label, and what takes it back. */
export type Table = Readonly<
  Record<string, { readonly terms: string; readonly not?: string | undefined }>
>;

/** Stands for the beginning of a sentence, which no stem of a word does. */
export const BEGIN = "^";
export const COLON = ":";

/** All terms of a table. */
export function termsOf(subject: Subject, table: Table): readonly Term[] {
  return Object.entries(table).flatMap(([label, { terms, not }]) => [
    ...phrasesOf(terms).map(([text, weight]) => termOf(subject, label, text, weight)),
    ...phrasesOf(not ?? "").map(([text]) => cancelling(termOf(subject, label, text, 0))),
  ]);
}

/** A phrase that speaks for a label. */
export function termOf(subject: Subject, label: string, text: string, weight: number): Term {
  return { subject, label, weight, text, stems: stemsOf(text), cancels: false };
}

/** The same, where it means something else. */
export function cancelling(term: Term): Term {
  return { ...term, cancels: true };
}

/** The stems a phrase is matched by; none when there is no word in it. */
export function stemsOf(text: string): readonly string[] {
  const words = text
    .replace(/^\^|:$/g, "")
    .split(/\s+/)
    .flatMap(wordsOf);
  if (words.length === 0) return [];
  return [
    ...(text.startsWith(BEGIN) ? [BEGIN] : []),
    ...words,
    ...(text.endsWith(":") ? [COLON] : []),
  ];
}

/** As the lexicon cuts the words of a text. */
function wordsOf(word: string): readonly string[] {
  return piecesOf(word).map(stemOf);
}

function phrasesOf(list: string): readonly (readonly [string, number])[] {
  return list
    .split(",")
    .map((phrase) => phrase.trim().split("*"))
    .filter(([text]) => text !== "")
    .flatMap(([text = "", weight = "1"]) =>
      expanded(text).map((one) => [one, Number(weight)] as const),
    );
}

/** Every phrase that alternatives make. */
function expanded(text: string): readonly string[] {
  const starts = text.startsWith(BEGIN) ? BEGIN : "";
  const choices = text
    .slice(starts.length)
    .split(" ")
    .map((word) => word.split("|"));
  const all = choices.reduce<readonly (readonly string[])[]>(
    (made, words) => made.flatMap((before) => words.map((word) => before.concat(word))),
    [[]],
  );
  return all.map(
    (words) =>
      starts +
      words
        .filter((word) => word !== "~")
        .join(" ")
        .replaceAll("_", " "),
  );
}
