/**
 * The numbers of a report, worked out from tallies: nothing here reads a
 * message, so ten million of them are some thousands of rows.
 */
import { msOf } from "../message/time.ts";
import { addedUp, countedBy, dayOfHour, ranked, shownCounts } from "./ranking.ts";
import type { Gathered, ReportNumbers } from "./report-shape.ts";
import { scoreOf } from "./score.ts";
import { STANDINGS } from "./standing.ts";
import { talkNumbers } from "./talk-numbers.ts";
import { type Counts, type Group, type Tally, type TallyRow, tallySum } from "./tally.ts";
import { usageNumbers } from "./usage-rows.ts";

const KEYWORDS_SHOWN = 20;
const TAGS_SHOWN = 10;
const TOOLS_SHOWN = 200;
const CONSOLIDATED = "consolidated";
const WEEKDAYS = [
  "Monday",
  "Tuesday",
  "Wednesday",
  "Thursday",
  "Friday",
  "Saturday",
  "Sunday",
] as const;

/** The numbers of what was gathered, against the domains of the taxonomy that holds. */
export function numbersOf(gathered: Gathered, domains: readonly string[]): ReportNumbers {
  const { rows, asides } = gathered;
  const sum = tallySum(rows);
  const score = scoreOf(rows, domains);
  return {
    ...messageNumbers(sum, asides),
    ...contentNumbers(rows, sum),
    ...talkNumbers(gathered, sum),
    tools: toolNumbers(sum),
    ...usageNumbers(rows, sum),
    collaboration_score: score.score,
    score,
  };
}

type Some<Name extends keyof ReportNumbers> = Pick<ReportNumbers, Name>;

function messageNumbers(
  sum: Tally,
  asides: number | null,
): Some<
  | "total_messages"
  | "counted_messages"
  | "message_types"
  | "left_out"
  | "roles"
  | "sources"
  | "duplicates"
  | "asides"
  | "secrets"
> {
  const by = sum.message ?? {};
  const others = STANDINGS.filter((one) => one !== "counted");
  return {
    total_messages: by["all"] ?? 0,
    counted_messages: by["counted"] ?? 0,
    message_types: shownCounts(STANDINGS.map((one) => [one, by[one] ?? 0])),
    left_out: Object.fromEntries(others.map((one) => [one, by[one] ?? 0])),
    roles: shown(sum, "role"),
    sources: shown(sum, "source"),
    duplicates: by["duplicate"] ?? 0,
    asides,
    secrets: shown(sum, "secret"),
  };
}

function contentNumbers(
  rows: readonly TallyRow[],
  sum: Tally,
): Some<
  | "speakers"
  | "speaker_count"
  | "chain_types"
  | "ace_tiers"
  | "acts"
  | "languages"
  | "projects"
  | "keywords"
  | "timeline"
  | "hours"
  | "metadata_insights"
> {
  const speakers = countedBy(rows, ({ speaker }) => speaker);
  const days = [...countedBy(rows, ({ hour }) => dayOfHour(hour))];
  return {
    speakers: shownCounts(speakers),
    speaker_count: speakers.size,
    chain_types: shown(sum, "chain"),
    ace_tiers: shown(sum, "tier"),
    acts: shown(sum, "act"),
    languages: shown(sum, "language"),
    projects: shownCounts(countedBy(rows, ({ project }) => project)),
    keywords: ranked(addedUp(Object.entries(sum.keyword ?? {}))).slice(0, KEYWORDS_SHOWN),
    timeline: Object.fromEntries(days.toSorted(([a], [b]) => (a < b ? -1 : 1))),
    hours: hoursOf(rows),
    metadata_insights: insightsOf(rows, sum),
  };
}

function hoursOf(rows: readonly TallyRow[]): ReportNumbers["hours"] {
  const by = countedBy(rows, ({ hour }) => `${weekdayOf(hour)}-${Number(hour.slice(11, 13))}`);
  return WEEKDAYS.map((weekday, day) => ({
    weekday,
    hours: Array.from({ length: 24 }, (_, hour) => by.get(`${day}-${hour}`) ?? 0),
  }));
}

/** Monday is 0; the first of January 1970 was a Thursday. */
function weekdayOf(hour: string): number {
  return (Math.floor(msOf(hour) / 86_400_000) + 3) % 7;
}

function insightsOf(rows: readonly TallyRow[], sum: Tally): ReportNumbers["metadata_insights"] {
  const counted = sum.message?.["counted"] ?? 0;
  const share = (name: string): number | null =>
    counted === 0 ? null : (sum.sum?.[name] ?? 0) / counted;
  const merged = rows.filter(({ speaker }) => speaker.trim().toLowerCase() === CONSOLIDATED);
  const consolidated = tallySum(merged).message?.["all"] ?? 0;
  const total = sum.message?.["all"] ?? 0;
  return {
    shl_tags_frequency: Object.fromEntries(
      ranked(addedUp(Object.entries(sum.tag ?? {}))).slice(0, TAGS_SHOWN),
    ),
    with_domain: share("with_domain"),
    with_tier: share("with_tier"),
    with_keyword: share("with_keyword"),
    with_tag: share("with_tag"),
    consolidation_ratio: {
      consolidated_count: consolidated,
      total_count: total,
      consolidation_percentage: total === 0 ? 0 : Math.round((consolidated / total) * 10_000) / 100,
    },
  };
}

function toolNumbers(sum: Tally): ReportNumbers["tools"] {
  const calls = sum.tool_call ?? {};
  const errors = sum.tool_error ?? {};
  const names = new Set([...Object.keys(calls), ...Object.keys(errors)]);
  const rows = [...names].map((name) => ({
    name,
    ...toolRow(calls[name] ?? 0, errors[name] ?? 0),
  }));
  const inOrder = rows.toSorted(
    (a, b) => b.calls - a.calls || b.errors - a.errors || (a.name < b.name ? -1 : 1),
  );
  return {
    ...toolRow(totalOf(calls), totalOf(errors)),
    by_tool: inOrder.slice(0, TOOLS_SHOWN),
  };
}

function toolRow(calls: number, errors: number): Omit<ReportNumbers["tools"], "by_tool"> {
  return { calls, errors, error_share: calls === 0 ? null : Math.min(1, errors / calls) };
}

function totalOf(counts: Counts): number {
  return Object.values(counts).reduce((sum, one) => sum + one, 0);
}

function shown(sum: Tally, group: Group): Counts {
  return shownCounts(Object.entries(sum[group] ?? {}));
}
