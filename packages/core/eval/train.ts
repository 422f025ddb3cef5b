/**
 * `bun packages/core/eval/train.ts`: learns the model of tiers and tags
 * (src/enrich/model.json) from dev.jsonl and train.jsonl. Never from unseen.jsonl.
 *
 * Deterministic: the same rows give the same weights. Regularised logistic
 * regression, by gradients that shrink (AdaGrad): the tiers share one answer,
 * each tag is an answer of its own and learns from the sentence that speaks
 * loudest for it. Signs seen in fewer than SEEN_MIN messages are not learnt.
 *
 * How well it generalises is printed first: every fifth topic of the rows is
 * left out in turn, and judged by what the others taught.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { automatonOf } from "../src/enrich/automaton.ts";
import { codeIn, lexiconOf } from "../src/enrich/lexicon.ts";
import { judged, modelOf, STATUS_TAGS, TIERS, type Weights } from "../src/enrich/model.ts";
import { pathTableOf } from "../src/enrich/paths.ts";
import type { Known } from "../src/enrich/reader.ts";
import { readingOf } from "../src/enrich/reading.ts";
import { FIRST_SYMBOLS, type Signs, signsBySentence, type Vocabulary } from "../src/enrich/signs.ts";
import { figuresOf, type Judged, macroOf } from "./figures.ts";

const SEEN_MIN = Number(process.env["SEEN"]??3);
const ROUNDS = 40;
const RATE = 0.2;
const SHRINK = Number(process.env["SHRINK"]??0.3);
/** How much the loudest sentence is preferred to the others while learning. */
const LOUDER = 2;
/** Weights below this many hundredths are nothing. */
const WEIGHT_MIN = Number(process.env["WMIN"]??6);
const FOLDS = 5;
const SURE_MIN = Number(process.env["SURE"]??0.4);

type Row = {
  readonly text: string;
  readonly role: string;
  readonly before: readonly string[];
  readonly ace_tier: string;
  readonly shl_tags: readonly string[];
  readonly chain_type?: string;
  readonly topic?: string;
};

const LABELS: readonly string[] = [...TIERS, ...STATUS_TAGS];
const rows = ["dev.jsonl", "train.jsonl"].flatMap(rowsOf);

validate();
if(!process.argv.includes("--dry")) writeFileSync(
  join(import.meta.dir, "../src/enrich/model.json"),
  `${textOf(learnt(rows))}\n`,
);

/** What a program prints is never judged, so nothing is learnt of it. */
function rowsOf(name: string): readonly Row[] {
  return readFileSync(join(import.meta.dir, name), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line): Row => JSON.parse(line))
    .filter(({ role }) => role !== "tool" && role !== "system");
}

function validate(): void {
  const topics = [...new Set(rows.map(topicOf))];
  const P: {row:Row,sure:readonly number[]}[]=[];
  for(let fold=0;fold<FOLDS;fold++){
    const out = (row: Row): boolean => topics.indexOf(topicOf(row)) % FOLDS === fold;
    const model = modelOf(learnt(rows.filter((row) => !out(row))));
    const known = knownBy(model);
    for(const row of rows.filter(out)) P.push({row,sure:judged(row.text, signsIn(row.text, known), settingOf(row, known),[],model).map((one) => one.sure)});
  }
  for(const[name,set]of [["all",P],["dev",P.filter(p=>p.row.chain_type)]] as const) for(const t of [.3,.4,.5]){
  const score=(subject:readonly string[],of:(r:Row)=>readonly string[],said:(s:readonly number[])=>readonly string[])=>figuresOf(set.map(({row,sure}):Judged=>({right:of(row),said:said(sure)})),subject);
  const ti=score(TIERS,r=>[r.ace_tier],s=>[TIERS[s.slice(0,4).indexOf(Math.max(...s.slice(0,4)))]??""]);
  const ta=score(STATUS_TAGS,r=>r.shl_tags,s=>STATUS_TAGS.filter((_,i)=>(s[4+i]??0)>=t));
  console.log(name,t,macroOf(ti).toFixed(3),macroOf(ta).toFixed(3),t===.4?[...ti,...ta].map(x=>`${x.label.replace(/@|Status-/g,"").slice(0,6)} ${x.precision.toFixed(2)}/${x.recall.toFixed(2)} ${x.f1.toFixed(2)}`).join(" | "):"")}
}

function topicOf({ topic, chain_type = "" }: Row): string {
  return topic ?? `dev ${chain_type}`;
}

type Example = { readonly sentences: readonly (readonly number[])[]; readonly all: readonly number[]; readonly right: readonly number[] };

