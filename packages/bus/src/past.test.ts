import { expect, test } from "bun:test";
import type { Entry, JournalReader } from "@verbatim/core";
import { pastOf } from "./past.ts";

const raw = new TextEncoder().encode("3:ada,1:x,");

function journalOf(entries: readonly Entry[]): Pick<JournalReader, "read"> {
  return {
    read: async ({ from, to, entries: most }) =>
      entries.filter((one) => one.seq >= from && one.seq <= to).slice(0, Math.min(most, 300)),
  };
}

/** Every `step`th entry was published. */
function entriesOf(count: number, step: number): readonly Entry[] {
  return Array.from({ length: count }, (_, at) => ({
    ...{ seq: at + 1, at: "2026-11-21T02:00:00.000Z", raw },
    ...((at + 1) % step === 0
      ? { source: "bus", key: `pub/s-${at + 1}` }
      : { source: "api", key: `k-${at + 1}` }),
  }));
}

test("a bus that starts again has the newest it published, up to where the journal is safe", async () => {
  const window = await pastOf(journalOf(entriesOf(5000, 10)), 4995);
  expect([window.from(), window.to(), window.count()]).toEqual([0, 4995, 499]);
  const seqs = window.after(window.from(), 10_000).map((one) => one.seq);
  expect(seqs).toEqual(Array.from({ length: 499 }, (_, at) => (at + 1) * 10));
});

test("no more is looked for than the window holds, and where it begins it is whole", async () => {
  const window = await pastOf(journalOf(entriesOf(14_000, 1)), 14_000);
  expect(window.count()).toBe(10_000);
  expect([window.from(), window.to()]).toEqual([4000, 14_000]);
});

test("an empty journal has no past", async () => {
  const window = await pastOf(journalOf([]), 0);
  expect([window.from(), window.to(), window.count()]).toEqual([0, 0, 0]);
});
