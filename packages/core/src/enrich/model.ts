/**
 * What the signs of a message (signs.ts) speak for: a linear model, one weight
 * for each sign and label, learnt from labelled messages by scripts/train.ts and
 * kept as data in model.json, in hundredths, to be read and checked by hand.
 *
 * The tier is judged by all signs of a message together, because it is a stance
 * over its sentences; a tag by each sentence alone, because one sentence earns
 * it ("It is live. Who tells the press?"), and the strongest sentence counts.
 *
 *   E6  A sign counts once a sentence, and for the tier once a message: saying a
 *       thing again makes no answer surer.
 */
import table from "./model.json" with { type: "json" };
import {
  type Around,
  eachSentence,
  FIRST_SYMBOLS,
  type Signs,
  sentenceAt,
  shownAt,
  traitsOf,
  type Vocabulary,
} from "./signs.ts";

export const TIERS = ["A", "C", "E", "unclassified"] as const;
export const STATUS_TAGS = [
  "@Status-Ready",
  "@Status-Blocked",
  "@Decision-Made",
  "@Action-Required",
  "@Question-Open",
] as const;
const LABELS = TIERS.length + STATUS_TAGS.length;
/** So many words are shown for an answer. */
const MATCHED_MAX = 3;

export type Weights = {
  readonly bias: readonly number[];
  readonly signs: Readonly<Record<string, readonly number[]>>;
};

/** How sure each label is, from 0 to 1, and the words that speak for it. */
export type Judged = {
  readonly sure: readonly number[];
  readonly matched: (label: number) => readonly string[];
};

type Said = {
  /** At which turn, a sentence each, a sign was said last: so that it counts once. */
  turn: number;
  readonly at: Float64Array;
  /** By label: tiers by all signs so far, tags by the loudest sentence so far; and by this sentence. */
  readonly sums: Int32Array;
  readonly own: Int32Array;
};

export type Model = Vocabulary & {
  readonly names: readonly string[];
  /** The sign itself for one that is asked; -1 for one that is not words. */
  readonly words: readonly number[];
  /** Sign by sign, a weight for each label, in hundredths. */
  readonly weights: Int16Array;
  readonly bias: Int16Array;
  /** What one judgement uses and the next overwrites. */
  readonly said: Said;
};

const PAIR = 1 << 16;
/** Less than any sum. */
const LEAST = -(1 << 30);

export function modelOf({ bias, signs }: Weights): Model {
  const names = Object.keys(signs);
  const ids = new Map(names.map((name, id) => [name, id]));
  const symbols = new Map(FIRST_SYMBOLS.map((name, symbol) => [name, symbol]));
  const singles: number[] = [];
  const pairs = new Map<number, number>();
  for (const [id, name] of names.entries()) {
    const words = name.startsWith("@") ? [] : name.replace(/ \?$/, "").split(" ");
    const [first = 0, second = 0] = words.map((word) => symbolIn(symbols, word));
    if (name.endsWith(" ?") || words.length === 0) continue;
    if (words.length === 1) singles[first] = id;
    else pairs.set(first * PAIR + second, id);
  }
  const asked = names.map((name) => ids.get(`${name} ?`) ?? -1);
  return {
    names,
    words: names.map((name) => (name.startsWith("@") ? -1 : (ids.get(bare(name)) ?? -1))),
    said: {
      turn: 0,
      at: new Float64Array(names.length),
      sums: new Int32Array(LABELS),
      own: new Int32Array(LABELS),
    },
    bias: Int16Array.from(bias),
    weights: Int16Array.from(Object.values(signs).flat()),
    symbolOf: (name) => symbols.get(name) ?? 0,
    signOf: (symbol) => singles[symbol] ?? -1,
    pairOf: (first, second) =>
      first === 0 || second === 0 ? -1 : (pairs.get(first * PAIR + second) ?? -1),
    askedOf: (sign) => asked[sign] ?? -1,
    traits: traitsOf((name) => ids.get(name) ?? -1),
  };
}

function symbolIn(symbols: Map<string, number>, name: string): number {
  const known = symbols.get(name) ?? symbols.size;
  symbols.set(name, known);
  return known;
}

let standard: Model | null = null;

/** What was learnt; made when it is first asked for, because most commands judge nothing. */
export function learntModel(): Model {
  standard ??= modelOf(table);
  return standard;
}

