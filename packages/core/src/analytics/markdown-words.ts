/** The sections of a report about what was said: who, about what, when. */
import { ELSEWHERE } from "../enrich/taxonomy.ts";
import { msOf, utcOfMs } from "../message/time.ts";
import { type Bar, bars, shades, sparkline } from "./charts.ts";
import { codeCell, fenced, table } from "./escaping.ts";
import { countText, integerText, percentText, shareText } from "./figures.ts";
import { figureOf } from "./findings.ts";
import { countedShare } from "./port.ts";
import { ranked } from "./ranking.ts";
import type { Change, Report } from "./report-shape.ts";
import { SCORE_PARTS } from "./score.ts";
import type { Counts } from "./tally.ts";

/** Paragraphs. */
export type Lines = readonly string[];

const ROWS_SHOWN = 15;
const DAYS_DRAWN = 60;
const DAYS_LISTED = 10;
const DAY_MS = 86_400_000;
export const NOTHING = "_Nothing in this period._";

export function overviewLines(report: Report): Lines {
  const { period, filter, comparison } = report;
  const narrowed = Object.entries(filter).filter(([, value]) => value !== null);
  const rows = [
    ["Period", `${period.since ?? "the beginning"} to ${period.until}`],
    ...narrowed.map(([name, value]) => [`Only ${name}`, codeCell(value ?? "")]),
    ["Total Messages", integerText(report.total_messages)],
    ["Counted", integerText(report.counted_messages)],
    ["Collaboration Score", `${report.collaboration_score} / 100`],
    ["Sessions", integerText(report.sessions)],
    ["Taxonomy", codeCell(report.taxonomy)],
    ["Journal counted", reachText(report)],
  ];
  const overview = table(["What", "How much"], rows);
  if (comparison === null) return [overview];
  const changes = Object.entries(comparison.metrics).map(([path, change]) => [
    codeCell(path),
    figureOf(path, change.before),
    figureOf(path, change.now),
    changeText(change),
  ]);
  return [
    overview,
    `Against the period before (from ${comparison.since}):`,
    table(["Number", "Before", "Now", "Change"], changes),
  ];
}

/** "to entry 6,000 of 121,792 heard (4.9 %)". */
function reachText(report: Report): string {
  const { counted_to, settled_to, heard_to } = report;
  const of = heard_to === null ? integerText(settled_to) : `${integerText(heard_to)} heard`;
  const share = countedShare(report);
  return `to entry ${integerText(counted_to)} of ${of}${share < 1 ? ` (${shareText(share)})` : ""}`;
}

function changeText({ change, change_share }: Change): string {
  if (change_share === null) return change === 0 ? "-" : "new";
  return `${change_share > 0 ? "+" : ""}${percentText(change_share)}`;
}

export function speakerLines(report: Report): Lines {
  return chart(report.speakers, report.counted_messages, "message");
}

export function domainLines(report: Report): Lines {
  return chart(report.chain_types, report.counted_messages, "message");
}

export function tierLines({ ace_tiers, counted_messages }: Report): Lines {
  const named = Object.entries(ace_tiers).map(
    ([tier, count]) => [tier.length === 1 ? `Tier ${tier}` : tier, count] as const,
  );
  return chart(Object.fromEntries(named), counted_messages, "message");
}

export function keywordLines({ keywords }: Report): Lines {
  if (keywords.length === 0) return [NOTHING];
  const rows = keywords.map(([name, amount]) => ({
    name,
    amount,
    says: countText(amount, "occurrence"),
  }));
  return [fenced(bars(rows))];
}

