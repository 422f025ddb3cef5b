/** What the page keeps of the feed. */
import { expect, test } from "bun:test";
import type { EnrichedMessage } from "@verbatim/core";
import { after, byMinute, MINUTES_MAX } from "./live.ts";

const said = (seq: number) =>
  ({ seq, sub: 0, heard_at: new Date(seq * 1000).toISOString() }) as EnrichedMessage;
const came = (...seqs: number[]) => ({ kind: "came", messages: seqs.map(said) }) as const;
const none = { shown: [], waiting: [], minutes: [], broken: null, missed: 0, isPaused: false };
const seqs = (messages: readonly EnrichedMessage[]) => messages.map(({ seq }) => seq);

test("what comes is shown newest first", () => {
  expect(seqs(after(after(none, came(1, 2)), came(3)).shown)).toEqual([3, 2, 1]);
});

test("while it is paused nothing moves, and all of it is there when it goes on", () => {
  const paused = after(after(none, came(1)), { kind: "pause", on: true });
  const later = after(after(paused, came(2)), came(3, 4));
  expect(seqs(later.shown)).toEqual([1]);
  expect(later.waiting.length).toBe(3);
  const on = after(later, { kind: "pause", on: false });
  expect(seqs(on.shown)).toEqual([4, 3, 2, 1]);
  expect(on.waiting).toEqual([]);
});

test("B43: a page that is left open for hours keeps no more than at first", () => {
  let kept = after(none, came());
  for (let seq = 1; seq <= 5000; seq += 1) kept = after(kept, came(seq));
  expect(kept.shown.length).toBe(200);
  expect(kept.shown[0]?.seq).toBe(5000);
  let paused = after(kept, { kind: "pause", on: true });
  for (let seq = 5001; seq <= 9000; seq += 1) paused = after(paused, came(seq));
  expect(paused.waiting.length).toBe(200);
});

test("what came is counted by minute, for the last half hour and no longer", () => {
  let kept = after(none, came(1, 2, 61));
  expect(byMinute(kept.minutes, 61_000).slice(-3)).toEqual([0, 2, 1]);
  for (let seq = 62; seq <= 9000; seq += 1) kept = after(kept, came(seq));
  expect(kept.minutes.length).toBe(MINUTES_MAX);
  expect(byMinute(kept.minutes, 9_000_000).slice(-2)).toEqual([60, 1]);
  expect(byMinute(kept.minutes, 99_000_000).every((count) => count === 0)).toBe(true);
});
