/**
 * What a report holds: JSON in snake_case, every number of it counted. The names
 * that reports of such conversations always had (`timestamp` to
 * `collaboration_score`) are kept and mean what they say; the rest is beside them.
 *
 * Counts by name are sorted, largest first, and bounded: what lies beyond the
 * bound is summed under "(other)". A number nobody knows is null, never 0.
 */

import type { OpenItem, Reach } from "./port.ts";
import type { Score } from "./score.ts";
import type { Counts, TallyRow } from "./tally.ts";
import type { Open } from "./thread.ts";

export const REPORT_VERSION = 1;

/** What a report is wanted of. */
export type ReportAsk = {
  /** ISO 8601 with a zone. Without `since` it is from the first message on, and there is no comparison. */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly project?: string | undefined;
  readonly speaker?: string | undefined;
  readonly session?: string | undefined;
  /** The journal's end, looked at before; unknown when left out. */
  readonly heard_to?: number | null | undefined;
  /** The domains of the taxonomy that holds. */
  readonly domains: readonly string[];
  readonly now: string;
};

/** Messages, and which of them speak for anything: total = counted + all that is left out. */
type MessageNumbers = {
  readonly total_messages: number;
  readonly counted_messages: number;
  /** By standing (standing.ts); together they are `total_messages`. */
  readonly message_types: Counts;
  /** Why messages were not counted; every reason is named, also those with 0. */
  readonly left_out: Counts;
  readonly roles: Counts;
  readonly sources: Counts;
  readonly duplicates: number;
  /** Null where only a project, a speaker or a session is asked for: what nobody could read is of none. */
  readonly asides: number | null;
  readonly secrets: Counts;
};

/** What counted messages are about. */
type ContentNumbers = {
  readonly speakers: Counts;
  readonly speaker_count: number;
  readonly chain_types: Counts;
  readonly ace_tiers: Counts;
  readonly acts: Counts;
  readonly languages: Counts;
  readonly projects: Counts;
  /** The twenty words that speak for the most messages. */
  readonly keywords: readonly (readonly [word: string, count: number])[];
  /** Counted messages by day, UTC; days without any are not named. */
  readonly timeline: Counts;
  /** Counted messages by weekday, Monday first, and hour of the day, UTC. */
  readonly hours: readonly { readonly weekday: string; readonly hours: readonly number[] }[];
  readonly metadata_insights: {
    /** The ten most frequent. */
    readonly shl_tags_frequency: Counts;
    /** Shares of the counted messages, 0 to 1; null where there are none. */
    readonly with_domain: number | null;
    readonly with_tier: number | null;
    readonly with_keyword: number | null;
    readonly with_tag: number | null;
    /** Rows an earlier recorder had merged into one. */
    readonly consolidation_ratio: {
      readonly consolidated_count: number;
      readonly total_count: number;
      readonly consolidation_percentage: number;
    };
  };
};

/** How people and agents talk to each other. */
type TalkNumbers = {
  readonly sessions: number;
  readonly words: number;
  readonly turns: {
    readonly count: number;
    readonly words_per_turn: number | null;
    readonly messages_per_turn: number | null;
  };
  readonly response_times: {
    readonly count: number;
    readonly mean_seconds: number | null;
    /** Half of the answers came within so many seconds, as a power of two. */
    readonly median_within_seconds: number | null;
    /** Answers by the power of two they came within. */
    readonly within_seconds: Counts;
  };
  readonly pairs: readonly {
    readonly speaker: string;
    readonly receiver: string;
    readonly messages: number;
  }[];
  readonly context_shifts: readonly {
    readonly from: string;
    readonly to: string;
    readonly count: number;
  }[];
  readonly opened: Readonly<Record<Open["kind"], number>>;
  readonly settled: Readonly<Record<Open["kind"], number>>;
  /** What came up until the end of the period, at any time before it, and is open to this day. */
  readonly open: Readonly<Record<Open["kind"], number>> & {
    /** There are more than were counted. */
    readonly is_bounded: boolean;
    /** Newest first. */
    readonly items: readonly ReportOpenItem[];
  };
};

export type ReportOpenItem = Open & {
  readonly session_id: string;
  /** Its words on one line, cut. */
  readonly text: string;
};

export type ToolRow = {
  readonly name: string;
  readonly calls: number;
  readonly errors: number;
  readonly error_share: number | null;
};

/** Model calls of something: a model, a day, a project, a speaker. */
export type UsageRow = {
  readonly name: string;
  readonly calls: number;
  /** Calls without a known price: the cost is of the others. */
  readonly unpriced_calls: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_read_tokens: number;
  readonly cache_write_tokens: number;
  readonly total_tokens: number;
  /** Millionths of a dollar; null where nothing has a known price. */
  readonly cost_micro_usd: number | null;
};

/** What was spent. */
type WorkNumbers = {
  readonly tools: Omit<ToolRow, "name"> & { readonly by_tool: readonly ToolRow[] };
  readonly tokens: {
    readonly input: number;
    readonly output: number;
    readonly cache_read: number;
    readonly cache_write: number;
    readonly total: number;
  };
  readonly cost: {
    readonly micro_usd: number | null;
    readonly calls: number;
    readonly unpriced_calls: number;
  };
  readonly usage: {
    readonly by_model: readonly UsageRow[];
    readonly by_day: readonly UsageRow[];
    readonly by_project: readonly UsageRow[];
    readonly by_speaker: readonly UsageRow[];
  };
};

export type Change = {
  readonly now: number;
  readonly before: number;
  /** now - before. */
  readonly change: number;
  /** Of `before`; null where that was 0. */
  readonly change_share: number | null;
};

/** The numbers of one period, without comparison and findings. */
export type ReportNumbers = MessageNumbers &
  ContentNumbers &
  TalkNumbers &
  WorkNumbers & {
    /** 0 to 100: `score.score`. */
    readonly collaboration_score: number;
    readonly score: Score;
  };

/** The journal is counted up to `counted_to`; less than `heard_to`, the rest is not in the numbers yet. */
export type Report = ReportNumbers &
  Reach & {
    readonly version: typeof REPORT_VERSION;
    /** When it was made. */
    readonly timestamp: string;
    /** Whole hours, UTC: from `since` until before `until`. */
    readonly period: { readonly since: string | null; readonly until: string };
    readonly filter: {
      readonly project: string | null;
      readonly speaker: string | null;
      readonly session: string | null;
    };
    /** Against the period of the same length before; numbers by their path in the report. */
    readonly comparison: {
      readonly since: string;
      readonly until: string;
      readonly metrics: Readonly<Record<string, Change>>;
    } | null;
    /** Sentences, each worked out from numbers and naming them. */
    readonly findings: readonly string[];
  };

/** What was asked of whoever keeps the numbers, for one period. */
export type Gathered = {
  readonly rows: readonly TallyRow[];
  readonly sessions: number;
  /** Newest first, bounded (talk-numbers.ts). */
  readonly open: readonly OpenItem[];
  readonly asides: number | null;
};
