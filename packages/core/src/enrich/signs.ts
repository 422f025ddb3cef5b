/**
 * The signs of each sentence of a text: its words, their kinds (kinds.ts), two
 * of either that follow each other, and what holds of the sentence as a whole.
 * The model (model.ts) says what each sign speaks for; training (scripts/train.ts)
 * gathers them by the same code.
 *
 * Gathered while the text is read, a few look-ups a word. What a message does is
 * said at its head: after SENTENCES_MAX nothing is gathered.
 */

const SENTENCES_MAX = 32;
/** A sentence of so few words leans on what was said before. */
const SHORT_WORDS = 4;
const SHORT_MESSAGE_WORDS = 8;
/** How long a message is, by its words. */
const LENGTHS: readonly number[] = [4, 8, 14, 25, 40];

/** Which signs there are. A symbol is a stem or a kind, 0 when nothing is known of it; a sign is -1 when it is none. */
export type Vocabulary = {
  readonly symbolOf: (name: string) => number;
  readonly signOf: (symbol: number) => number;
  readonly pairOf: (first: number, second: number) => number;
  /** The sign when said in a question. */
  readonly askedOf: (sign: number) => number;
  /** What holds of sentences and messages as a whole. */
  readonly traits: Traits;
};

/** A word as signs are made of it; `traits` are bits of its kind (kinds.ts). */
export type Spoken = { readonly stem: number; readonly kind: number; readonly traits: number };

/** Words of which it matters that they were said at all, each with its bit. */
export const TRAITS: Readonly<Record<string, number>> = {
  ...{ SPAN: 1, WHOLE: 2, UNIT: 4, STRATEGY: 8, ADOPT: 16 },
  ...{ ACT: 32, please: 64, you: 128 },
  ...{ STANCE: 256, WEIGH: 256, should: 256, would: 256, could: 256, or: 256 },
  ...{ yes: 512, no: 512 + 2048, not: 512 + 2048, nope: 512, because: 512, HEDGE: 512, well: 512 },
  ...{ if: 1024, when: 1024, once: 1024, until: 1024, unless: 1024, before: 1024, whether: 1024 },
  ...{
    never: 2048,
    without: 2048,
    none: 2048,
    nobody: 2048,
    nothing: 2048,
    neither: 2048,
    nor: 2048,
    hardly: 2048,
    almost: 512 + 2048,
    nearly: 2048,
  },
};
const { ACT = 0, please: PLEASE = 0, you: YOU = 0, or: WEIGHS = 0, nope: ANSWERS = 0 } = TRAITS;
const { if: SUPPOSES = 0, never: DENIES = 0 } = TRAITS;
/** How many words a "not" reaches: "not yet quite as far as done". */
const DENIED_WORDS = 5;
const HAS: readonly string[] = ["SPAN", "WHOLE", "UNIT", "STRATEGY", "ADOPT"];
const ANSWERED: readonly string[] = ["", " asks", " orders", " weighs"];
/** More than the longest sign has characters. */
const PLACE = 1 << 12;

type Sentence = {
  /** Signs before this place are its or an earlier one's. */
  readonly until: number;
  readonly words: number;
  readonly asks: boolean;
  /** Ends in a colon: something follows that the writer does, lists or shows. */
  readonly leads: boolean;
  /** The traits of its first word. */
  readonly opens: number;
};

/** What stands around a message: what was said before it, and whether a model says it of its own work. */
export type Around = { readonly before: Signs | null; readonly byAssistant: boolean };

/** The signs of a text, each with the part of it that shows it. */
export type Signs = {
  readonly ids: number[];
  /** Where each stands in the text: its beginning * PLACE + its length. */
  readonly places: number[];
  readonly sentences: Sentence[];
  traits: number;
  words: number;
  // The sentence that is going on.
  opens: number;
  said: number;
  stem: number;
  kind: number;
  /** Where the word before begins, -1 when the clause begins anew. */
  from: number;
  leads: boolean;
  /** Words up to this one are denied. */
  denied: number;
  supposed: boolean;
};

