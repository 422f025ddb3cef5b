/**
 * The signs of each sentence of a text: its words, their kinds (kinds.ts), two
 * of either that follow each other, and what holds of the sentence as a whole.
 * The model (model.ts) says what each sign speaks for; training (eval/train.ts)
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
  /** The sign of that name: "@asks". */
  readonly named: (name: string) => number;
};

/** A word as signs are made of it; `traits` are bits of its kind (kinds.ts). */
export type Spoken = { readonly stem: number; readonly kind: number; readonly traits: number };

/** Words of which it matters that they were said at all, each with its bit. */
export const TRAITS: Readonly<Record<string, number>> = {
  ...{ SPAN: 1, WHOLE: 2, UNIT: 4, STRATEGY: 8, ADOPT: 16 },
  ...{ ACT: 32, please: 64, you: 128 },
  ...{ STANCE: 256, WEIGH: 256, should: 256, would: 256, could: 256, or: 256 },
  ...{ yes: 512, no: 512 + 2048, not: 512 + 2048, nope: 512, because: 512,  HEDGE: 512, well: 512 },
  ...{ if: 1024, when: 1024, once: 1024, until: 1024, unless: 1024, before: 1024, whether: 1024 },
  ...{ never: 2048, without: 2048, none: 2048, nobody: 2048, nothing: 2048, neither: 2048, nor: 2048, hardly: 2048, almost: 512 + 2048, nearly: 2048 },
};
const { ACT = 0, please: PLEASE = 0, you: YOU = 0, or: WEIGHS = 0, nope: ANSWERS = 0 } = TRAITS;
const { if: SUPPOSES = 0, never: DENIES = 0 } = TRAITS;
/** How many words a "not" reaches: "not yet quite as far as done". */
const DENIED_WORDS = 5;
const HAS: readonly (readonly [string, number])[] = Object.entries(TRAITS).slice(0, 5);

type Sentence = {
  /** Signs before this place are its or an earlier one's. */
  readonly until: number;
  readonly words: number;
  readonly asks: boolean;
  /** The traits of its first word. */
  readonly opens: number;
};

/** The signs of a text, each with the part of it that shows it. */
export type Signs = {
  readonly ids: number[];
  readonly froms: number[];
  readonly tos: number[];
  readonly sentences: Sentence[];
  traits: number;
  words: number;
  // The sentence that is going on.
  opens: number;
  said: number;
  stem: number;
  kind: number;
  from: number;
  /** Words up to this one are denied. */
  denied: number;
  supposed: boolean;
};

/** What is known of a message beside its words. */
export type Setting = { readonly role: string; readonly before: Signs | null };

export function noSigns(): Signs {
  return {
    ...{ ids: [], froms: [], tos: [], sentences: [] },
    ...{ traits: 0, words: 0, opens: 0, said: 0, stem: BEGINS, kind: BEGINS, from: 0, denied: 0 },
    supposed: false,
  };
}

/** Symbols every vocabulary has. */
export const BEGINS = 1;
export const GOES_ON = 2;
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
  signs.traits |= traits;
  note(signs, vocabulary.signOf(kind), from, to);
  note(signs, vocabulary.pairOf(signs.kind, kind), signs.from, to);
  if (stem !== kind) note(signs, vocabulary.signOf(stem), from, to);
  if (stem !== kind || signs.stem !== signs.kind)
    note(signs, vocabulary.pairOf(signs.stem, stem), signs.from, to);
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
  signs.froms.push(from);
  signs.tos.push(to);
}

/** After a comma nothing belongs to the word before it. */
export function endClauseOf(signs: Signs, at: number): void {
  if (signs.said === 0) return;
  signs.denied = 0;
  signs.stem = GOES_ON;
  signs.kind = GOES_ON;
  signs.from = at + 1;
}

export function endSentenceOf(signs: Signs, asks: boolean, at: number): void {
  const { said, opens } = signs;
  signs.stem = BEGINS;
  signs.kind = BEGINS;
  signs.from = at + 1;
  if (said === 0) return;
  signs.sentences.push({ until: signs.ids.length, words: said, asks, opens });
  signs.words += said;
  signs.said = 0;
  signs.denied = 0;
  signs.supposed = false;
}

/** The signs of each sentence, those of the whole message among them. */
export function signsBySentence(
  signs: Signs,
  setting: Setting,
  vocabulary: Vocabulary,
): readonly (readonly number[])[] {
  const whole = [
    lengthOf(signs),
    ...HAS.filter(([, bit]) => (signs.traits & bit) !== 0).map(([name]) => `@has ${name}`),
  ];
  const answer = answerTo(setting.before, signs);
  const { sentences } = signs;
  if (sentences.length === 0) return [numbered([...whole, ...answer], vocabulary)];
  return sentences.map((sentence, at) => {
    const leans = at === 0 || signs.words < SHORT_MESSAGE_WORDS ? answer : [];
    const names = [...whole, ...standing(sentences, at), ...leans];
    const ids = signs.ids.slice(sentences[at - 1]?.until ?? 0, sentence.until);
    const asked = sentence.asks ? ids.map(vocabulary.askedOf).filter((id) => id >= 0) : [];
    return [...new Set([...ids, ...asked, ...numbered(names, vocabulary)])];
  });
}

function numbered(names: readonly string[], { named }: Vocabulary): readonly number[] {
  return names.map(named).filter((id) => id >= 0);
}

function lengthOf({ words }: Signs): string {
  return `@words <${LENGTHS.find((length) => words < length) ?? "any"}`;
}

/** How a sentence stands among the others. */
function standing(sentences: readonly Sentence[], at: number): readonly string[] {
  const { words = 0, asks = false } = sentences[at] ?? {};
  const next = sentences[at + 1];
  const names: string[] = [];
  if (asks) names.push("@asks");
  if (asks && next !== undefined) names.push("@goes on after asking");
  if (asks && next !== undefined && (next.opens & ANSWERS) !== 0) names.push("@answers itself");
  if (words < SHORT_WORDS) names.push("@short");
  if (at > 0) names.push(sentences[at - 1]?.asks === true ? "@after a question" : "@later");
  return names;
}

/** What the message before it makes of an answer. */
function answerTo(before: Signs | null, { words }: Signs): readonly string[] {
  if (before === null) return [];
  const asks = before.sentences.some((one) => one.asks);
  const orders =
    ((before.sentences[0]?.opens ?? 0) & ACT) !== 0 ||
    (before.traits & PLEASE) !== 0 ||
    (asks && (before.traits & YOU) !== 0 && (before.traits & ACT) !== 0);
  const names = ["@before"];
  if (asks) names.push("@before asks");
  if (orders) names.push("@before orders");
  if ((before.traits & WEIGHS) !== 0) names.push("@before weighs");
  return words < SHORT_MESSAGE_WORDS ? [...names, ...names.map((name) => `${name}, short`)] : names;
}
