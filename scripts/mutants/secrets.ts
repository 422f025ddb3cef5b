/** Mutants for secrets (N). */
import type { Mutant } from "./mutant.ts";

const tests = ["packages/core/src/enrich/secrets.test.ts"];

export const mutants: readonly Mutant[] = [
  {
    promise: "Z1",
    what: "a kind of token is not looked for",
    file: "packages/core/src/enrich/secrets.ts",
    find: 'needles: ["npm_"],',
    replace: 'needles: ["NPM_"],',
    tests,
  },
  {
    promise: "Z1",
    what: "keywords are taken out of secrets",
    file: "packages/core/src/enrich/enricher.ts",
    find: "secrets.length === 0 ? text : withoutSecrets(text, secrets, READ_CHARS_MAX)",
    replace: "text",
    tests,
  },
  {
    promise: "Z1",
    what: "a value that is said again is a keyword",
    file: "packages/core/src/enrich/secrets.ts",
    find: 'rest = rest.replaceAll(value, " ");',
    replace: "",
    tests,
  },
  {
    promise: "Z2",
    what: "a rule begins anywhere in a run and reads to its end",
    file: "packages/core/src/enrich/secrets.ts",
    find: "(?<![A-Za-z0-9_-])(eyJ",
    replace: "(eyJ",
    tests,
  },
];
