/** Mutants for costs (Y). */
import type { Mutant } from "./mutant.ts";

const FILE = "packages/core/src/usage/cost.ts";
const tests = ["packages/core/src/usage/cost.test.ts"];

export const mutants: readonly Mutant[] = [
  {
    promise: "Y1",
    what: "a kind of token without a price is free",
    file: FILE,
    find: "(rates[kind] ?? Number.NaN)",
    replace: "(rates[kind] ?? 0)",
    tests,
  },
  {
    promise: "Y1",
    what: "a count that was not given is none",
    file: FILE,
    find: "output: countOf(usage.output_tokens) ?? Number.NaN",
    replace: "output: countOf(usage.output_tokens) ?? 0",
    tests,
  },
  {
    promise: "Y2",
    what: "each kind of token is rounded by itself",
    file: FILE,
    find: "sum += tokens * (rates[kind] ?? Number.NaN);",
    replace:
      "sum += Math.ceil((tokens * (rates[kind] ?? Number.NaN)) / TOKENS_PRICED) * TOKENS_PRICED;",
    tests,
  },
];
