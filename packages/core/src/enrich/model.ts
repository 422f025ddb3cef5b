/**
 * What the signs of a message (signs.ts) speak for: a linear model, one weight
 * for each sign and label, learnt from labelled messages by eval/train.ts and
 * kept as data in model.json, in hundredths, to be read and checked by hand.
 *
 * The tier is judged by all signs of a message together, because it is a stance
 * over its sentences; a tag by each sentence alone, because one sentence earns
 * it ("…, it is live. Who tells the press?"), and the strongest sentence counts.
 */
import table from "./model.json" with { type: "json" };
import {
  eachSentence,
  FIRST_SYMBOLS,
  type Signs,
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
const MATCHED_MAX = 5;

export type Weights = {
  readonly bias: readonly number[];
  readonly signs: Readonly<Record<string, readonly number[]>>;
};

/** How sure each label is, from 0 to 1, and the words that speak for it. */
export type Judged = {
  readonly sure: readonly number[];
  readonly matched: (label: number) => readonly string[];
};

export type Model = Vocabulary & {
  readonly names: readonly string[];
  /** Sign by sign, a weight for each label; the bias after the last sign. */
  readonly weights: Float64Array;
  /** At which turn, a sentence each, a sign was said last: so that it counts once. */
  readonly said: { turn: number; readonly at: Float64Array };
};

const PAIR = 1 << 16;

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
    said: { turn: 0, at: new Float64Array(names.length) },
    weights: Float64Array.from([...Object.values(signs), bias].flat(), (weight) => weight / 100),
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

/** What was learnt. */
export const MODEL: Model = modelOf(table);

/** Every label's standing, tiers first (TIERS), tags after them (STATUS_TAGS); `more` speaks for a label beside the signs. */
export function judged(
  text: string,
  signs: Signs,
  before: Signs | null,
  more: readonly number[],
  model: Model = MODEL,
): Judged {
  const scale = scaleOf(model);
  eachSentence(signs, before, model, (ids) => weigh(scale, ids));
  const tiers = TIERS.map((_, label) => (scale.sums[label] ?? 0) + (more[label] ?? 0));
  const tags = scale.sums.subarray(TIERS.length);
  return {
    sure: [...shares(tiers), ...Array.from(tags, (sum) => 1 / (1 + Math.exp(-sum)))],
    matched: (label) => shown(text, signs, scale.best[label] ?? scale.all, label, model),
  };
}

/** A message on the scale, sentence by sentence. */
type Scale = {
  readonly model: Model;
  readonly bias: Float64Array;
  /** By label: tiers by all signs so far, tags by the loudest sentence so far. */
  readonly sums: Float64Array;
  readonly own: Float64Array;
  readonly all: number[];
  readonly best: (readonly number[])[];
  /** The turn at which the message began. */
  readonly turn: number;
};

function scaleOf(model: Model): Scale {
  const bias = model.weights.subarray(model.names.length * LABELS);
  const sums = bias.slice();
  sums.fill(-Infinity, TIERS.length);
  model.said.turn += 1;
  return { model, bias, sums, own: bias.slice(), all: [], best: [], turn: model.said.turn };
}

function weigh(scale: Scale, ids: readonly number[]): void {
  const { said } = scale.model;
  const here: number[] = [];
  said.turn += 1;
  scale.own.set(scale.bias);
  for (const id of ids) {
    const last = said.at[id] ?? said.turn;
    if (last === said.turn) continue;
    said.at[id] = said.turn;
    here.push(id);
    add(scale.own, scale.model, id, TIERS.length, LABELS);
    if (last >= scale.turn) continue;
    scale.all.push(id);
    add(scale.sums, scale.model, id, 0, TIERS.length);
  }
  for (let label = TIERS.length; label < LABELS; label += 1) {
    if ((scale.own[label] ?? 0) <= (scale.sums[label] ?? 0)) continue;
    scale.sums[label] = scale.own[label] ?? 0;
    scale.best[label] = here;
  }
}

function add(sums: Float64Array, { weights }: Model, id: number, from: number, to: number): void {
  for (let label = from; label < to; label += 1)
    sums[label] = (sums[label] ?? 0) + (weights[id * LABELS + label] ?? 0);
}

/** Shares of one, as much as each speaks louder than the others. */
function shares(sums: readonly number[]): readonly number[] {
  const most = Math.max(...sums);
  const parts = sums.map((sum) => Math.exp(sum - most));
  const all = parts.reduce((sum, part) => sum + part, 0);
  return parts.map((part) => part / all);
}

/** The parts of the text that spoke loudest for a label. */
function shown(
  text: string,
  signs: Signs,
  best: readonly number[],
  label: number,
  { weights, names }: Model,
): readonly string[] {
  const says = (id: number): number => weights[id * LABELS + label] ?? 0;
  const loud = best
    .filter((id) => says(id) > 0)
    .toSorted((a, b) => says(b) - says(a))
    .slice(0, MATCHED_MAX);
  return [
    ...new Set(
      loud.map((id) => shownAt(text, signs, id) || (names[id] ?? "").replace(/^@| \?$/g, "")),
    ),
  ];
}
