/** Mutants for the deep store (S, C), what is believed of it (A1), and supervision (U). */
import type { Mutant } from "./mutant.ts";

const DEEP = ["packages/drivers/src/store/store.int.test.ts"];
const OLDER = ["packages/api/src/older.test.ts"];
const UP = ["packages/cli/src/up/up.test.ts"];

export const mutants: readonly Mutant[] = [
  {
    promise: "S1",
    what: "what is saved already is saved again",
    file: "packages/drivers/src/store/save.ts",
    find: "stretch.filter((one) => one.entry.seq > settledTo)",
    replace: "stretch.filter((one) => one.entry.seq > 0)",
    tests: DEEP,
  },
  {
    promise: "S2",
    what: "the last record of an id wins the name",
    file: "packages/drivers/src/store/save.ts",
    find: "ON CONFLICT DO NOTHING RETURNING seq, sub",
    replace: "ON CONFLICT (uid) DO UPDATE SET seq = excluded.seq RETURNING seq, sub",
    tests: DEEP,
  },
  {
    promise: "S3",
    what: "what is aside is counted as stored",
    file: "packages/drivers/src/store/save.ts",
    find: "fresh.length - aside,",
    replace: "fresh.length,",
    tests: DEEP,
  },
  {
    promise: "S4",
    what: "a repeat with other bytes keeps none",
    file: "packages/drivers/src/store/save.ts",
    find: "first?.raw_uid !== raw_uid",
    replace: "first === undefined",
    tests: DEEP,
  },
  {
    promise: "S5",
    what: "the tail is not looked at",
    file: "packages/drivers/src/store/search.ts",
    find: "yield await tailPlaces(client, wanted, after);",
    replace: "",
    tests: DEEP,
  },
  {
    promise: "A1",
    what: "a database of another journal is believed",
    file: "packages/api/src/posting.ts",
    find: "one.journal_id === journal_id && one.settled_to <= heard",
    replace: "one.settled_to <= heard",
    tests: OLDER,
  },
  {
    promise: "A1",
    what: "a database that is ahead of the journal is believed",
    file: "packages/api/src/posting.ts",
    find: "one.journal_id === journal_id && one.settled_to <= heard",
    replace: "one.journal_id === journal_id",
    tests: OLDER,
  },
  {
    promise: "C1",
    what: "a text's NUL is sent as it is",
    file: "packages/drivers/src/store/copy.ts",
    find: 'value.replaceAll("\\0", "\\ufffd")',
    replace: "value",
    tests: DEEP,
  },
  {
    promise: "C1",
    what: "a text's length is counted in characters",
    file: "packages/drivers/src/store/copy.ts",
    find: "buffer.writeInt32BE(written, at);",
    replace: "buffer.writeInt32BE(value.length, at);",
    tests: DEEP,
  },
  {
    promise: "U1",
    what: "restarts are not counted",
    file: "packages/cli/src/up/keep.ts",
    find: "restarts: state.restarts + 1",
    replace: "restarts: state.restarts",
    tests: UP,
  },
  {
    promise: "U3",
    what: "a program that cannot start is waited for, for ever",
    file: "packages/cli/src/up/keep.ts",
    find: "} else first.reject(cannotStart(options.name, running));",
    replace: "}",
    tests: UP,
  },
  {
    promise: "U2",
    what: "what was stopped is started again",
    file: "packages/cli/src/up/keep.ts",
    find: "stopping = true;",
    replace: "stopping = false;",
    tests: UP,
  },
];
