/** Mutants for what is pure: parsers (P, H), search (F), slices (V), restore (X). */
import type { Mutant } from "./mutant.ts";

const PARSER = ["packages/core/src/sources/claude-code.test.ts"];
const READER = ["packages/core/src/settle/reader.test.ts"];
const SEARCH = ["packages/core/src/search/search.test.ts"];

export const mutants: readonly Mutant[] = [
  {
    promise: "P1",
    what: "an entry nothing was read from says no reason",
    file: "packages/core/src/sources/parse.ts",
    find: "return { messages: [], aside: `no parser for source ${entry.source}` };",
    replace: "return { messages: [], aside: null };",
    tests: PARSER,
  },
  {
    promise: "P2",
    what: "a damaged line is given up whole",
    file: "packages/core/src/sources/salvage.ts",
    find: "return pieces(cleaned);",
    replace: "return { objects: [], lost: whyNot(cleaned) };",
    tests: PARSER,
  },
  {
    promise: "P3",
    what: "an answer depends on how often it was asked",
    file: "packages/core/src/settle/settle.ts",
    find: "const read = parse(entry, sha256);",
    replace: "const read = parse({ ...entry, at: `${Math.random()}` }, sha256);",
    tests: PARSER,
  },
  {
    promise: "P3",
    what: "what was said before the beginning of a stretch is not looked at",
    file: "packages/core/src/settle/reader.ts",
    find: "const oldest = seq - NEIGHBOUR_ENTRIES;",
    replace: "const oldest = seq;",
    tests: READER,
  },
  {
    promise: "P3",
    what: "a reader that came further remembers also what no longer counts",
    file: "packages/core/src/settle/recent.ts",
    find: "one.seq < message.seq - NEIGHBOUR_ENTRIES",
    replace: "one.seq < 0",
    tests: READER,
  },
  {
    promise: "H1",
    what: "a line without a uuid is named by the folder it lies in",
    file: "packages/core/src/sources/claude-code.ts",
    find: "return `${session}@${offset}",
    replace: "return `${entry.key}${session}@${offset}",
    tests: PARSER,
  },
  {
    promise: "F1",
    what: "parts of identifiers are not in the index",
    file: "packages/core/src/search/terms.ts",
    find: "if (humps.length > 1) for (const hump of humps) add(hump, terms);",
    replace: "",
    tests: SEARCH,
  },
  {
    promise: "F2",
    what: "the index keeps capitals and the question does not",
    file: "packages/core/src/search/terms.ts",
    find: 'if (word !== "") terms.add(termOf(word));',
    replace: 'if (word !== "") terms.add(word);',
    tests: SEARCH,
  },
  {
    promise: "F3",
    what: "a second message of an entry is forgotten",
    file: "packages/core/src/search/postings.ts",
    find: "if (sub > 0) putNumber(bytes, sub);",
    replace: "if (sub > 0) putNumber(bytes, 1);",
    tests: SEARCH,
  },
  {
    promise: "V1",
    what: "brackets in texts end an item",
    file: "packages/core/src/wire/slice.ts",
    find: "if (byte === QUOTE) at = endOfString(bytes, at) - 1;",
    replace: "if (byte === 0) at = endOfString(bytes, at) - 1;",
    tests: ["packages/core/src/wire/wire.test.ts"],
  },
  {
    promise: "X1",
    what: "the first record of an offset wins",
    file: "packages/core/src/restore/plan.ts",
    find: "file.pieces.set(place.offset,",
    replace: "if (!file.pieces.has(place.offset)) file.pieces.set(place.offset,",
    tests: ["packages/core/src/restore/plan.test.ts"],
  },
  {
    promise: "X2",
    what: "names may climb",
    file: "packages/core/src/restore/plan.ts",
    find: 'name === ".." ? "__" :',
    replace: "",
    tests: ["packages/core/src/restore/plan.test.ts"],
  },
];
