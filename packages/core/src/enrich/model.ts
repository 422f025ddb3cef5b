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
import { FIRST_SYMBOLS, type Setting, type Signs, signsBySentence, type Vocabulary } from "./signs.ts";

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

/** Where each label stands: how sure it is from 0 to 1, and the signs that speak for it. */
export type Judged = { readonly sure: number; readonly matched: readonly string[] };

export type Model = Vocabulary & {
  readonly names: readonly string[];
  /** Sign by sign, a weight for each label; the bias after the last sign. */
  readonly weights: Float64Array;
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
    weights: Float64Array.from([...Object.values(signs), bias].flat(), (weight) => weight / 100),
    symbolOf: (name) => symbols.get(name) ?? 0,
    signOf: (symbol) => singles[symbol] ?? -1,
    pairOf: (first, second) =>
      first === 0 || second === 0 ? -1 : (pairs.get(first * PAIR + second) ?? -1),
    askedOf: (sign) => asked[sign] ?? -1,
    named: (name) => ids.get(name) ?? -1,
  };
}

function symbolIn(symbols: Map<string, number>, name: string): number {
  const known = symbols.get(name) ?? symbols.size;
  symbols.set(name, known);
  return known;
}

/** What was learnt. */
export const MODEL: Model = modelOf(table);

/** Every label's standing, tiers first (TIERS), tags after them (STATUS_TAGS). */
export function judged(
  text: string,
  signs: Signs,
  setting: Setting,
  more: readonly number[],
  model: Model = MODEL,
): readonly Judged[] {
  const sentences = signsBySentence(signs, setting, model);
  const all = [...new Set(sentences.flat())];
  const tiers = shares(TIERS.map((_, label) => spoken(model, all, label) + (more[label] ?? 0)));
  return Array.from({ length: LABELS }, (_, label) => {
    const best = label < TIERS.length ? all : strongest(model, sentences, label);
    const sure = tiers[label] ?? 1 / (1 + Math.exp(-spoken(model, best, label)));
    return { sure, matched: sure < SHOWN_MIN ? [] : shown(text, signs, best, label, model) };
  });
}

/** Below this nobody asks why. */
const SHOWN_MIN = 0.25;

function spoken({ weights, names }: Model, ids: readonly number[], label: number): number {
  let sum = weights[names.length * LABELS + label] ?? 0;
  for (const id of ids) sum += weights[id * LABELS + label] ?? 0;
  return sum;
}

function strongest(
  model: Model,
  sentences: readonly (readonly number[])[],
  label: number,
): readonly number[] {
  let best: readonly number[] = [];
  let most = -Infinity;
  for (const ids of sentences) {
    const sum = spoken(model, ids, label);
    if (sum > most) [best, most] = [ids, sum];
  }
  return best;
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
  { ids, froms, tos }: Signs,
  best: readonly number[],
  label: number,
  { weights, names }: Model,
): readonly string[] {
  const loud = best
    .map((id) => ({ id, says: weights[id * LABELS + label] ?? 0 }))
    .filter(({ says }) => says > 0)
    .toSorted((a, b) => b.says - a.says)
    .slice(0, MATCHED_MAX);
  const words = loud.map(({ id }) => {
    const at = ids.indexOf(id);
    const name = names[id] ?? "";
    return at < 0 ? name.replace(/^@| \?$/g, "") : text.slice(froms[at], tos[at]).trim();
  });
  return [...new Set(words)];
}
