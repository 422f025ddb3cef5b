/** The answers about the numbers as schemas, for /openapi.json; their types come first (contract.ts and core). */
import { type OpenItem, SCORE_PARTS, type ScorePart, type UsageRow } from "@verbatim/core";
import { z } from "zod";
import { BREAKDOWNS } from "../analysing.ts";
import type {
  AlertsAnswer,
  AlertsState,
  BreakdownAnswer,
  OpenAnswer,
  ReportAccepted,
  ReportListing,
  ReportState,
  ScoreAnswer,
  ThreadsAnswer,
  TimelineAnswer,
  UsageAnswer,
} from "../contract.ts";
import { askFields } from "../http/asking.ts";
import { count, listingOf, shape, utc } from "./shape.ts";

const reach = {
  counted_to: count.meta({ description: "seq up to which the numbers reach" }),
  settled_to: count.meta({ description: "seq up to which the archive reaches" }),
  heard_to: count
    .nullable()
    .meta({ description: "seq of the journal's last entry; null where the recorder does not say" }),
  taxonomy: z.string().meta({ description: "the taxonomy the numbers are of" }),
};
const score100 = z.number().min(0).max(100);
const part: z.ZodType<ScorePart> = z.object({
  value: score100,
  inputs: z.record(z.string(), z.number()).readonly(),
  says: z.string(),
});
const [diversity, coverage, consistency, enrichment, tagging] = SCORE_PARTS;
const score: z.ZodType<ScoreAnswer> = z.object({
  ...reach,
  score: score100,
  parts: z.object({
    [diversity]: part,
    [coverage]: part,
    [consistency]: part,
    [enrichment]: part,
    [tagging]: part,
  }),
});
const timeline: z.ZodType<TimelineAnswer> = z.object({
  ...reach,
  by: z.enum(["day", "hour"]),
  data: z
    .array(
      z.object({
        at: z.string().meta({ description: "a day (UTC), or the beginning of an hour" }),
        messages: count,
        counted: count,
        words: count,
        tool_calls: count,
        tokens: z.number().int(),
      }),
    )
    .readonly(),
});
const breakdown: z.ZodType<BreakdownAnswer> = z.object({
  ...reach,
  of: z.enum(BREAKDOWNS),
  total: count,
  names: count,
  data: z
    .array(
      z.object({
        name: z.string(),
        to: z.string().exactOptional(),
        count,
        share: z.number().min(0).max(1),
        errors: count.exactOptional(),
      }),
    )
    .readonly(),
});
const tokens = z.number().int();
const cost = tokens.nullable().meta({ description: "millionths of a dollar; null is unknown" });
const usage: z.ZodType<UsageRow> = z.object({
  name: z.string(),
  calls: tokens,
  unpriced_calls: tokens,
  input_tokens: tokens,
  output_tokens: tokens,
  cache_read_tokens: tokens,
  cache_write_tokens: tokens,
  total_tokens: tokens,
  cost_micro_usd: cost,
});
const usages: z.ZodType<UsageAnswer> = z.object({
  ...reach,
  tokens: z.object({
    input: tokens,
    output: tokens,
    cache_read: tokens,
    cache_write: tokens,
    total: tokens,
  }),
  cost: z.object({ micro_usd: cost, calls: tokens, unpriced_calls: tokens }),
  by: z.enum(["model", "day", "project", "speaker"]),
  data: z.array(usage).readonly(),
});
const openItem: z.ZodType<OpenItem> = z.object({
  kind: z.enum(["question", "blocked"]),
  seq: count,
  sub: count,
  speaker: z.string(),
  said_at: utc,
  session_id: z.string(),
  text: z.string(),
});
const open: z.ZodType<OpenAnswer> = z.object({ ...reach, data: z.array(openItem).readonly() });
const refs = z.array(z.object({ seq: count, sub: count, id: z.string() })).readonly();
const names = z.array(z.string()).readonly();
const threads: z.ZodType<ThreadsAnswer> = z.object({
  ...reach,
  complete: z.boolean(),
  messages: count,
  threads: z
    .array(
      z.object({
        thread_id: z.string(),
        session_id: z.string(),
        start_time: utc,
        end_time: utc,
        duration_seconds: z.number().min(0),
        message_count: count,
        participants: names,
        final_status: z.enum(["Blocked", "Ready", "Open", "Ended"]),
        context_shifts: z
          .array(z.object({ from_topic: z.string(), to_topic: z.string(), seq: count }))
          .readonly(),
        messages: refs,
      }),
    )
    .readonly(),
  windows: z
    .array(
      z.object({
        thread_id: z.string(),
        start_time: utc,
        end_time: utc,
        message_count: count,
        participants: names,
        keywords: z.array(z.tuple([z.string(), count]).readonly()).readonly(),
        messages: refs,
      }),
    )
    .readonly(),
});
const alerts: z.ZodType<AlertsAnswer> = z.object({
  checked_at: utc.nullable(),
  problem: z.string().nullable(),
  data: z
    .array(
      z.object({
        name: z.string(),
        metric: z.string(),
        above: z.number().nullable(),
        below: z.number().nullable(),
        hours: count,
        webhook: z.boolean(),
        firing: z.boolean(),
        value: z.number().nullable(),
        since: utc.nullable(),
      }),
    )
    .readonly(),
});
const asked = z.object({
  since: utc.exactOptional(),
  until: utc.exactOptional(),
  project: z.string().exactOptional(),
  speaker: z.string().exactOptional(),
  session: z.string().exactOptional(),
});
const report: z.ZodType<ReportState> = shape(
  "ReportState",
  z.object({
    id: z.string(),
    state: z.string(),
    made_at: utc.nullable(),
    total_messages: count.nullable(),
    collaboration_score: score100.nullable(),
    asked,
    files: z.object({ json: count, md: count }).nullable(),
    failed_why: z.string().nullable(),
  }),
);
const listing: z.ZodType<ReportListing> = z.object(listingOf(report));
const accepted: z.ZodType<ReportAccepted> = z.object({
  id: z.string(),
  queue: z.literal("report"),
});

