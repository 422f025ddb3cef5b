/**
 * The numbers of a report that a rule may watch, by their path: "tools.error_share",
 * "left_out.empty", "chain_types.ui_ux".
 */
import type { ReportNumbers } from "./report-shape.ts";

/** Single numbers. */
const NUMBERS = [
  "total_messages",
  "counted_messages",
  "duplicates",
  "asides",
  "speaker_count",
  "sessions",
  "words",
  "collaboration_score",
  "score.parts.speaker_diversity.value",
  "score.parts.domain_coverage.value",
  "score.parts.message_consistency.value",
  "score.parts.metadata_enrichment.value",
  "score.parts.shl_tagging.value",
  "metadata_insights.with_domain",
  "metadata_insights.with_tier",
  "metadata_insights.with_keyword",
  "metadata_insights.with_tag",
  "turns.count",
  "turns.words_per_turn",
  "turns.messages_per_turn",
  "response_times.count",
  "response_times.mean_seconds",
  "response_times.median_within_seconds",
  "opened.question",
  "opened.blocked",
  "settled.question",
  "settled.blocked",
  "open.question",
  "open.blocked",
  "tools.calls",
  "tools.errors",
  "tools.error_share",
  "tokens.input",
  "tokens.output",
  "tokens.cache_read",
  "tokens.cache_write",
  "tokens.total",
  "cost.micro_usd",
  "cost.calls",
  "cost.unpriced_calls",
] as const;

/** Counts by name: any name may follow, and one that is not there counts 0. */
const BY_NAME = [
  "message_types",
  "left_out",
  "roles",
  "sources",
  "secrets",
  "speakers",
  "chain_types",
  "ace_tiers",
  "acts",
  "languages",
  "projects",
] as const satisfies readonly (keyof ReportNumbers)[];

/** Those that say nothing where nothing was said: no score is not a low one. */
const OF_WORDS = /^(?:collaboration_score|score[.])/;

/** What is said of such a path. */
export const NO_METRIC = "is no number of a report";

/** Why a path names no number of a report, or null when it does. */
export function metricFault(path: string): string | null {
  if (NUMBERS.some((one) => one === path) || nameIn(path) !== null) return null;
  return `"${path}" ${NO_METRIC}; docs/reports.md lists them, and so does verbatim doctor`;
}

/** All that a rule may watch, in one line. */
export function metricsText(): string {
  return [...NUMBERS, ...BY_NAME.map((group) => `${group}.⟨name⟩`)].join(", ");
}

/** The number at a path, or null where nobody knows it. */
export function metricOf(report: ReportNumbers, path: string): number | null {
  if (OF_WORDS.test(path) && report.counted_messages === 0) return null;
  const named = nameIn(path);
  if (named !== null) {
    const counts = report[named.group];
    return Object.hasOwn(counts, named.name) ? (counts[named.name] ?? 0) : 0;
  }
  let at: unknown = report;
  for (const step of path.split(".")) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, step)) return null;
    at = Object.entries(at).find(([name]) => name === step)?.[1];
  }
  return typeof at === "number" ? at : null;
}

/** The name may hold dots of its own. */
function nameIn(
  path: string,
): { readonly group: (typeof BY_NAME)[number]; readonly name: string } | null {
  const group = BY_NAME.find((one) => path.startsWith(`${one}.`));
  const name = group === undefined ? "" : path.slice(group.length + 1);
  return group === undefined || name === "" ? null : { group, name };
}
