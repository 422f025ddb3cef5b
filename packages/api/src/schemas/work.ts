/** Shapes of queues, of the journal's files, and of a look at the checkpoints. */
import { QUEUES } from "@verbatim/core";
import type { QueuesLook, Spans } from "@verbatim/core/queue";
import { z } from "zod";
import type { ArchiveAccepted, CheckpointsVerified, SegmentListing } from "../contract.ts";
import { count, shape, utc } from "./shape.ts";

const queue = z.enum(QUEUES);
const ms = z.number().min(0);
const spans: z.ZodType<Spans | null> = z
  .object({ median_ms: ms, max_ms: ms })
  .nullable()
  .describe("of the newest jobs that are done; null when none is remembered");

const look = z.object({
  queue,
  ...{ waiting: count, active: count, delayed: count, completed: count, failed: count },
  paused: z.boolean(),
  done_by_minute: z.array(count).readonly().describe("the last hour, the oldest minute first"),
  done_last_hour: count,
  failed_last_hour: count,
  waited: spans,
  took: spans,
  waiting_since: utc.nullable(),
  oldest_failed: z
    .object({ id: z.string(), failed_at: utc.nullable(), failed_why: z.string().nullable() })
    .nullable(),
});

const scheduled = z.object({
  queue,
  name: z.string(),
  every_ms: z.number().nullable(),
  next_at: utc.nullable(),
});

const segment = z.object({
  file: z.string(),
  first_seq: count,
  last_seq: count,
  bytes: count.describe("plain"),
  stored_bytes: count.describe("on disk"),
  compressed: z.boolean(),
  dropped: z.boolean().describe("its bytes are in checkpoints, and are read from there"),
  written_at: utc,
  sealed: z.boolean(),
});

const report = z.object({
  checkpoints: count,
  entries: count,
  bytes: count,
  to: count,
  head: z.string().nullable(),
  faults: z.array(z.object({ file: z.string(), what: z.string() })).readonly(),
});

/** Shapes of the routes. */
export const WORK_SHAPES: {
  readonly Queues: z.ZodType<QueuesLook>;
  readonly ArchiveAccepted: z.ZodType<ArchiveAccepted>;
  readonly SegmentListing: z.ZodType<SegmentListing>;
  readonly CheckpointsVerified: z.ZodType<CheckpointsVerified>;
} = {
  Queues: shape(
    "Queues",
    z.object({ queues: z.array(look).readonly(), schedulers: z.array(scheduled).readonly() }),
  ),
  ArchiveAccepted: shape(
    "ArchiveAccepted",
    z.object({ id: z.string(), queue: z.literal("archive"), up_to: count }),
  ),
  SegmentListing: shape("SegmentListing", z.object({ data: z.array(segment).readonly() })),
  CheckpointsVerified: shape(
    "CheckpointsVerified",
    z.object({
      state: z.enum(["never", "running", "done", "failed"]),
      started_at: utc.nullable(),
      finished_at: utc.nullable(),
      done: count,
      total: count,
      report: report.nullable(),
      problem: z.string().nullable(),
    }),
  ),
};
