/** How far a text has been read, and what was found up to there. */
import type { Automaton } from "./automaton.ts";
import type { Effect } from "./cues.ts";
import type { Lexicon, Sense, Word } from "./lexicon.ts";

/** Said in code, negated, said of what may be, said in a question. */
export const CODE = 1;
export const NEGATED = 2;
export const MAYBE = 4;
export const ASKED = 8;

/** A text longer than this is a log or a file, and its head tells what it is about. */
export const READ_CHARS_MAX: number = 64 * 1024;
/** No word reaches from there. */
export const FAR = -1000;

/** What reading needs to know, made once for a taxonomy. */
export type Known = {
  readonly automaton: Automaton;
  readonly lexicon: Lexicon;
  /** For each term of the automaton, what finding it means. */
  readonly effects: readonly Effect[];
  /** For each term a number for its subject and label. */
  readonly labels: readonly number[];
  /** The states in which a sentence begins, and the symbol of a colon. */
  readonly begin: number;
  readonly colon: number;
};

export type Reading = {
  readonly text: string;
  /** The terms found, by their place in the automaton; with the index of their last word and how they are meant. */
  readonly terms: number[];
  readonly ends: number[];
  readonly flags: number[];
  /** What was said, each once, in the order of first being said. */
  readonly senses: Sense[];
  /** The paths among it. */
  readonly paths: Word[];
  /** Stop words, counted by the bits of their languages. */
  readonly stops: Int32Array;
  /** Tags written by hand. */
  readonly tags: Set<string>;
  sentences: number;
  questions: number;
};

/** A reading that is going on. */
export type Reader = Reading & {
  readonly known: Known;
  readonly turn: number;
  readonly end: number;
  at: number;
  state: number;
  index: number;
  /** The word being read, in lower case. */
  form: string;
  notAt: number;
  maybeAt: number;
  /** The first match of this sentence. */
  from: number;
  /** Inside `…`, inside ```…```. */
  inline: boolean;
  fence: boolean;
};

/** At the beginning of a text. */
export function readerOf(text: string, known: Known, turn: number): Reader {
  return {
    text,
    known,
    end: Math.min(text.length, READ_CHARS_MAX),
    terms: [],
    ends: [],
    flags: [],
    senses: [],
    paths: [],
    turn,
    stops: new Int32Array(128),
    tags: new Set(),
    sentences: 0,
    questions: 0,
    at: 0,
    state: known.begin,
    index: 0,
    form: "",
    notAt: FAR,
    maybeAt: FAR,
    from: 0,
    inline: false,
    fence: false,
  };
}
