/**
 * `bun scripts/train.ts [--keep]`: learns the model of tiers and tags
 * (packages/core/src/enrich/model.json) from dev.jsonl and train.jsonl, never from
 * unseen.jsonl. The same rows give the same weights.
 *
 * How well it generalises is printed first: a fifth of the topics at a time is
 * left out, and judged by what the others taught. --keep stops there.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { figuresOf, macroOf } from "../packages/core/eval/figures.ts";
import { type Example, learnt } from "../packages/core/eval/learn.ts";
import { automatonOf } from "../packages/core/src/enrich/automaton.ts";
import { codeIn, lexiconOf } from "../packages/core/src/enrich/lexicon.ts";
import {
  judged,
  modelOf,
  STATUS_TAGS,
  TIERS,
  type Weights,
} from "../packages/core/src/enrich/model.ts";
import { pathTableOf } from "../packages/core/src/enrich/paths.ts";
import type { Known } from "../packages/core/src/enrich/reader.ts";
import { readingOf } from "../packages/core/src/enrich/reading.ts";
import {
  type Around,
  eachSentence,
  FIRST_SYMBOLS,
  type Signs,
  traitsOf,
  type Vocabulary,
} from "../packages/core/src/enrich/signs.ts";
import { SURE_MIN } from "../packages/core/src/enrich/tags.ts";

/** Weights below this many hundredths are nothing. */
const WEIGHT_MIN = 6;
const FOLDS = 5;

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
const MODEL = join(import.meta.dir, "../packages/core/src/enrich/model.json");
const rows = ["dev.jsonl", "train.jsonl"].flatMap(rowsOf);

validate();
if (!process.argv.includes("--keep")) writeFileSync(MODEL, textOf(taught(rows)));

/** What a program prints is never judged, so nothing is learnt of it. */
function rowsOf(name: string): readonly Row[] {
  return readFileSync(join(import.meta.dir, "../packages/core/eval", name), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line): Row => JSON.parse(line))
    .filter(({ role }) => role !== "tool" && role !== "system");
}

function topicOf({ topic, chain_type }: Row): string {
  return topic ?? `dev: ${chain_type}`;
}

/** Prints the figures of rows whose topics were not learnt from. */
function validate(): void {
  const topics = [...new Set(rows.map(topicOf))];
  const said = new Map<Row, readonly string[]>();
  let sureness = 0;
  for (let fold = 0; fold < FOLDS; fold += 1) {
    const out = (row: Row): boolean => topics.indexOf(topicOf(row)) % FOLDS === fold;
    const model = modelOf(taught(rows.filter((row) => !out(row))));
    const known = knownBy(model);
    for (const row of rows.filter(out)) {
      const { sure } = judged("", signsIn(row.text, known), aroundOf(row, known), [], model);
      const most = Math.max(...sure.slice(0, TIERS.length));
      sureness += most;
      said.set(
        row,
        LABELS.filter((_, at) =>
          at < TIERS.length ? sure[at] === most : (sure[at] ?? 0) >= SURE_MIN,
        ),
      );
    }
  }
  const right = rows.filter((row) => said.get(row)?.includes(row.ace_tier)).length / rows.length;
  print(`tiers: right ${part(right, 4)}, sure ${part(sureness / rows.length, 4)} on average\n`);
  for (const [name, some] of [
    ["dev.jsonl", rows.filter(({ topic }) => topic === undefined)],
    ["train.jsonl", rows.filter(({ topic }) => topic !== undefined)],
  ] as const) {
    const figures = figuresOf(
      some.map((row) => ({ right: [row.ace_tier, ...row.shl_tags], said: said.get(row) ?? [] })),
      LABELS,
    );
    print(`${name}, each fifth of the topics judged by the others: ${some.length} messages`);
    for (const { label, count, precision, recall, f1 } of figures)
      print(
        `  ${label.padEnd(22)}${String(count).padStart(5)}${part(precision, 11)}${part(recall, 8)}${part(f1, 7)}`,
      );
    const tiers = macroOf(figures.slice(0, TIERS.length)).toFixed(3);
    print(`  macro-F1 tiers ${tiers}, tags ${macroOf(figures.slice(TIERS.length)).toFixed(3)}\n`);
  }
}

