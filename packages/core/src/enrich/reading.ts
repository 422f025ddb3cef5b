/**
 * A text read once, from left to right: which terms occur and how they are
 * meant, which words it is made of, what it asks.
 *
 * It takes a bounded time for each character, whatever the text: a megabyte
 * without a space, a million "@" or backticks are read as fast (bench/enrich.ts).
 *
 * How a term is meant is known when it is found: whether it stands in code or
 * after a "not".
 */
import * as chars from "./chars.ts";
import { classOf } from "./chars.ts";
import { HASH_START, hashed, WORD_CHARS_MAX, type Word } from "./lexicon.ts";
import { CODE, FAR, type Known, NEGATED, type Reader, type Reading, readerOf } from "./reader.ts";
import { endClauseOf, endSentenceOf, hear } from "./signs.ts";

/** How many words a "not" reaches: "not yet quite as far as done". */
const NOT_REACH = 4;
/** Nobody writes more tags by hand. */
const TAGS_MAX = 32;
const TAG_CHARS_MAX = 80;

/** Which reading this is, so that counts of another are known to be old. */
let turns = 0;

/** Reads the head of a text. The counts of its senses hold until the next is read. */
export function readingOf(text: string, known: Known): Reading {
  turns += 1;
  known.lexicon.forget();
  const reader = readerOf(text, known, turns);
  while (reader.at < reader.end) {
    const code = text.charCodeAt(reader.at);
    const kind = classOf(code);
    if (kind === chars.LETTER) readWord(reader);
    else if (kind === chars.SPACE || kind === chars.MARK) reader.at += 1;
    else readMark(reader, kind, code);
  }
  if (reader.from < reader.terms.length || reader.sentences === 0) reader.sentences += 1;
  endSentenceOf(reader.signs, false);
  return reader;
}

function readWord(reader: Reader): void {
  const { text, end, known } = reader;
  const from = reader.at;
  let at = from;
  let hash = HASH_START;
  for (; at < end; at += 1) {
    const code = text.charCodeAt(at);
    const kind = classOf(code);
    if (kind !== chars.LETTER && !(kind === chars.JOINER && joins(text, at + 1, end))) break;
    hash = hashed(hash, code);
  }
  reader.at = at;
  if (text.charCodeAt(at) === 58 && text.startsWith("://", at)) skipAddress(reader);
  else if (at - from > WORD_CHARS_MAX) take(reader, 0, 0);
  else takeWord(reader, known.lexicon.wordAt(text, from, at, hash), from);
}

function joins(text: string, at: number, end: number): boolean {
  return at < end && classOf(text.charCodeAt(at)) === chars.LETTER;
}

/** An address says where something is, not what is meant. */
function skipAddress(reader: Reader): void {
  while (reader.at < reader.end && !isWhite(classOf(reader.text.charCodeAt(reader.at))))
    reader.at += 1;
  take(reader, 0, 0);
}

function isWhite(kind: number): boolean {
  return kind === chars.SPACE || kind === chars.NEWLINE;
}

function takeWord(reader: Reader, word: Word, from: number): void {
  const code = word.code || reader.inline || reader.fence ? CODE : 0;
  if (!reader.fence) hearWord(reader, word, from);
  for (let at = 0; at < word.symbols.length; at += 1) take(reader, word.symbols[at] ?? 0, code);
  if (word.languages === 0) tally(reader, word);
  else if (code === 0) reader.stops[word.languages] = (reader.stops[word.languages] ?? 0) + 1;
}

function hearWord({ signs, known, at, inline }: Reader, word: Word, from: number): void {
  if (inline) hear(signs, known.code, known.vocabulary, from, at);
  else for (const one of word.spoken) hear(signs, one, known.vocabulary, from, at);
}

function tally(reader: Reader, word: Word): void {
  const { sense } = word;
  const { sentences } = reader;
  if (sense.turn !== reader.turn) {
    sense.turn = reader.turn;
    sense.word = word;
    sense.count = 1;
    sense.first = sentences;
    sense.last = sentences;
    sense.sentences = 1;
    reader.senses.push(sense);
    if (word.paths.length > 0) reader.paths.push(word);
    return;
  }
  sense.count += 1;
  if (sense.last === sentences) return;
  sense.last = sentences;
  sense.sentences += 1;
}

