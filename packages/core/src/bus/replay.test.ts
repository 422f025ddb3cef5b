import { expect, test } from "bun:test";
import fc from "fast-check";
import type { JournalReader } from "../journal/port.ts";
import type { Entry } from "../message/heard.ts";
import { anEntry } from "../testing/samples.ts";
import { encodeFrames } from "./frames.ts";
import { type Replayed, replayed } from "./replay.ts";
import { openWindow, type Window } from "./window.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);
const TOPICS = ["ada", "ada.core", "bob", ""];

type Planned = { readonly topic: string; readonly way: string };

function entryOf({ topic, way }: Planned, seq: number): Entry {
  if (way === "other") return anEntry(seq);
  const raw = encodeFrames([bytesOf(topic), bytesOf(String(seq))]);
  return anEntry(seq, { source: "bus", key: `${way}/s-${seq}`, raw });
}

/** A journal that gives at most `most` entries at a time, whatever is asked. */
function journalOf(entries: readonly Entry[], most = 7): Pick<JournalReader, "read"> {
  return {
    read: async ({ from, to, entries: asked }) =>
      entries.filter((one) => one.seq >= from && one.seq <= to).slice(0, Math.min(asked, most)),
  };
}

/** A window over the newest `keep` of what was published behind `start`. */
function windowOf(entries: readonly Entry[], start: number, keep: number): Window {
  const window = openWindow(start, keep);
  for (const one of entries) if (one.seq > start) window.hear(one);
  return window;
}

function fits(entry: Entry, planned: Planned, prefixes: readonly string[]): boolean {
  const isPublished = entry.key.startsWith("pub/") || entry.key.startsWith("sure/");
  return isPublished && prefixes.some((prefix) => planned.topic.startsWith(prefix));
}

const plan = fc.array(
  fc.record({
    topic: fc.constantFrom(...TOPICS),
    way: fc.constantFrom("pub", "sure", "push", "mesh", "other"),
  }),
  { maxLength: 60 },
);
const prefixes = fc.array(fc.constantFrom("", "ada", "ada.", "b", "x"), {
  minLength: 1,
  maxLength: 3,
});

test("B5: asked in steps, everything that fits is given once, in order, wherever it comes from", async () => {
  const ask = fc.record({
    start: fc.nat(60),
    keep: fc.integer({ min: 1, max: 30 }),
    after: fc.nat(70),
  });
  await fc.assert(
    fc.asyncProperty(plan, prefixes, ask, async (planned, asked, { start, keep, after }) => {
      const entries = planned.map((one, at) => entryOf(one, at + 1));
      const window = windowOf(entries, Math.min(start, entries.length), keep);
      const ports = { journal: journalOf(entries), window };
      const topics = asked.map(bytesOf);
      const seqs: number[] = [];
      for (let place = after; ; ) {
        const step: Replayed = await replayed({ after: place, topics }, ports);
        seqs.push(...step.messages.map((one) => one.seq));
        expect(step.messages.every((one) => one.seq > place && one.seq <= step.to)).toBe(true);
        if (step.to === place) break;
        expect(step.to).toBeGreaterThan(place);
        place = step.to;
      }
      const expected = entries.filter((one, at) => {
        const what = planned[at];
        return one.seq > after && what !== undefined && fits(one, what, asked);
      });
      expect(seqs).toEqual(expected.map((one) => one.seq));
    }),
    { numRuns: 300 },
  );
});

test("B5: what is published between two questions comes with the second", async () => {
  const planned = Array.from({ length: 1400 }, () => ({ topic: "ada", way: "pub" }));
  const entries = planned.map(entryOf);
  const all = entries.map((entry, at) => ({ ...entry, seq: at + 1 }));
  const window = openWindow(200, 5000);
  for (const one of all.slice(200, 1300)) window.hear(one);
  const ports = { journal: journalOf(all, 500), window };
  const seqs: number[] = [];
  for (let place = 150; place < 1400; ) {
    const step = await replayed({ after: place, topics: [bytesOf("")] }, ports);
    seqs.push(...step.messages.map((one) => one.seq));
    if (place < 1300 && step.to >= 1300) for (const one of all.slice(1300)) window.hear(one);
    place = step.to;
  }
  expect(seqs).toEqual(Array.from({ length: 1250 }, (_, at) => at + 151));
});

test("B5: a journal with nothing left before the window leads into the window", async () => {
  const window = openWindow(10);
  window.hear(entryOf({ topic: "ada", way: "pub" }, 11));
  const ports = { journal: journalOf([]), window };
  expect(await replayed({ after: 3, topics: [bytesOf("")] }, ports)).toEqual({
    messages: [],
    to: 10,
  });
  const next = await replayed({ after: 10, topics: [bytesOf("")] }, ports);
  expect(next.messages.map((one) => one.seq)).toEqual([11]);
});

test("a journal that cannot be read is said to whoever asked", async () => {
  const journal = { read: async () => Promise.reject(new Error("damaged")) };
  const asked = replayed({ after: 0, topics: [bytesOf("")] }, { journal, window: openWindow(5) });
  await expect(asked).rejects.toThrow("damaged");
});