export function noSigns(): Signs {
  return {
    ...{ ids: [], places: [], sentences: [] },
    ...{ traits: 0, words: 0, opens: 0, said: 0, stem: BEGINS, kind: BEGINS, from: -1, denied: 0 },
    ...{ leads: false, supposed: false },
  };
}

/** Symbols every vocabulary has. */
const BEGINS = 1;
const GOES_ON = 2;
const DENIED = 3;
const SUPPOSED = 4;
export const FIRST_SYMBOLS: readonly string[] = ["", "^", ",", "not..", "if.."];

/** Takes in a word that stands between two places of the text. */
export function hear(
  signs: Signs,
  { stem, kind, traits }: Spoken,
  vocabulary: Vocabulary,
  from: number,
  to: number,
): void {
  if (signs.sentences.length >= SENTENCES_MAX) return;
  if (signs.said === 0) signs.opens = traits;
  signs.said += 1;
  signs.leads = false;
  signs.traits |= traits;
  const pairFrom = signs.from < 0 ? from : signs.from;
  note(signs, vocabulary.signOf(kind), from, to);
  note(signs, vocabulary.pairOf(signs.kind, kind), pairFrom, to);
  if (stem !== kind) note(signs, vocabulary.signOf(stem), from, to);
  if (stem !== kind || signs.stem !== signs.kind)
    note(signs, vocabulary.pairOf(signs.stem, stem), pairFrom, to);
  if (signs.said <= signs.denied) note(signs, vocabulary.pairOf(DENIED, kind), from, to);
  else if (signs.supposed) note(signs, vocabulary.pairOf(SUPPOSED, kind), from, to);
  if ((traits & DENIES) !== 0) signs.denied = signs.said + DENIED_WORDS;
  if ((traits & SUPPOSES) !== 0) signs.supposed = true;
  signs.stem = stem;
  signs.kind = kind;
  signs.from = from;
}

function note(signs: Signs, id: number, from: number, to: number): void {
  if (id < 0) return;
  signs.ids.push(id);
  signs.places.push(from * PLACE + Math.min(to - from, PLACE - 1));
}

/** After a comma nothing belongs to the word before it. */
export function endClauseOf(signs: Signs, colon: boolean): void {
  if (signs.said === 0) return;
  signs.leads ||= colon;
  signs.denied = 0;
  signs.stem = GOES_ON;
  signs.kind = GOES_ON;
  signs.from = -1;
}

export function endSentenceOf(signs: Signs, asks: boolean): void {
  const { said, opens, leads } = signs;
  signs.stem = BEGINS;
  signs.kind = BEGINS;
  signs.from = -1;
  if (said === 0) return;
  signs.sentences.push({ until: signs.ids.length, words: said, asks, leads, opens });
  signs.words += said;
  signs.said = 0;
  signs.denied = 0;
  signs.supposed = false;
}

/** The signs that are not words, by the names they have in the model. */
export type Traits = {
  readonly asks: number;
  readonly goesOn: number;
  readonly answers: number;
  readonly short: number;
  readonly leads: number;
  readonly byAssistant: number;
  readonly after: number;
  readonly later: number;
  readonly lengths: readonly number[];
  readonly has: readonly number[];
  readonly before: readonly number[];
  readonly beforeShort: readonly number[];
};

export function traitsOf(named: (name: string) => number): Traits {
  return {
    asks: named("@asks"),
    goesOn: named("@goes on after asking"),
    answers: named("@answers itself"),
    short: named("@short"),
    leads: named("@leads on"),
    byAssistant: named("@by an assistant"),
    after: named("@after a question"),
    later: named("@later"),
    lengths: [...LENGTHS, "any"].map((length) => named(`@words <${length}`)),
    has: HAS.map((name) => named(`@has ${name}`)),
    before: ANSWERED.map((name) => named(`@before${name}`)),
    beforeShort: ANSWERED.map((name) => named(`@before${name}, short`)),
  };
}

