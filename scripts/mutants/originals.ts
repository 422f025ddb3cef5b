/** Mutants for exports of original files (X60 to X64). */
import type { Mutant } from "./mutant.ts";

const MAKING = "packages/core/src/export/originals.ts";
const TESTS = ["packages/core/src/export/originals.test.ts"];

export const mutants: readonly Mutant[] = [
  {
    promise: "X60",
    what: "a file has the time it was heard, not that it was written",
    file: MAKING,
    find: "const at = writtenAt({ file, late }, doing.sha256);",
    replace:
      "const at = late.length < 0 ? writtenAt({ file, late }, doing.sha256) : file.heard_at;",
    tests: TESTS,
  },
  {
    promise: "X60",
    what: "what is to be taken out is not, without a word",
    file: "packages/core/src/export/ask.ts",
    find: "if (redact) refuse(",
    replace: "if (redact && records === true) refuse(",
    tests: ["packages/api/src/routes/exports.test.ts"],
  },
  {
    promise: "X60",
    what: "the page saves a transcript and calls it the original",
    file: "packages/dashboard/src/asking/exporting.ts",
    find: 'format: "original"',
    replace: 'format: "jsonl"',
    tests: ["tests/dashboard-jobs.e2e.test.ts"],
  },
  {
    promise: "X61",
    what: "what was forgotten since it was found is given as what stands in its place",
    file: MAKING,
    find: "if (entry.erased === true) return null;",
    replace: "if (entry.erased === true && entry.seq < 0) return null;",
    tests: TESTS,
  },
  {
    promise: "X61",
    what: "a tombstone's bytes are given as the file's",
    file: MAKING,
    find: "erased !== true && raw",
    replace: "(erased ?? true) && raw",
    tests: TESTS,
  },
  {
    promise: "X62",
    what: "bytes come in the order they were heard, not in the file's",
    file: MAKING,
    find: "if (piece.seq <= (rising.at(-1)?.seq ?? 0)) {",
    replace: "if (piece.seq < 0 && rising.length > 0) {",
    tests: TESTS,
  },
  {
    promise: "X63",
    what: "a time is cut to its second",
    file: "packages/core/src/export/tar.ts",
    find: "Number.isInteger(at) && at >= 0",
    replace: "at >= 0",
    tests: ["packages/drivers/src/exports/exports.test.ts"],
  },
  {
    promise: "X64",
    what: "an earlier record stands over a later one",
    file: "packages/core/src/restore/pieces.ts",
    find: "toSorted(([, a], [, b]) => a.seq - b.seq)",
    replace: "toSorted(([, a], [, b]) => b.seq - a.seq)",
    tests: ["packages/core/src/restore/pieces.test.ts"],
  },
];