/** The weights these rows teach, in hundredths. */
function taught(from: readonly Row[]): Weights {
  const names: string[] = [];
  const vocabulary = openVocabulary(names);
  const known = knownBy(vocabulary);
  const examples = from.map((row): Example => {
    const sentences: (readonly number[])[] = [];
    eachSentence(signsIn(row.text, known), aroundOf(row, known), vocabulary, (ids) =>
      sentences.push([...new Set(ids.filter((id) => id >= 0))]),
    );
    const right = LABELS.map((label) =>
      label === row.ace_tier || row.shl_tags.includes(label) ? 1 : 0,
    );
    return { sentences, all: [...new Set(sentences.flat())], right };
  });
  const { bias, weights } = learnt(examples, names.length, TIERS.length, LABELS.length);
  return { bias: bias.map(hundredths), signs: keptOf(names, weights) };
}

function hundredths(weight: number): number {
  return Math.round(weight * 100);
}

/** The signs that say something, in the order of the alphabet; a sign in a question needs the sign itself. */
function keptOf(
  names: readonly string[],
  weights: readonly Float64Array[],
): Readonly<Record<string, readonly number[]>> {
  const kept = new Map<string, readonly number[]>();
  for (const [id, name] of names.entries()) {
    const own = weights.map((of) => hundredths(of[id] ?? 0));
    const loud = own.map((one) => (Math.abs(one) < WEIGHT_MIN ? 0 : one));
    if (loud.every((one) => one === 0)) continue;
    kept.set(name, loud);
    const plain = name.replace(/ \?$/, "");
    if (!kept.has(plain))
      kept.set(
        plain,
        loud.map(() => 0),
      );
  }
  return Object.fromEntries([...kept].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Every sign there is, numbered as it comes. */
function openVocabulary(names: string[]): Vocabulary {
  const named = numbering(names, []);
  const spelt: string[] = [];
  const symbolOf = numbering(spelt, FIRST_SYMBOLS);
  return {
    symbolOf,
    signOf: (symbol) => named(spelt[symbol] ?? ""),
    pairOf: (first, second) => named(`${spelt[first]} ${spelt[second]}`),
    askedOf: (sign) => named(`${names[sign]} ?`),
    traits: traitsOf(named),
  };
}

function numbering(names: string[], first: readonly string[]): (name: string) => number {
  const ids = new Map<string, number>();
  const number = (name: string): number => {
    const id = ids.get(name) ?? names.length;
    if (id === names.length) names.push(name);
    ids.set(name, id);
    return id;
  };
  for (const name of first) number(name);
  return number;
}

/** A reader that gathers signs and looks for nothing else. */
function knownBy(vocabulary: Vocabulary): Known {
  const automaton = automatonOf([]);
  const lexicon = lexiconOf(automaton, pathTableOf([]), vocabulary);
  const rest = { effects: [], labels: [], begin: 0, colon: 0 };
  return { automaton, lexicon, vocabulary, code: codeIn(vocabulary), ...rest };
}

function signsIn(text: string, known: Known): Signs {
  return readingOf(text, known).signs;
}

function aroundOf({ before, role }: Row, known: Known): Around {
  const last = before.at(-1);
  return {
    before: last === undefined ? null : signsIn(last, known),
    byAssistant: role === "assistant",
  };
}

function textOf({ bias, signs }: Weights): string {
  const lines = Object.entries(signs).map(
    ([name, all]) => `    ${JSON.stringify(name)}: [${all.join(", ")}]`,
  );
  const labels = LABELS.map((label) => `    ${JSON.stringify(label)}`).join(",\n");
  return `{\n  "labels": [\n${labels}\n  ],\n  "bias": [${bias.join(", ")}],\n  "signs": {\n${lines.join(",\n")}\n  }\n}\n`;
}

function part(value: number, wide: number): string {
  return value.toFixed(2).padStart(wide);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
