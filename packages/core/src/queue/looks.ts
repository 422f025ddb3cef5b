/**
 * How queues are doing, worked out from what they remember: how much they did
 * lately, how long jobs waited, what failed first, and what comes by the clock.
 *
 *   A41  What was done in the last hour is counted by minute until now: minutes in
 *        which nothing was done are zeros, also those since the last job.
 *
 * Pure: what was remembered in, figures out.
 */
import type { QueueName } from "../names.ts";
import type { QueueCounts } from "./port.ts";

/** Times of the jobs that were looked at. */
export type Spans = { readonly median_ms: number; readonly max_ms: number };

/** One queue as somebody looks at it. */
export type QueueLook = QueueCounts & {
  readonly paused: boolean;
  /** Of the last 60 minutes, the oldest first; the last one is not over yet. */
  readonly done_by_minute: readonly number[];
  readonly done_last_hour: number;
  readonly failed_last_hour: number;
  /** From being due to being begun, of the newest jobs that are done; null when none is remembered. */
  readonly waited: Spans | null;
  /** From being begun to being done. */
  readonly took: Spans | null;
  /** Since when the first in line waits; null when none does. */
  readonly waiting_since: string | null;
  readonly oldest_failed: {
    readonly id: string;
    readonly failed_at: string | null;
    readonly failed_why: string | null;
  } | null;
};

/** A job that comes by the clock. */
export type Scheduled = {
  readonly queue: QueueName;
  readonly name: string;
  readonly every_ms: number | null;
  readonly next_at: string | null;
};

/** All queues at once. */
export type QueuesLook = {
  readonly queues: readonly QueueLook[];
  readonly schedulers: readonly Scheduled[];
};

/** Looking at how the queues are doing. */
export interface QueueWatch {
  look(): Promise<QueuesLook>;
}

/** What a queue remembers of its work by minute: `points` begin with the newest whole one, which ended at `pointsTo`. */
export type Remembered = {
  readonly points: readonly number[];
  readonly pointsToMs: number;
  /** Since then. */
  readonly since: number;
};

const MINUTE_MS = 60_000;
/** Minutes of the look. */
export const MINUTES = 60;

/** The last hour by minute, the oldest first. (A41) */
export function minutesOf({ points, pointsToMs, since }: Remembered, nowMs: number): number[] {
  const passed = Math.max(0, Math.floor((nowMs - pointsToMs) / MINUTE_MS));
  const quiet = Array.from({ length: Math.min(passed, MINUTES) }, () => 0);
  // What was not yet made a point of came in the minute after the last one.
  const newest = passed === 0 ? [since] : [...quiet, since];
  const newestFirst = [...newest, ...points].slice(0, MINUTES);
  return [...newestFirst, ...Array.from({ length: MINUTES }, () => 0)]
    .slice(0, MINUTES)
    .toReversed();
}

/** The middle and the longest of them; null when there is none. */
export function spansOf(ms: readonly number[]): Spans | null {
  const sorted = ms.filter((one) => Number.isFinite(one)).toSorted((a, b) => a - b);
  const max = sorted.at(-1);
  if (max === undefined) return null;
  return {
    median_ms: Math.max(0, sorted[Math.floor((sorted.length - 1) / 2)] ?? 0),
    max_ms: Math.max(0, max),
  };
}
