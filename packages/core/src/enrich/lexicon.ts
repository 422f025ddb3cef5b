/**
 * What is known of each word, worked out the first time it is met and found
 * again by its characters, without making a string of it.
 *
 * A memory, not a state: forgetting it changes no answer. It is bounded in
 * words and in characters a word, and looking is bounded by PROBES_MAX, so words
 * made to collide only make it forget.
 */
import type { Automaton } from "./automaton.ts";
import { kindOf } from "./kinds.ts";
import { isPath, type PathTable, type PathTerm } from "./paths.ts";
import { piecesOf } from "./pieces.ts";
import { type Spoken, TRAITS, type Vocabulary } from "./signs.ts";
import { stemOf } from "./stem.ts";
import { languagesOf } from "./stop-words.ts";

/** Longer runs are encoded bytes; nothing is said by them. */
export const WORD_CHARS_MAX = 160;
const SLOTS = 1 << 17;
/** Half full: looking stays short. */
const WORDS_MAX: number = SLOTS / 2;
const PROBES_MAX = 16;
const KEYWORD_CHARS_MIN = 3;
const KEYWORD_CHARS_MAX = 80;

export type Word = {
  readonly text: string;
  readonly hash: number;
  /** Its words as the automaton takes them: one, or the pieces of an identifier. */
  readonly symbols: readonly number[];
  /** The same as signs are made of them; code is one, whatever it is made of. */
  readonly spoken: readonly Spoken[];
  /** Said in code rather than in a sentence: an identifier or a path. */
  readonly code: boolean;
  /** What the path it is says. */
  readonly paths: readonly PathTerm[];
  /** Bits of the languages it is a stop word of. */
  readonly languages: number;
  /** How much its length and kind make it a keyword; 0 for none. */
  readonly worth: number;
  /** The same for words that differ by inflection and case only. */
  readonly sense: Sense;
};

/**
 * Words that differ by inflection and case only, and how often they were said in
 * the reading of this `turn`: kept here, because a count a word a message would
 * be the greater part of the work. Only the newest reading's are whole.
 */
export type Sense = {
  turn: number;
  /** As it was written first. */
  word: Word | null;
  count: number;
  first: number;
  last: number;
  sentences: number;
};

export type Lexicon = {
  /** The word between two places of a text, given the hash of its characters (hashed). */
  readonly wordAt: (text: string, from: number, to: number, hash: number) => Word;
  /** Forgets when there is too much; between two readings only, so that one reading's senses are whole. */
  readonly forget: () => void;
};

/** One character further in a word's hash. */
export function hashed(hash: number, code: number): number {
  return Math.imul(hash ^ code, 0x01000193);
}

export const HASH_START = 0x811c9dc5;

export function lexiconOf(automaton: Automaton, paths: PathTable, vocabulary: Vocabulary): Lexicon {
  let slots: (Word | undefined)[] = new Array(SLOTS);
  let senses = new Map<string, Sense>();
  let count = 0;
  const learn = (slot: number, text: string, hash: number): Word => {
    const word = wordOf(text, hash, { automaton, paths, vocabulary, senses });
    if (slots[slot] === undefined) count += 1;
    slots[slot] = word;
    return word;
  };
  return {
    wordAt: (text, from, to, hash) => {
      let slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
      for (let probe = 0; probe < PROBES_MAX; probe += 1) {
        const known = slots[slot];
        if (known === undefined) break;
        if (known.hash === hash && isAt(known.text, text, from, to)) return known;
        slot = (slot + 1) & (SLOTS - 1);
      }
      return learn(slot, text.slice(from, to), hash);
    },
    forget: () => {
      if (count < WORDS_MAX) return;
      slots = new Array(SLOTS);
      senses = new Map();
      count = 0;
    },
  };
}

function isAt(word: string, text: string, from: number, to: number): boolean {
  if (word.length !== to - from) return false;
  for (let at = 0; at < word.length; at += 1) {
    if (word.charCodeAt(at) !== text.charCodeAt(from + at)) return false;
  }
  return true;
}

type Sources = {
  readonly automaton: Automaton;
  readonly paths: PathTable;
  readonly vocabulary: Vocabulary;
  readonly senses: Map<string, Sense>;
};

function wordOf(cut: string, hash: number, sources: Sources): Word {
  const { automaton, paths, vocabulary, senses } = sources;
  // A copy: a slice would keep the whole text it was cut from.
  const text = `${cut} `.slice(0, -1);
  const low = text.toLowerCase();
  const path = isPath(text);
  const whole = automaton.symbolOf(stemOf(low));
  const known = whole !== 0 && !path;
  const pieces = piecesOf(text);
  const code = path || (!known && isIdentifier(text));
  return {
    text,
    hash,
    symbols: known ? [whole] : pieces.map((piece) => automaton.symbolOf(stemOf(piece))),
    spoken: code ? [codeIn(vocabulary)] : pieces.map((piece) => spokenAs(piece, vocabulary)),
    code,
    paths: path ? paths(text) : [],
    languages: languagesOf(low),
    worth: worthOf(text),
    sense: senseOf(code ? text : stemOf(low), senses),
  };
}

function spokenAs(low: string, { symbolOf }: Vocabulary): Spoken {
  const kind = kindOf(low);
  const stem = kind === low ? kind : stemOf(low);
  return { stem: symbolOf(stem), kind: symbolOf(kind), traits: TRAITS[kind] ?? 0 };
}

/** As which everything in code is spoken. */
export function codeIn({ symbolOf }: Vocabulary): Spoken {
  const symbol = symbolOf("CODE");
  return { stem: symbol, kind: symbol, traits: 0 };
}

function senseOf(name: string, senses: Map<string, Sense>): Sense {
  const known = senses.get(name);
  if (known !== undefined) return known;
  const sense = { turn: 0, word: null, count: 0, first: 0, last: 0, sentences: 0 };
  senses.set(name, sense);
  return sense;
}

/** A long word says more than a short one, up to a point; a number or a letter says nothing. */
function worthOf(text: string): number {
  const tells = text.length >= KEYWORD_CHARS_MIN && text.length <= KEYWORD_CHARS_MAX;
  return tells && /\p{L}.*\p{L}/u.test(text) ? Math.min(2, 0.5 + text.length / 10) : 0;
}

/** camelCase, snake_case, dotted and slashed names; "and/or", "trade-off" and "PDFs" are said, not coded. */
function isIdentifier(text: string): boolean {
  return /\p{L}_|_\p{L}|\p{Ll}\p{Lu}|[\p{L}\p{N}]\.\p{L}|\\|\/.*[./_]|[._].*\//u.test(text);
}
