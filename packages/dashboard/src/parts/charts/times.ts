/**
 * Hours as they were counted (UTC), put together into the hours, days, weeks or
 * months of whoever looks at them. Pure.
 *
 *   B31  What is drawn over time, and by hour of the week, adds up to what was
 *        counted: no hour is left out or drawn twice, in any zone of time.
 */
import type { Moment } from "@verbatim/api/contract";

export type Unit = "hour" | "day" | "week" | "month";
export type Measure = "messages" | "counted" | "words" | "tool_calls" | "tokens";

/** A stretch of time with what was counted in it; `until` is not in it. */
export type Bucket = { readonly since: Date; readonly until: Date; readonly value: number };

const HOUR_MS = 3_600_000;
const DAY_MS: number = 24 * HOUR_MS;
const HOURS_DRAWN = 72;
const DAYS_DRAWN = 120;
const WEEKS_DRAWN = 120;

/** The smallest unit of which there are not too many to draw. */
export function unitFor(ms: number): Unit {
  if (ms <= HOURS_DRAWN * HOUR_MS) return "hour";
  if (ms <= DAYS_DRAWN * DAY_MS) return "day";
  return ms <= WEEKS_DRAWN * 7 * DAY_MS ? "week" : "month";
}

/** The beginning of the unit that a moment is in, by the clock of the viewer. Weeks begin on Monday. */
export function startOf(at: Date, unit: Unit): Date {
  const [year, month, day] = [at.getFullYear(), at.getMonth(), at.getDate()];
  switch (unit) {
    case "hour":
      return new Date(Math.floor(at.getTime() / HOUR_MS) * HOUR_MS);
    case "day":
      return new Date(year, month, day);
    case "week":
      return new Date(year, month, day - weekdayOf(at));
    case "month":
      return new Date(year, month, 1);
  }
}

/** The beginning of the next unit. A day may have 23 or 25 hours. */
export function nextOf(start: Date, unit: Unit): Date {
  const [year, month, day] = [start.getFullYear(), start.getMonth(), start.getDate()];
  switch (unit) {
    case "hour":
      return new Date(start.getTime() + HOUR_MS);
    case "day":
      return new Date(year, month, day + 1);
    case "week":
      return new Date(year, month, day + 7);
    case "month":
      return new Date(year, month + 1, 1);
  }
}

/** Every stretch from the first hour to the last, also those in which nothing was. */
export function bucketsOf(
  hours: readonly Moment[],
  measure: Measure,
  unit: Unit,
): readonly Bucket[] {
  const sums = new Map<number, number>();
  for (const hour of hours) {
    const start = startOf(new Date(hour.at), unit).getTime();
    sums.set(start, (sums.get(start) ?? 0) + hour[measure]);
  }
  const starts = [...sums.keys()];
  if (starts.length === 0) return [];
  const last = Math.max(...starts);
  const buckets: Bucket[] = [];
  for (let since = new Date(Math.min(...starts)); since.getTime() <= last; ) {
    const until = nextOf(since, unit);
    buckets.push({ since, until, value: sums.get(since.getTime()) ?? 0 });
    since = until;
  }
  return buckets;
}

/** One hour of the week, with the hours that are in it. */
export type Cell = {
  /** 0 is Monday. */
  readonly weekday: number;
  readonly hour: number;
  readonly value: number;
  readonly hours: readonly Moment[];
};

/** The 168 hours of a week, by the clock of the viewer. */
export function weekOf(hours: readonly Moment[], measure: Measure): readonly Cell[] {
  const found = Map.groupBy(hours, ({ at }) => {
    const date = new Date(at);
    return weekdayOf(date) * 24 + date.getHours();
  });
  return Array.from({ length: 168 }, (_, place) => {
    const some = found.get(place) ?? [];
    return {
      weekday: Math.floor(place / 24),
      hour: place % 24,
      value: some.reduce((sum, one) => sum + one[measure], 0),
      hours: some.filter((one) => one[measure] > 0),
    };
  });
}

function weekdayOf(at: Date): number {
  return (at.getDay() + 6) % 7;
}
