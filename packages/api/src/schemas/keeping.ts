/** Shapes of what is kept, how much it is, and what it is time for. */
import type { Retained, RetainedStep, RetentionPolicy, Sizes } from "@verbatim/core/keeping";
import { z } from "zod";
import type { RetentionAccepted } from "../contract.ts";
import { count, shape, utc } from "./shape.ts";

const days = z.number().nullable().describe("days; null is never");
const policy: z.ZodType<RetentionPolicy> = z.object({
  compress_segments_after_days: days,
  drop_journal_after_days: days,
  compress_checkpoints_after_days: days,
  remove_reports_after_days: days,
  remove_exports_after_days: days,
  sessions_hot_days: count,
  copy_to: z.string().nullable(),
  sources: z
    .record(z.string(), z.object({ forget_after_days: days }))
    .describe("by source, or source and folder"),
});
const step: z.ZodType<RetainedStep> = z.object({
  do: z.enum(["compress", "drop", "remove", "forget", "copy"]),
  place: z.enum(["journal", "checkpoints", "reports", "exports"]),
  file: z.string(),
  bytes: count,
  age_days: count,
  state: z.enum(["planned", "done", "failed", "asked"]),
  saved_bytes: z.number().int(),
  why: z.string().nullable(),
  receipt: z.string().nullable().describe("of what was asked to be forgotten"),
});
const retained: z.ZodType<Retained> = z.object({
  dry_run: z.boolean(),
  policy,
  steps: z.array(step).readonly(),
  bytes: count,
  saved_bytes: z.number().int(),
  failed: count,
});

/** What lies under the home, and how it grows. */
export const sizesSchema: z.ZodType<Sizes> = shape(
  "Sizes",
  z.object({
    journal: z.object({
      segments: count,
      compressed_segments: count,
      dropped_segments: count.describe("their bytes are in checkpoints"),
      bytes: count.describe("plain"),
      stored_bytes: count.describe("on disk"),
    }),
    checkpoints_bytes: count,
    exports_bytes: count,
    reports_bytes: count,
    redis_bytes: count.nullable().describe("null: not under this home"),
    postgres_bytes: count.nullable().describe("null: not under this home"),
    disk_free_bytes: count,
    copies: z
      .object({
        ...{ to: z.string(), files: count, bytes: count },
        whole_at: utc.nullable().describe("when everything sealed was there last"),
        problem: z.string().nullable(),
      })
      .nullable()
      .describe("null: retention.json names no place"),
    growth: z.object({
      journal_bytes_per_day: count.nullable(),
      disk_bytes_per_day: count.nullable(),
      over_days: count,
      full_in_days: count.nullable(),
    }),
  }),
);

/** Shapes of the routes. */
export const KEEPING_SHAPES: {
  readonly Retention: z.ZodType<Retained>;
  readonly RetentionAccepted: z.ZodType<RetentionAccepted>;
} = {
  Retention: shape("Retention", retained),
  RetentionAccepted: shape(
    "RetentionAccepted",
    z.object({ id: z.string(), queue: z.literal("retention") }),
  ),
};