function learnt(from: readonly Row[]): Weights {
  const { names, examples } = examplesOf(from);
  const seen = countsOf(examples, names.length);
  const wide = names.length;
  const weights = LABELS.map(() => new Float64Array(wide + 1));
  const pace = LABELS.map(() => new Float64Array(wide + 1).fill(1e-6));
  const known = (ids: readonly number[]): readonly number[] => ids.filter((id) => (seen[id] ?? 0) >= SEEN_MIN);
  const taught = examples.map(({ sentences, all, right }) => ({ sentences: sentences.map(known), all: known(all), right }));
  const said = (label: number, ids: readonly number[]): number => {
    const of = weights[label]!; let sum = of[wide] ?? 0;
    for (const id of ids) sum += of[id] ?? 0;
    return sum;
  };
  const learn = (label: number, ids: readonly number[], off: number): void => {
    const of = weights[label]!, h = pace[label]!;
    const step = (id: number, gradient: number): void => {
      h[id] = (h[id] ?? 0) + gradient * gradient;
      of[id] = (of[id] ?? 0) - (RATE * gradient) / Math.sqrt(h[id] ?? 1);
    };
    for (const id of ids) step(id, off + (SHRINK / (seen[id] ?? 1)) * (of[id] ?? 0));
    step(wide, off);
  };
  const next = shuffler();
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { sentences, all, right } of next(taught)) {
      const tiers = sharesOf(TIERS.map((_, label) => said(label, all)));
      for (const [label, share] of tiers.entries()) learn(label, all, share - (right[label] ?? 0));
      for (let label = TIERS.length; label < LABELS.length; label += 1) {
        const sums = sentences.map((ids) => said(label, ids));
        const heed = sharesOf(sums.map((sum) => sum * LOUDER));
        const sum = sums.reduce((all, one, at) => all + one * (heed[at] ?? 0), 0);
        const off = 1 / (1 + Math.exp(-sum)) - (right[label] ?? 0);
        for (const [at, share] of heed.entries()) if (share > 0.02) learn(label, sentences[at]??[], off * share);
      }
    }
  }
  return rounded(names, weights, wide);
}

function examplesOf(from: readonly Row[]): { readonly names: readonly string[]; readonly examples: readonly Example[] } {
  const names: string[] = [];
  const vocabulary = openVocabulary(names);
  const known = knownBy(vocabulary);
  const examples = from.map((row): Example => {
    const sentences = signsBySentence(signsIn(row.text, known), settingOf(row, known), vocabulary);
    return { sentences, all: [...new Set(sentences.flat())], right: LABELS.map((label) => label === row.ace_tier || row.shl_tags.includes(label) ? 1 : 0) };
  });
  return { names, examples };
}

/** Every sign there is. */
function openVocabulary(names: string[]): Vocabulary {
  const ids = new Map<string, number>();
  const symbols = new Map(FIRST_SYMBOLS.map((name, symbol) => [name, symbol]));
  const spelt: string[] = [...FIRST_SYMBOLS];
  const named = (name: string): number => {
    const id = ids.get(name) ?? names.length;
    if (id === names.length) names.push(name);
    ids.set(name, id);
    return id;
  };
  return {
    symbolOf: (name) => {
      const known = symbols.get(name) ?? spelt.length;
      if (known === spelt.length) spelt.push(name);
      symbols.set(name, known);
      return known;
    },
    signOf: (symbol) => named(spelt[symbol] ?? ""),
    pairOf: (first, second) => named(`${spelt[first]} ${spelt[second]}`),
    askedOf: (sign) => named(`${names[sign]} ?`),
    named,
  };
}

function knownBy(vocabulary: Vocabulary): Known {
  const automaton = automatonOf([]);
  const lexicon = lexiconOf(automaton, pathTableOf([]), vocabulary);
  return { automaton, lexicon, vocabulary, code: codeIn(vocabulary), effects: [], labels: [], begin: 0, colon: 0 };
}

function signsIn(text: string, known: Known): Signs {
  return readingOf(text, known).signs;
}

function settingOf({ role, before }: Row, known: Known): { readonly role: string; readonly before: Signs | null } {
  const last = before.at(-1);
  return { role, before: last === undefined ? null : signsIn(last, known) };
}

function countsOf(examples: readonly Example[], wide: number): Int32Array {
  const counts = new Int32Array(wide);
  for (const { all } of examples) for (const id of all) counts[id] = (counts[id] ?? 0) + 1;
  return counts;
}

function sharesOf(sums: readonly number[]): readonly number[] {
  const most = Math.max(...sums);
  const parts = sums.map((sum) => Math.exp(sum - most));
  const all = parts.reduce((sum, part) => sum + part, 0);
  return parts.map((part) => part / all);
}

/** The same order each time it is asked for the first time, the second time … */
function shuffler(): <T>(all: readonly T[]) => readonly T[] {
  let seed = 7;
  return (all) => {
    const mixed = [...all];
    for (let at = mixed.length - 1; at > 0; at -= 1) {
      seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
      const with_ = Math.floor((seed / 0x80000000) * (at + 1));
      const one=mixed[at]!; mixed[at]=mixed[with_]!; mixed[with_]=one;
    }
    return mixed;
  };
}

function rounded(names: readonly string[], weights: readonly Float64Array[], wide: number): Weights {
  const of = (id: number): number[] => weights.map((one) => { const hundredths = Math.round((one[id] ?? 0) * 100); return Math.abs(hundredths) < WEIGHT_MIN ? 0 : hundredths; });
  const kept = new Map(names.map((name, id) => [name, of(id)] as const).filter(([, all]) => all.some((one) => one !== 0)));
  for (const name of [...kept.keys()]) if (name.endsWith(" ?") && !kept.has(name.slice(0, -2))) kept.set(name.slice(0, -2), LABELS.map(() => 0));
  return { bias: weights.map((one) => Math.round((one[wide] ?? 0) * 100)), signs: Object.fromEntries([...kept].toSorted(([a], [b]) => (a < b ? -1 : 1))) };
}

function textOf({ bias, signs }: Weights): string {
  const lines = Object.entries(signs).map(([name, all]) => `    ${JSON.stringify(name)}: [${all.join(", ")}]`);
  return `{\n  "labels": [${LABELS.map((label) => JSON.stringify(label)).join(", ")}],\n  "bias": [${bias.join(", ")}],\n  "signs": {\n${lines.join(",\n")}\n  }\n}`;
}
