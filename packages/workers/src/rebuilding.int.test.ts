/** Rebuilding the deep store through the pipeline, with a journal of memory and a real Postgres. */
import { afterAll, beforeEach, expect, test } from "bun:test";
import { hash } from "node:crypto";
import { type Entry, makeSettle, type Settled } from "@verbatim/core";
import { anEntry } from "@verbatim/core/testing";
import { openDeepStore, openLibrary, openRebuilding } from "@verbatim/drivers/store";
import { testDatabaseUrl } from "@verbatim/drivers/testing";
import { type RebuildPorts, rebuild } from "./rebuilding.ts";

const ENTRIES = 1600;
const entries: Entry[] = Array.from({ length: ENTRIES }, (_, one) => anEntry(one + 1));
const settle = makeSettle({ sha256: (data) => hash("sha256", data, "hex") });
const url = await testDatabaseUrl();
const deep = openDeepStore(url);
const library = openLibrary(url);
afterAll(async () => {
  for (const one of [deep, library]) await one[Symbol.asyncDispose]();
});

const settled = (from: number, to: number): Settled[] =>
  entries.slice(from - 1, to).map((entry) => settle(entry));

beforeEach(async () => {
  await deep.clear();
  await deep.claim("journal-1");
  for (let at = 1; at <= ENTRIES; at += 400) await deep.save(settled(at, at + 399));
}, 60_000);

/** Ports whose journal seems to grow, and whose reading fails after so many stretches. */
function portsThat(failsAfter: number): RebuildPorts {
  let read = 0;
  return {
    journal: {
      last: async () => ENTRIES,
      read: async ({ from, to, entries: most }) => {
        read += 1;
        if (read > failsAfter) throw new Error("killed");
        return entries.slice(from - 1, Math.min(to, from - 1 + most));
      },
    },
    settling: async () => settle,
    journalId: async () => "journal-1",
    taxonomy: async () => "standard",
    openRebuilding: () => openRebuilding(url),
    hot: { clear: async () => {}, cursor: async () => 0, reach: async () => {} },
    deep,
    pause: async () => {},
    log: { info: () => {}, warn: () => {}, error: () => {} },
  };
}

const DEEP = { hot: false, deep: true, numbers: false };

test("W12: a rebuild makes the same again, and tells how far it is", async () => {
  const before = await library.totals();
  const told: number[] = [];
  const progress = async ({ done }: { readonly done: number }): Promise<void> =>
    void told.push(done);
  const signal = new AbortController().signal;
  await rebuild({ data: DEEP, progress }, portsThat(1000), signal);
  expect(await library.totals()).toEqual({ ...before, indexed_to: ENTRIES });
  expect(told.at(-1)).toBe(ENTRIES);
  expect(told.length).toBeGreaterThan(3);
}, 60_000);

/** What it failed with. `.rejects` holds up the turns that a long reading gives to others. */
async function whyNot(work: Promise<unknown>): Promise<string> {
  return await work.then(
    () => "it did not fail",
    (error: unknown) => String(error),
  );
}

test("W12: stopped or failed at any stretch, what was in use is in use, and nothing is left", async () => {
  const before = await library.totals();
  for (let stretches = 0; stretches < 4; stretches += 1) {
    const failing = rebuild(
      { data: DEEP, progress: async () => {} },
      portsThat(stretches),
      new AbortController().signal,
    );
    expect(await whyNot(failing)).toContain("killed");
    const stop = new AbortController();
    let told = 0;
    const progress = async (): Promise<void> => {
      told += 1;
      if (told > stretches) stop.abort();
    };
    const stopped = rebuild({ data: DEEP, progress }, portsThat(1000), stop.signal);
    expect(await whyNot(stopped)).toContain("stopped");
    expect(await library.totals()).toEqual(before);
  }
  await using again = await openRebuilding(url);
  await again.next.claim("journal-1");
  expect(await again.next.cursor()).toBe(0);
  await again.abandon();
}, 60_000);
