/** How far a text has been read, and what was found up to there. */
import type { Automaton } from "./automaton.ts";
import type { Effect } from "./cues.ts";
import type { Lexicon, Sense, Word } from "./lexicon.ts";
import { noSigns, type Signs, type Spoken, type Vocabulary } from "./signs.ts";

/** Said in code, negated. */
export const CODE = 1;
export const NEGATED = 2;

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
  /** Which signs are gathered, and what code is among them. */
  readonly vocabulary: Vocabulary;
  readonly code: Spoken;
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
  readonly signs: Signs;
  sentences: number;
};

/** A reading that is going on. */
export type Reader = Reading & {
  readonly known: Known;
  readonly turn: number;
  readonly end: number;
  at: number;
  state: number;
  index: number;
  notAt: number;
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
    signs: noSigns(),
    sentences: 0,
    at: 0,
    state: known.begin,
    index: 0,
    notAt: FAR,
    from: 0,
    inline: false,
    fence: false,
  };
}