/** Every day from the first to the last is drawn, the newest of them; those with messages are listed. */
export function timelineLines({ timeline, hours }: Report): Lines {
  const days = Object.entries(timeline);
  const [first] = days[0] ?? [];
  const last = days.at(-1)?.[0];
  if (first === undefined || last === undefined) return [NOTHING];
  const span = (msOf(`${last}T00:00:00.000Z`) - msOf(`${first}T00:00:00.000Z`)) / DAY_MS + 1;
  const drawn = Math.min(span, DAYS_DRAWN);
  const all = Array.from({ length: drawn }, (_, at) => dayBefore(last, drawn - 1 - at));
  const amounts = all.map((day) => timeline[day] ?? 0);
  const listed = days.slice(-DAYS_LISTED).map(([name, amount]) => bar(name, amount, "message"));
  const most = Math.max(...hours.flatMap((day) => day.hours));
  return [
    `${countText(days.length, "day")} with messages from ${first} to ${last}; the last ${countText(drawn, "day")}:`,
    fenced([sparkline(amounts), ...bars(listed)]),
    "By weekday and hour (UTC):",
    fenced([
      "           0     6     12    18   ",
      ...hours.map((day) => `${day.weekday.padEnd(9)} |${shades(day.hours, most)}|`),
    ]),
  ];
}

function dayBefore(day: string, days: number): string {
  return utcOfMs(msOf(`${day}T00:00:00.000Z`) - days * DAY_MS).slice(0, day.length);
}

export function insightLines({ metadata_insights, counted_messages, languages }: Report): Lines {
  const { shl_tags_frequency, consolidation_ratio } = metadata_insights;
  const { consolidated_count, total_count, consolidation_percentage } = consolidation_ratio;
  if (total_count === 0) return [NOTHING];
  const share = (value: number | null): string => (value === null ? "-" : percentText(value));
  const rows = [
    ["Messages with a domain", share(metadata_insights.with_domain)],
    ["Messages with a tier", share(metadata_insights.with_tier)],
    ["Messages with keywords", share(metadata_insights.with_keyword)],
    ["Messages with a tag besides their domain's", share(metadata_insights.with_tag)],
    [
      "Rows merged by an earlier recorder",
      `${integerText(consolidated_count)}/${integerText(total_count)} (${consolidation_percentage} %)`,
    ],
  ];
  return [
    table(["What", "Share"], rows),
    "Tags:",
    ...chart(shl_tags_frequency, counted_messages, "message"),
    "Languages:",
    ...chart(languages, counted_messages, "message"),
  ];
}

export function collaborationLines({ score, pairs, speaker_count, chain_types }: Report): Lines {
  const domains = Object.keys(chain_types).filter((name) => name !== ELSEWHERE);
  const parts = SCORE_PARTS.map((name) => ({ name, ...score.parts[name] }));
  const scores = parts.map(({ name, value }) => ({ name, amount: value, says: value.toFixed(2) }));
  const all = { name: "score", amount: score.score, says: score.score.toFixed(2) };
  const talk = pairs
    .slice(0, ROWS_SHOWN)
    .map(({ speaker, receiver, messages }) =>
      bar(`${speaker} -> ${receiver}`, messages, "message"),
    );
  return [
    `${countText(speaker_count, "speaker")}, ${countText(domains.length, "domain")}.`,
    fenced(bars([...scores, all], 100)),
    parts.map(({ name, says }) => `- ${codeCell(name)}: ${says}`).join("\n"),
    "Who speaks to whom:",
    talk.length === 0 ? NOTHING : fenced(bars(talk)),
  ];
}

/** The largest of counts as bars, and how many more there are. */
export function chart(counts: Counts, of: number, unit: string): Lines {
  const all = ranked(Object.entries(counts));
  if (all.length === 0) return [NOTHING];
  const rows = all.slice(0, ROWS_SHOWN).map(([name, amount]) => {
    const share = of === 0 ? "" : percentText(amount / of).padStart(9);
    return { ...bar(name, amount, unit), says: `${countText(amount, unit)}${share}` };
  });
  const more = all.length - rows.length;
  return [fenced(bars(rows)), ...(more > 0 ? [`And ${integerText(more)} more.`] : [])];
}

export function bar(name: string, amount: number, unit: string): Bar {
  return { name, amount, says: countText(amount, unit) };
}
