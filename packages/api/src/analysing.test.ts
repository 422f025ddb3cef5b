import { expect, test } from "bun:test";
import type { TallyRow } from "@verbatim/core";
import { breakdownOf, timelineOf } from "./analysing.ts";

const row = (hour: number, speaker: string, tally: TallyRow["tally"]): TallyRow => ({
  hour: `2026-01-0${1 + Math.floor(hour / 24)}T${String(hour % 24).padStart(2, "0")}:00:00.000Z`,
  project: "/home/ada",
  speaker,
  tally,
});
const rows: readonly TallyRow[] = [
  row(1, "ada", {
    message: { all: 3, counted: 2, duplicate: 1 },
    receiver: { bob: 2 },
    sum: { words: 10 },
    tool_call: { Bash: 4 },
    tool_error: { Bash: 1 },
  }),
  row(2, "bob", {
    message: { all: 4, counted: 4 },
    receiver: { ada: 1, constructor: 1 },
    call: { m: 2, n: 1 },
    unpriced: { n: 1 },
    cost_micro_usd: { m: 70 },
    input_tokens: { m: 5, n: 6 },
    output_tokens: { m: 7, n: 8 },
  }),
  row(30, "bob", { message: { all: 1, machine: 1 } }),
];

test("a timeline has the days or hours in which something was said", () => {
  expect(timelineOf(rows, "day")).toEqual([
    { at: "2026-01-01", messages: 7, counted: 6, words: 10, tool_calls: 4, tokens: 26 },
    { at: "2026-01-02", messages: 1, counted: 0, words: 0, tool_calls: 0, tokens: 0 },
  ]);
  expect(timelineOf(rows, "hour").map(({ at, messages }) => [at.slice(0, 13), messages])).toEqual([
    ["2026-01-01T01", 3],
    ["2026-01-01T02", 4],
    ["2026-01-02T06", 1],
  ]);
});

test("a breakdown counts by name, the most first, with its share of all", () => {
  expect(breakdownOf(rows, "speakers")).toEqual([
    { name: "bob", count: 4, share: 4 / 6 },
    { name: "ada", count: 2, share: 2 / 6 },
  ]);
  expect(breakdownOf(rows, "pairs").map(({ name, to, count }) => [name, to, count])).toEqual([
    ["ada", "bob", 2],
    ["bob", "ada", 1],
    ["bob", "constructor", 1],
  ]);
  expect(breakdownOf(rows, "tools")).toEqual([{ name: "Bash", count: 4, share: 1, errors: 1 }]);
  expect(breakdownOf(rows, "standings").map(({ name }) => name)).toEqual([
    "counted",
    "duplicate",
    "machine",
  ]);
  expect(breakdownOf([], "tags")).toEqual([]);
  const nowhere = rows.map((one) => ({ ...one, project: "" }));
  expect(breakdownOf(nowhere, "projects")).toEqual([{ name: "(none)", count: 6, share: 1 }]);
});