/** Calls back with the signs of each sentence, those of the whole message among them; some are none (-1), some come twice. */
export function eachSentence(
  signs: Signs,
  { before, byAssistant }: Around,
  vocabulary: Vocabulary,
  take: (ids: readonly number[]) => void,
): void {
  const { sentences, words } = signs;
  const whole = wholeOf(signs, vocabulary.traits);
  if (byAssistant) whole.push(vocabulary.traits.byAssistant);
  const answer = before === null ? [] : answerTo(before, words, vocabulary.traits);
  if (sentences.length === 0) take([...whole, ...answer]);
  for (let at = 0; at < sentences.length; at += 1) {
    const ids = ownSigns(signs, at, vocabulary);
    addStanding(ids, sentences, at, vocabulary.traits);
    addAll(ids, whole);
    if (at === 0 || words < SHORT_MESSAGE_WORDS) addAll(ids, answer);
    take(ids);
  }
}

function addAll(ids: number[], more: readonly number[]): void {
  for (let at = 0; at < more.length; at += 1) ids.push(more[at] ?? -1);
}

function wholeOf({ traits, words }: Signs, { lengths, has }: Traits): number[] {
  let length = 0;
  while (words >= (LENGTHS[length] ?? Infinity)) length += 1;
  const whole = [lengths[length] ?? -1];
  for (let bit = 0; bit < has.length; bit += 1)
    if ((traits & (1 << bit)) !== 0) whole.push(has[bit] ?? -1);
  return whole;
}

/** The words of a sentence; in a question each also as it is asked. */
function ownSigns({ ids, sentences }: Signs, at: number, { askedOf }: Vocabulary): number[] {
  const own = ids.slice(sentences[at - 1]?.until ?? 0, sentences[at]?.until);
  if (sentences[at]?.asks === true) addAll(own, own.map(askedOf));
  return own;
}

/** How a sentence stands among the others. */
function addStanding(
  ids: number[],
  sentences: readonly Sentence[],
  at: number,
  traits: Traits,
): void {
  const { words = 0, asks = false, leads = false } = sentences[at] ?? {};
  const next = sentences[at + 1];
  if (asks) ids.push(traits.asks);
  if (asks && next !== undefined)
    ids.push(traits.goesOn, (next.opens & ANSWERS) === 0 ? -1 : traits.answers);
  if (words < SHORT_WORDS) ids.push(traits.short);
  if (leads) ids.push(traits.leads);
  if (at > 0) ids.push(sentences[at - 1]?.asks === true ? traits.after : traits.later);
}

/** What the message before it makes of an answer. */
function answerTo(before: Signs, words: number, traits: Traits): readonly number[] {
  const asks = before.sentences.some((one) => one.asks);
  const acts = (before.traits & ACT) !== 0;
  const orders =
    ((before.sentences[0]?.opens ?? 0) & ACT) !== 0 ||
    (before.traits & PLEASE) !== 0 ||
    (asks && acts && (before.traits & YOU) !== 0);
  const held = [true, asks, orders, (before.traits & WEIGHS) !== 0];
  const all = words < SHORT_MESSAGE_WORDS ? [traits.before, traits.beforeShort] : [traits.before];
  return all.flatMap((ids) => ids.filter((_, at) => held[at]));
}

/** Marks at the ends of words, which say nothing. */
const EDGES = /^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu;
/** So much of a sentence is shown when no word of it speaks for what it says. */
const SHOWN_CHARS_MAX = 48;

/** The words that make a sign, as they stand in the text; the first from a place in `ids` on, "" for a sign that is not words. */
export function shownAt(text: string, { ids, places }: Signs, id: number, start: number): string {
  const at = ids.indexOf(id, start);
  return at < 0 ? "" : cutAt(text, places[at] ?? 0);
}

function cutAt(text: string, place: number): string {
  const from = Math.floor(place / PLACE);
  return text.slice(from, from + (place % PLACE)).replace(EDGES, "");
}

/** The beginning of the sentence whose signs begin at a place in `ids`, in whole words. */
export function sentenceAt(text: string, { places }: Signs, start: number): string {
  const place = places[start];
  if (place === undefined) return "";
  const from = Math.floor(place / PLACE);
  const head = text.slice(from, from + SHOWN_CHARS_MAX).split(/[\n.!?]/, 1)[0] ?? "";
  const whole = from + SHOWN_CHARS_MAX >= text.length || head.length < SHOWN_CHARS_MAX;
  return (whole ? head : head.replace(/\s+\S*$/, "")).replace(EDGES, "");
}