/** Every label's standing, tiers first (TIERS), tags after them (STATUS_TAGS); `more` speaks for a label beside the signs. */
export function judged(
  text: string,
  signs: Signs,
  around: Around,
  more: readonly number[],
  model: Model = learntModel(),
): Judged {
  const scale = scaleOf(model);
  eachSentence(signs, around, model, (ids) => weigh(scale, ids));
  const sure: number[] = [];
  for (let label = 0; label < LABELS; label += 1)
    sure.push((model.said.sums[label] ?? 0) / 100 + (more[label] ?? 0));
  toShares(sure);
  for (let label = TIERS.length; label < LABELS; label += 1)
    sure[label] = 1 / (1 + Math.exp(-(sure[label] ?? 0)));
  return {
    sure,
    matched: (label) =>
      shown(text, signs, scale.best[label] ?? { ids: scale.all, at: 0 }, label, model),
  };
}

/** The signs that spoke, and of which sentence they are. */
type Heard = { readonly ids: readonly number[]; readonly at: number };

/** A message on the scale, sentence by sentence. */
type Scale = {
  readonly model: Model;
  readonly all: number[];
  /** By tag, the loudest sentence. */
  readonly best: Heard[];
  sentences: number;
  /** The turn at which the message began. */
  readonly turn: number;
};

function scaleOf(model: Model): Scale {
  const { said, bias } = model;
  said.turn += 1;
  for (let label = 0; label < LABELS; label += 1)
    said.sums[label] = label < TIERS.length ? (bias[label] ?? 0) : LEAST;
  return { model, all: [], best: [], sentences: 0, turn: said.turn };
}

function weigh(scale: Scale, ids: readonly number[]): void {
  const { said } = scale.model;
  said.turn += 1;
  said.own.set(scale.model.bias);
  for (let place = 0; place < ids.length; place += 1) {
    const id = ids[place] ?? -1;
    const last = id < 0 ? said.turn : (said.at[id] ?? said.turn);
    if (last === said.turn) continue;
    said.at[id] = said.turn;
    add(said.own, scale.model, id, TIERS.length, LABELS);
    if (last >= scale.turn) continue;
    scale.all.push(id);
    add(said.sums, scale.model, id, 0, TIERS.length);
  }
  heedLoudest(scale, ids);
  scale.sentences += 1;
}

function heedLoudest({ model: { said }, best, sentences }: Scale, ids: readonly number[]): void {
  for (let label = TIERS.length; label < LABELS; label += 1) {
    if ((said.own[label] ?? 0) <= (said.sums[label] ?? 0)) continue;
    said.sums[label] = said.own[label] ?? 0;
    best[label] = { ids, at: sentences };
  }
}

function add(sums: Int32Array, { weights }: Model, id: number, from: number, to: number): void {
  const base = id * LABELS;
  for (let label = from; label < to; label += 1)
    sums[label] = (sums[label] ?? 0) + (weights[base + label] ?? 0);
}

/** Makes the sums of the tiers shares of one, as much as each speaks louder than the others. */
function toShares(sums: number[]): void {
  let most = -Infinity;
  let all = 0;
  for (let label = 0; label < TIERS.length; label += 1) most = Math.max(most, sums[label] ?? 0);
  for (let label = 0; label < TIERS.length; label += 1) {
    sums[label] = Math.exp((sums[label] ?? 0) - most);
    all += sums[label] ?? 0;
  }
  for (let label = 0; label < TIERS.length; label += 1) sums[label] = (sums[label] ?? 0) / all;
}

/** The words of the text that spoke loudest for a label; when none did, the sentence they are in. */
function shown(
  text: string,
  signs: Signs,
  { ids, at }: Heard,
  label: number,
  { weights, words }: Model,
): readonly string[] {
  const start = signs.sentences[at - 1]?.until ?? 0;
  const taken: number[] = [];
  const found = new Set<string>();
  for (let next = 0; next >= 0 && found.size < MATCHED_MAX; ) {
    next = loudestOf(ids, taken, weights, label);
    taken.push(next);
    found.add(shownAt(text, signs, words[next] ?? -1, start));
    found.delete("");
  }
  if (found.size === 0) found.add(sentenceAt(text, signs, start));
  found.delete("");
  const all = [...found];
  return all.filter((one) => !all.some((other) => other !== one && other.includes(one)));
}

/** The sign that says most for a label and is not among those taken; -1 when no other does. */
function loudestOf(
  ids: readonly number[],
  taken: readonly number[],
  weights: Int16Array,
  label: number,
): number {
  let best = -1;
  let most = 0;
  for (let at = 0; at < ids.length; at += 1) {
    const id = ids[at] ?? -1;
    const says = id < 0 ? 0 : (weights[id * LABELS + label] ?? 0);
    if (says <= most || taken.includes(id)) continue;
    best = id;
    most = says;
  }
  return best;
}

/** The sign that is asked, itself. */
function bare(name: string): string {
  return name.replace(/ \?$/, "");
}
