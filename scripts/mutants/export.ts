/** Mutants for what is handed out as a table (X3 to X5). */
import type { Mutant } from "./mutant.ts";

const ROW = ["packages/core/src/export/row.test.ts"];
const FILE = ["packages/drivers/src/parquet/file.int.test.ts"];

export const mutants: readonly Mutant[] = [
  {
    promise: "X3",
    what: "tokens nobody counted are zero",
    file: "packages/core/src/export/row.ts",
    find: "Number.isSafeInteger(value) ? Number(value) : null",
    replace: "Number.isSafeInteger(value) ? Number(value) : 0",
    tests: ROW,
  },
  {
    promise: "X3",
    what: "half a pair of surrogates is handed on",
    file: "packages/core/src/export/row.ts",
    find: 'typeof value === "string" ? value.toWellFormed() : null',
    replace: 'typeof value === "string" ? value : null',
    tests: ROW,
  },
  {
    promise: "X4",
    what: "a file that came meanwhile is replaced",
    file: "packages/drivers/src/parquet/file.ts",
    find: "if (replace) return await rename(beside, path);",
    replace: "return await rename(beside, path);",
    tests: FILE,
  },
  {
    promise: "X4",
    what: "it is written under its own name",
    file: "packages/drivers/src/parquet/file.ts",
    find: "const beside = `${path}.${process.pid}.part`;",
    replace: "const beside = path;",
    tests: FILE,
  },
  {
    promise: "X4",
    what: "the last group is left out",
    file: "packages/drivers/src/parquet/file.ts",
    find: "      group();\n      void parquet.finish();",
    replace: "      void parquet.finish();",
    tests: FILE,
  },
  {
    promise: "X5",
    what: "a file says who wrote it when",
    file: "packages/drivers/src/parquet/file.ts",
    find: 'createdBy: "verbatim",',
    replace: "createdBy: `verbatim ${performance.now()}`,",
    tests: FILE,
  },
];