/** One step of the automaton, and what ends there. */
function take(reader: Reader, symbol: number, code: number): void {
  const { automaton } = reader.known;
  reader.index += 1;
  reader.state = automaton.step(reader.state, symbol);
  if (reader.state === 0) return;
  const endings = automaton.endings[reader.state];
  if (endings === null || endings === undefined) return;
  for (let at = 0; at < endings.length; at += 1) found(reader, endings[at] ?? 0, code);
}

function found(reader: Reader, place: number, code: number): void {
  const effect = reader.known.effects[place];
  if (effect === "match") {
    const start = reader.index - (reader.known.automaton.terms[place]?.stems.length ?? 1);
    reader.terms.push(place);
    reader.ends.push(reader.index);
    reader.flags.push(code | turned(reader, start));
  } else if (code !== 0) return;
  else if (effect === "not") reader.notAt = reader.index;
  else reader.notAt = FAR;
}

/** `start` is the index before the term's first word, as is that of the word that turns it. */
function turned(reader: Reader, start: number): number {
  return start >= reader.notAt && start - reader.notAt < NOT_REACH ? NEGATED : 0;
}

function readMark(reader: Reader, kind: number, code: number): void {
  if (kind === chars.NEWLINE) readNewline(reader);
  else if (kind === chars.STOP) readStop(reader, code);
  else if (kind === chars.BACKTICK) readBackticks(reader);
  else if (kind === chars.AT) readTag(reader);
  else if (kind === chars.JOINER) readJoiner(reader, code);
  else {
    if (code === 58 && reader.state !== 0) take(reader, reader.known.colon, 0);
    endClause(reader, code === 58);
    reader.at += 1;
  }
}

function endClause(reader: Reader, colon = false): void {
  endClauseOf(reader.signs, colon);
  reader.state = 0;
  reader.notAt = FAR;
}

function endSentence(reader: Reader, asks = false): void {
  endClause(reader);
  endSentenceOf(reader.signs, asks);
  reader.sentences += 1;
  reader.from = reader.terms.length;
  reader.state = reader.fence || reader.inline ? 0 : reader.known.begin;
}

/** A wrapped line goes on; an empty one, a list, a heading or a quotation begins anew. */
function readNewline(reader: Reader): void {
  const next = reader.text.charCodeAt(reader.at + 1);
  reader.inline = false;
  reader.at += 1;
  const kind = classOf(Number.isNaN(next) ? 10 : next);
  if (kind !== chars.LETTER || (next >= 48 && next <= 57)) endSentence(reader);
}

function readStop(reader: Reader, code: number): void {
  const kind = classOf(charOr(reader, reader.at + 1));
  const ends = kind !== chars.LETTER && kind !== chars.JOINER && !(reader.inline || reader.fence);
  reader.at += 1;
  if (ends) endSentence(reader, code === 63 || code === 0xff1f);
  else endClause(reader);
}

function charOr(reader: Reader, at: number): number {
  return at < reader.end ? reader.text.charCodeAt(at) : 10;
}

/** A full stop ends a sentence, a dash between spaces a clause; "./src" and "--flag" begin words. */
function readJoiner(reader: Reader, code: number): void {
  const spaced = isWhite(classOf(charOr(reader, reader.at + 1)));
  reader.at += 1;
  if (code === 46 && spaced) endSentence(reader);
  else if (code === 45 && spaced) endClause(reader);
}

function readBackticks(reader: Reader): void {
  const fence = reader.text.startsWith("```", reader.at);
  reader.at += fence ? 3 : 1;
  if (fence) {
    reader.fence = !reader.fence;
    reader.inline = false;
    endSentence(reader);
  } else if (!reader.fence) reader.inline = !reader.inline;
}

const TAG = /^@[A-Z][A-Za-z0-9]*-[A-Za-z0-9_]+(?:[-:][A-Za-z0-9_]+)*/;

/** Whether a text is a tag as people write them, and nothing else. */
export function isTag(text: string): boolean {
  return TAG.exec(text)?.[0] === text;
}

/** "@Status-Ready" is a tag; "@ada" and "@scope/package" are names. */
function readTag(reader: Reader): void {
  const { text, at } = reader;
  const next = text.charCodeAt(at + 1);
  const begins = at === 0 || classOf(text.charCodeAt(at - 1)) !== chars.LETTER;
  const found =
    begins && next >= 65 && next <= 90
      ? TAG.exec(text.slice(at, at + TAG_CHARS_MAX))?.[0]
      : undefined;
  reader.at += found?.length ?? 1;
  if (found === undefined) return;
  if (reader.tags.size < TAGS_MAX) reader.tags.add(found);
  endClause(reader);
}
