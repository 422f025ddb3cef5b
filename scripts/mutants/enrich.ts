/** Mutants for enrichment (E). */
import type { Mutant } from "./mutant.ts";

const READING = ["packages/core/src/enrich/reading.test.ts"];
const MODEL = ["packages/core/src/enrich/model.test.ts"];
const ENRICH = ["packages/core/src/enrich/enrich.test.ts"];

export const mutants: readonly Mutant[] = [
  {
    promise: "E1",
    what: "a phrase that begins inside of another is not found",
    file: "packages/core/src/enrich/automaton.ts",
    find: "fail: better.get(symbol) ?? first[symbol] ?? 0",
    replace: "fail: 0",
    tests: READING,
  },
  {
    promise: "E3",
    what: "a chain tag written by hand stands beside the worked out one",
    file: "packages/core/src/enrich/tags.ts",
    find: 'if (!tag.startsWith("@Chain-")) tags[tag]',
    replace: "tags[tag]",
    tests: READING,
  },
  {
    promise: "E5",
    what: "a changed taxonomy keeps its name until somebody counts up its version",
    file: "packages/core/src/enrich/taxonomy.ts",
    find: "sha256(canonical(taxonomy))",
    replace: "sha256(taxonomy.name)",
    tests: ["packages/core/src/enrich/taxonomy.test.ts"],
  },
  {
    promise: "E4",
    what: "counts of another reading are counted on",
    file: "packages/core/src/enrich/reading.ts",
    find: "sense.count = 1;",
    replace: "sense.count += 1;",
    tests: READING,
  },
  {
    promise: "E6",
    what: "a word said again in a sentence counts again",
    file: "packages/core/src/enrich/model.ts",
    find: "if (last === said.turn) continue;",
    replace: "if (id < 0) continue;",
    tests: MODEL,
  },
  {
    promise: "E6",
    what: "the last sentence counts, not the loudest",
    file: "packages/core/src/enrich/model.ts",
    find: "if ((said.own[label] ?? 0) <= (said.sums[label] ?? 0)) continue;",
    replace: "if (best.length > LABELS) continue;",
    tests: MODEL,
  },
  {
    promise: "E4",
    what: "a word is taken for another of its length",
    file: "packages/core/src/enrich/lexicon.ts",
    find: "if (known.hash === hash && isAt(known.text, text, from, to)) return known;",
    replace: "if (known.text.length === to - from) return known;",
    tests: [...READING, ...ENRICH],
  },
  {
    promise: "E7",
    what: "a call of a tool is judged as if somebody had said it",
    file: "packages/core/src/enrich/enricher.ts",
    find: "const said = saidIn(message);",
    replace: "const said = message.text;",
    tests: READING,
  },
  {
    promise: "E7",
    what: "a call of a tool is what an answer answers to",
    file: "packages/core/src/settle/recent.ts",
    find: "const text = saidIn(message).slice(",
    replace: "const text = message.text.slice(",
    tests: ["packages/core/src/settle/reader.test.ts"],
  },
];
