/** Mutants for exports as jobs, and for documents of sessions (Q4, Q10, X50 to X54). */
import type { Mutant } from "./mutant.ts";

const PLACES = ["packages/drivers/src/exports/exports.test.ts"];

export const mutants: readonly Mutant[] = [
  {
    promise: "V42",
    what: "an export stays that was made while somebody was forgotten",
    file: "packages/workers/src/exporting.ts",
    find: "      if (await isSame()) return made;",
    replace: "      return made;",
    tests: ["packages/workers/src/exporting.test.ts"],
  },
  {
    promise: "V42",
    what: "an export ends with an error because a forget took its half away",
    file: "packages/workers/src/exporting.ts",
    find: "      if (signal.aborted || (await isSame())) throw error;",
    replace: "      throw error;",
    tests: ["packages/workers/src/exporting.test.ts"],
  },
  {
    promise: "Q4",
    what: "a job that runs does not hear that it was cancelled",
    file: "packages/drivers/src/queue/cancelling.ts",
    find: "(wanted) => wanted && stop(),",
    replace: '(wanted) => !wanted && id === "" && stop(),',
    tests: ["packages/drivers/src/queue/cancelling.int.test.ts"],
  },
  {
    promise: "Q4",
    what: "a job that was cancelled is tried again",
    file: "packages/drivers/src/queue/worker.ts",
    find: "throw new UnrecoverableError(CANCELLED);",
    replace: "throw new Error(CANCELLED);",
    tests: ["packages/drivers/src/queue/cancelling.int.test.ts"],
  },
  {
    promise: "Q10",
    what: "a job that waited is forgotten when it is cancelled",
    file: "packages/drivers/src/queue/cancelling.ts",
    find: "if (await removed(job)) return;",
    replace: "await removed(job);",
    tests: ["packages/drivers/src/queue/cancelling.int.test.ts"],
  },
  {
    promise: "X50",
    what: "an export that is being made is not listed",
    file: "packages/api/src/routes/exports-listed.ts",
    find: 'const UNDER_WAY: readonly JobState[] = ["active", "waiting", "delayed", "failed"];',
    replace: 'const UNDER_WAY: readonly JobState[] = ["waiting", "delayed", "failed"];',
    tests: ["packages/api/src/routes/exports.test.ts"],
  },
  {
    promise: "X50",
    what: "one whose job is not over yet is listed twice",
    file: "packages/api/src/routes/exports-listed.ts",
    find: "return kept.some((one) => one?.job_id === id);",
    replace: "return kept.some((one) => one?.job_id === name);",
    tests: ["packages/api/src/routes/exports.test.ts"],
  },
  {
    promise: "X51",
    what: "what a killed worker left half written stays",
    file: "packages/drivers/src/exports/shelf.ts",
    find: "    await sweepParts(dir);\n",
    replace: "",
    tests: ["tests/exports.e2e.test.ts"],
  },
  {
    promise: "X52",
    what: "what a killed export left beside stays",
    file: "packages/drivers/src/exports/places.ts",
    find: "  await sweepBeside(named);\n",
    replace: "",
    tests: PLACES,
  },
  {
    promise: "X53",
    what: "a day is written above every piece",
    file: "packages/core/src/sessions/export-markdown.ts",
    find: "        day = dayOf(message.at);\n        parts.push(...saidBy(message));\n      }",
    replace:
      '        day = dayOf(message.at);\n        parts.push(...saidBy(message));\n      }\n      day = "";',
    tests: ["packages/core/src/sessions/export.test.ts"],
  },
  {
    promise: "X54",
    what: "only the first page is sent",
    file: "packages/api/src/sessions/document.ts",
    find: "    if (next === null) return;",
    replace: "    if (next !== from) return;",
    tests: ["packages/api/src/sessions/document.test.ts"],
  },
];