/** What the status says of the alerts. */
export const alertsStateSchema: z.ZodType<AlertsState> = z.object({
  firing: names.meta({ description: "names of the alerts that hold now" }),
  problem: z.string().nullable(),
});

/** The shapes by the names they have in the description. */
export const ANALYTICS_SHAPES: {
  readonly Score: z.ZodType<ScoreAnswer>;
  readonly Report: z.ZodType;
  readonly Timeline: z.ZodType<TimelineAnswer>;
  readonly Breakdown: z.ZodType<BreakdownAnswer>;
  readonly Usage: z.ZodType<UsageAnswer>;
  readonly Open: z.ZodType<OpenAnswer>;
  readonly Threads: z.ZodType<ThreadsAnswer>;
  readonly Alerts: z.ZodType<AlertsAnswer>;
  readonly ReportAsk: z.ZodType;
  readonly ReportState: z.ZodType<ReportState>;
  readonly ReportListing: z.ZodType<ReportListing>;
  readonly ReportAccepted: z.ZodType<ReportAccepted>;
} = {
  Score: shape("Score", score),
  Report: shape(
    "Report",
    z
      .looseObject({
        ...reach,
        version: count,
        timestamp: utc,
        total_messages: count,
        collaboration_score: score100,
      })
      .meta({ description: "docs/analytics.md says what every field means" }),
  ),
  Timeline: shape("Timeline", timeline),
  Breakdown: shape("Breakdown", breakdown),
  Usage: shape("Usage", usages),
  Open: shape("Open", open),
  Threads: shape("Threads", threads),
  Alerts: shape("Alerts", alerts),
  ReportAsk: shape("ReportAsk", z.strictObject(askFields)),
  ReportState: report,
  ReportListing: shape("ReportListing", listing),
  ReportAccepted: shape("ReportAccepted", accepted),
};
