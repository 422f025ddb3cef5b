import { expect, test } from "bun:test";
import { type Log, storeProblemsOf } from "@verbatim/core";
import { openProblems } from "./problems.ts";

const log: Log = { info: () => {}, warn: () => {}, error: () => {} };

/** A note that fails the first `failures` times it is saved, and gives every text that was saved. */
function aNote(failures = 0) {
  const saved: string[] = [];
  let left = failures;
  const note = {
    load: async () => saved.at(-1) ?? null,
    save: async (text: string) => {
      if (left-- > 0) throw new Error("no room");
      saved.push(text);
    },
  };
  return { note, saved };
}

/** All that was said is written after so many turns: one for each write. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
}

test("problems are written when they change, and what an earlier run left is gone at the start", async () => {
  const { note, saved } = aNote();
  const problems = openProblems(note, log);
  problems.say("redis", null);
  problems.say("postgres", "ahead");
  problems.say("postgres", "ahead");
  await turns();
  expect(storeProblemsOf(saved.at(-1) ?? "")).toEqual({ redis: null, postgres: "ahead" });
  problems.say("postgres", null);
  await turns();
  expect(storeProblemsOf(saved.at(-1) ?? "")).toEqual({ redis: null, postgres: null });
  expect(saved.length).toBeLessThanOrEqual(3);
});

test("what could not be written is written at the next word", async () => {
  const { note, saved } = aNote(2);
  const problems = openProblems(note, log);
  problems.say("redis", "foreign");
  await turns();
  expect(saved).toEqual([]);
  problems.say("redis", "foreign");
  await turns();
  expect(storeProblemsOf(saved.at(-1) ?? "").redis).toBe("foreign");
});

test("a file that is not there or not ours says nothing", () => {
  for (const text of ["", "{", "[]", '{"redis":1,"postgres":null}'])
    expect(storeProblemsOf(text)).toEqual({ redis: null, postgres: null });
});
