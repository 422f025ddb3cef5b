/** A period against the one of the same length before it. */
import { metricOf } from "./alert-metrics.ts";
import type { Change, Report, ReportNumbers } from "./report-shape.ts";

/** What is compared, by its path in the report, and what it is called. */
export const COMPARED: Readonly<Record<string, string>> = {
  counted_messages: "messages that count",
  total_messages: "messages of any kind",
  collaboration_score: "the collaboration score",
  sessions: "sessions",
  speaker_count: "speakers",
  words: "words",
  "turns.count": "turns",
  "response_times.mean_seconds": "the mean time to an answer, in seconds,",
  "opened.question": "questions asked",
  "opened.blocked": "reports of blocked work",
  "tools.calls": "tool calls",
  "tools.errors": "tool errors",
  "tools.error_share": "the share of failing tool calls",
  "tokens.total": "tokens",
  "cost.micro_usd": "the cost",
  duplicates: "repeated messages",
  asides: "records set aside",
};

/** Every number that both periods know. */
export function comparisonOf(
  now: ReportNumbers,
  before: ReportNumbers,
): Readonly<Record<string, Change>> {
  const changes: Record<string, Change> = {};
  for (const path of Object.keys(COMPARED)) {
    const [is, was] = [metricOf(now, path), metricOf(before, path)];
    if (is !== null && was !== null) changes[path] = changeOf(is, was);
  }
  return changes;
}

function changeOf(now: number, before: number): Change {
  const change = Number((now - before).toFixed(6));
  return {
    now,
    before,
    change,
    change_share: before === 0 ? null : Number(((now - before) / before).toFixed(4)),
  };
}

/** Enough to speak of a change: the rise from one to two is no news. */
const AMOUNT_MIN = 5;
/** Nothing, where a proportion is wanted: less than one. */
const NONE = 0.5;

/** The number that changed the most in proportion, of those large enough to speak of; of equals the first of COMPARED. */
export function biggestChange(
  comparison: Report["comparison"],
): { readonly path: string; readonly change: Change } | null {
  const rows = Object.entries(comparison?.metrics ?? {}).flatMap(([path, change]) => {
    const isLarge = Math.max(change.now, change.before) >= AMOUNT_MIN;
    const weight = Math.abs(Math.log((change.now || NONE) / (change.before || NONE)));
    return isLarge && change.change !== 0 ? [{ path, change, weight }] : [];
  });
  return rows.toSorted((a, b) => b.weight - a.weight)[0] ?? null;
}
