/** Figures of queues. */
import { expect, test } from "bun:test";
import { MINUTES, minutesOf, spansOf } from "./looks.ts";

const MINUTE = 60_000;
const now = Date.parse("2026-01-01T12:00:30.000Z");

test("A41: the last hour is told by minute until now, quiet minutes as zeros", () => {
  const busy = minutesOf({ points: [5, 4], pointsToMs: now - 30_000, since: 2 }, now);
  expect(busy.length).toBe(MINUTES);
  expect(busy.slice(-4)).toEqual([0, 4, 5, 2]);
  const quiet = minutesOf({ points: [5, 4], pointsToMs: now - 3 * MINUTE - 1, since: 2 }, now);
  expect(quiet.slice(-7)).toEqual([0, 4, 5, 2, 0, 0, 0]);
  const long = minutesOf({ points: [5, 4], pointsToMs: now - 90 * MINUTE, since: 2 }, now);
  expect(long).toEqual(Array.from({ length: MINUTES }, () => 0));
  const full = minutesOf(
    { points: Array.from({ length: 80 }, (_, at) => at), pointsToMs: now, since: 7 },
    now,
  );
  expect(full.at(-1)).toBe(7);
  expect(full[0]).toBe(58);
});

test("the middle and the longest of times, and nothing of none", () => {
  expect(spansOf([])).toBeNull();
  expect(spansOf([Number.NaN])).toBeNull();
  expect(spansOf([30, 10, 20])).toEqual({ median_ms: 20, max_ms: 30 });
  expect(spansOf([-5])).toEqual({ median_ms: 0, max_ms: 0 });
});
