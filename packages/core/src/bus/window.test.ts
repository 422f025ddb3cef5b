import { expect, test } from "bun:test";
import fc from "fast-check";
import type { Entry } from "../message/heard.ts";
import { anEntry } from "../testing/samples.ts";
import { encodeFrames } from "./frames.ts";
import { openWindow } from "./window.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);

const REPLAYED: ReadonlySet<string> = new Set(["pub", "sure"]);

function published(seq: number, way = "pub"): Entry {
  const raw = encodeFrames([bytesOf("ada"), bytesOf(`number ${seq}`)]);
  return anEntry(seq, { source: "bus", key: `${way}/s-${seq}`, raw });
}

/** What is heard: some seqs are passed over, some entries are nobody's to replay. */
const heard = fc.array(
  fc.record({
    step: fc.integer({ min: 1, max: 3 }),
    way: fc.constantFrom("pub", "sure", "push", "mesh", "other"),
    isRepeated: fc.boolean(),
  }),
  { maxLength: 60 },
);

test("B4: every published entry after from() up to to() is there, in order, and what is older is forgotten first", () => {
  const most = fc.integer({ min: 1, max: 20 });
  fc.assert(
    fc.property(
      fc.nat(50),
      most,
      heard,
      fc.nat(120),
      fc.nat(70),
      (start, keep, said, after, limit) => {
        const window = openWindow(start, keep);
        const all: number[] = [];
        let seq = start;
        for (const one of said) {
          seq += one.step;
          const entry = one.way === "other" ? anEntry(seq) : published(seq, one.way);
          window.hear(entry);
          if (one.isRepeated) window.hear(entry);
          if (REPLAYED.has(one.way)) all.push(seq);
          const forgotten = all.slice(0, Math.max(0, all.length - keep));
          expect(window.to()).toBe(seq);
          expect(window.from()).toBe(forgotten.at(-1) ?? start);
          expect(window.count()).toBe(Math.min(all.length, keep));
        }
        const there = all.slice(-keep);
        expect(window.after(window.from(), 1000).map((one) => one.seq)).toEqual(there);
        const expected = there.filter((one) => one > after).slice(0, limit);
        expect(window.after(after, limit).map((one) => one.seq)).toEqual(expected);
      },
    ),
    { numRuns: 300 },
  );
});

test("B4: a message in the window is what was published, topic and payload apart", () => {
  const window = openWindow(6);
  window.hear(published(7));
  const [only] = window.after(6, 10);
  expect(only).toEqual({ seq: 7, topic: bytesOf("ada"), payload: [bytesOf("number 7")] });
});

test("B4: an older seq that comes again changes nothing", () => {
  const window = openWindow(0);
  for (const seq of [1, 2, 3, 2, 1]) window.hear(published(seq));
  expect(window.after(0, 10).map((one) => one.seq)).toEqual([1, 2, 3]);
  expect(window.to()).toBe(3);
});

test("B4: large messages are forgotten by their bytes, and the newest always stays", () => {
  const window = openWindow(0);
  const large = (seq: number, bytes: number): Entry => {
    const raw = encodeFrames([bytesOf("ada"), new Uint8Array(bytes)]);
    return anEntry(seq, { source: "bus", key: `pub/s-${seq}`, raw });
  };
  for (let seq = 1; seq <= 5; seq += 1) window.hear(large(seq, 30 * 1024 * 1024));
  expect([window.from(), window.count()]).toEqual([3, 2]);
  window.hear(large(6, 65 * 1024 * 1024));
  expect([window.from(), window.count()]).toEqual([5, 1]);
  expect(window.after(5, 10).map((one) => one.seq)).toEqual([6]);
});

test("what is forgotten is let go of at once, not when much of it has gathered", async () => {
  const window = openWindow(0, 10);
  const kept: WeakRef<object>[] = [];
  for (let seq = 1; seq <= 19; seq += 1) {
    window.hear(published(seq));
    for (const one of window.after(seq - 1, 1)) kept.push(new WeakRef(one));
  }
  const isThere = () => kept.map((one) => one.deref() !== undefined);
  // A reference is held to the end of the turn in which it was made or looked at.
  for (let at = 0; at < 20; at += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    Bun.gc(true);
  }
  expect(isThere().slice(0, 9).filter(Boolean).length).toBeLessThan(4);
  expect(isThere().slice(9)).toEqual(new Array(10).fill(true));
  expect(window.count()).toBe(10);
});
