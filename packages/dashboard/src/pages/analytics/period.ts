/**
 * What the numbers are of, as it stands in the address: a period, a project, a
 * speaker; and the way from a number to the messages behind it. Pure.
 */
import { address, type Query } from "../../asking/server.ts";

/** Periods that end now, by their name in the address, in days. */
export const PERIODS: Readonly<Record<string, { readonly name: string; readonly days: number }>> = {
  "1d": { name: "24 hours", days: 1 },
  "7d": { name: "7 days", days: 7 },
  "30d": { name: "30 days", days: 30 },
  "90d": { name: "90 days", days: 90 },
  "1y": { name: "a year", days: 365 },
};
export const ALL = "all";
export const OWN = "own";
export const PERIOD_AT_FIRST = "30d";

const HOUR_MS = 3_600_000;
const DAY_MS: number = 24 * HOUR_MS;

export type Chosen = {
  readonly period: string;
  /** Days in the viewer's calendar, for a period of one's own; "" where none is said. */
  readonly since: string;
  readonly until: string;
  readonly project: string;
  readonly speaker: string;
};

/** What the server is asked: moments, in whole hours. Without `since` it is everything. */
export type Span = { readonly since?: string; readonly until?: string };

/** The span of what was chosen; the last hour is whole, so that the same question stays the same for an hour. */
export function spanOf({ period, since, until }: Chosen, now: number): Span {
  if (period === ALL) return {};
  if (period === OWN)
    return {
      ...(since === "" ? {} : { since: dayStart(since, 0) }),
      ...(until === "" ? {} : { until: dayStart(until, 1) }),
    };
  const days = (PERIODS[period] ?? PERIODS[PERIOD_AT_FIRST])?.days ?? 0;
  const end = Math.ceil(now / HOUR_MS) * HOUR_MS;
  return {
    since: new Date(end - days * DAY_MS).toISOString(),
    until: new Date(end).toISOString(),
  };
}

/** Where a day of the viewer's calendar begins, so many days later; "" is nothing. */
function dayStart(day: string, later: number): string {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  return new Date(year, month - 1, date + later).toISOString();
}

/** The question that all answers of the page are asked with. */
export function queryOf(chosen: Chosen, now: number): Query {
  const { project, speaker } = chosen;
  return { ...spanOf(chosen, now), project, speaker };
}

/** Ways to what numbers are made of. Numbers of one speaker lead to that speaker's messages. */
export type Ways = {
  readonly messages: (more?: Query) => string;
  /** Those of them that count. */
  readonly counted: (more?: Query) => string;
  readonly sessions: (project?: string) => string;
};

export function waysOf(chosen: Chosen, now: number): Ways {
  const span = spanOf(chosen, now);
  const author = chosen.speaker;
  const messages = (more: Query = {}): string =>
    address("/messages", { author, project: chosen.project, ...span, ...more });
  return {
    messages,
    counted: (more = {}) => messages({ ...more, counted: true }),
    sessions: (project = chosen.project) =>
      address("/sessions", { project, agent: author, ...span }),
  };
}
