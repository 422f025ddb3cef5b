/**
 * The contract's answers as schemas, for /openapi.json. The types come first
 * (contract.ts and core); each schema is checked against its type by the
 * compiler, and against real answers by the tests.
 */
import {
  busStatusSchema,
  FILE_SOURCES,
  type IngestStatus,
  itemSchema,
  type JobRow,
  POST_MESSAGES_MAX,
  QUEUES,
  type QueueCounts,
  type SessionSummary,
  type SourceStatus,
} from "@verbatim/core";
import { z } from "zod";
import type {
  AsideListing,
  Health,
  ImportAccepted,
  ImportAsk,
  JobListing,
  MessageListing,
  PostAnswer,
  PostReceipt,
  Problem,
  RebuildAccepted,
  RebuildAsk,
  SearchListing,
  SessionListing,
  StatusAnswer,
} from "../contract.ts";
import { ANALYTICS_SHAPES, alertsStateSchema } from "./analytics.ts";
import { CHECKPOINT_SHAPES, checkpointsStatusSchema } from "./checkpoints.ts";
import { EXPORT_SHAPES } from "./exports.ts";
import { FORGET_SHAPES } from "./forgets.ts";
import { KEEPING_SHAPES, sizesSchema } from "./keeping.ts";
import { aside, found, message, session } from "./messages.ts";
import { PAGE_SHAPES } from "./pages.ts";
import { SESSION_SHAPES } from "./session-answers.ts";
import { SESSION_ASKS } from "./sessions.ts";
import { SETTINGS_SHAPES } from "./settings.ts";
import { count, listingOf, shape, utc } from "./shape.ts";
import { WORK_SHAPES } from "./work.ts";

/** Paths one import may name. */
const PATHS_MAX = 1000;

const receipt: z.ZodType<PostReceipt> = shape(
  "Receipt",
  z.object({
    id: z.string().nullable(),
    seq: z.number().int().min(1).nullable(),
    status: z.enum(["created", "known", "error"]),
    error: z
      .object({ code: z.string(), message: z.string(), path: z.string().exactOptional() })
      .exactOptional(),
  }),
);
const queue = z.enum(QUEUES);
const counts: z.ZodType<QueueCounts> = z.object({
  queue,
  waiting: count,
  active: count,
  delayed: count,
  completed: count,
  failed: count,
});
const job: z.ZodType<JobRow> = shape(
  "Job",
  z.object({
    queue,
    id: z.string(),
    name: z.string(),
    state: z.string(),
    data: z.unknown(),
    progress: z.unknown(),
    attempts: count,
    created_at: utc,
    finished_at: utc.nullable(),
    failed_why: z.string().nullable(),
    result: z.unknown(),
  }),
);
const sourceStatus: z.ZodType<SourceStatus> = z.object({
  source: z.string(),
  root: z.string(),
  state: z.enum(["catching up", "live", "away", "failing"]),
  files: count,
  bytes_behind: count,
  bytes_total: count,
  last_heard_at: utc.nullable(),
  uncaptured: z
    .object({
      files: count,
      oldest: z.string().meta({ description: "the file that was written longest ago" }),
      days_left: count
        .nullable()
        .meta({ description: "until its program may delete it; null where none is known to" }),
    })
    .nullable()
    .meta({ description: "what lies in files and is not recorded; normally null" }),
  problem: z.string().nullable(),
});
const ingest: z.ZodType<IngestStatus> = shape(
  "Ingest",
  z.object({
    journal_id: z.string(),
    heard: count,
    last_heard_at: utc.nullable(),
    segments: count,
    journal_bytes: count,
    disk_free_bytes: count,
    write_failures: count,
    sources: z.array(sourceStatus).readonly(),
  }),
);
const partState = z.object({
  ok: z.boolean(),
  state: z
    .enum(["ok", "held", "away"])
    .describe("held: it answers, and still does not do its work; problem says why"),
  problem: z.string().nullable(),
});
const health: z.ZodType<Health> = z.object({
  ok: z.boolean(),
  checks: z.array(z.object({ name: z.string(), ok: z.boolean(), fact: z.string() })).readonly(),
});
const problem: z.ZodType<Problem> = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  instance: z.string(),
  code: z.string().meta({ description: "branch on this, never on a text" }),
  errors: z
    .array(z.object({ path: z.string(), message: z.string() }))
    .readonly()
    .exactOptional(),
});
const status: z.ZodType<StatusAnswer> = z.object({
  heard: count.nullable(),
  stored: count.nullable(),
  aside: count.nullable(),
  behind: count.nullable(),
  last_record_age_ms: count.nullable(),
  messages: count.nullable().describe("what was said, and bookkeeping of the sources"),
  said: count.nullable().describe("messages without the bookkeeping"),
  sessions: count.nullable(),
  repeats: count.nullable(),
  indexed_to: count.nullable(),
  counted_to: count.nullable(),
  hot_to: count.nullable(),
  parts: z.object({
    ingest: partState,
    postgres: partState,
    redis: partState,
    bus: partState.exactOptional(),
  }),
  bus: busStatusSchema
    .nullable()
    .describe("What the bus last said of itself; null where none has run"),
  ingest: ingest.nullable(),
  not_found: z
    .array(z.object({ source: z.string(), path: z.string() }))
    .readonly()
    .describe("Where known sources were looked for and are not"),
  queues: z.array(counts).readonly().nullable(),
  processes: z
    .array(
      z.object({
        name: z.string(),
        pid: z.number().int().nullable(),
        state: z.string(),
        restarts: count,
        since: z.string(),
      }),
    )
    .readonly(),
  alerts: alertsStateSchema,
  checkpoints: checkpointsStatusSchema,
  sizes: sizesSchema.nullable(),
});

const importSchema: z.ZodType<ImportAsk> = z.strictObject({
  paths: z
    .array(z.string().startsWith("/", "must be an absolute path on the server"))
    .min(1)
    .max(PATHS_MAX)
    .meta({ description: "files and folders of the server" }),
  source: z
    .enum(["auto", ...FILE_SOURCES])
    .default("auto")
    .meta({ description: "auto looks into each file" }),
});

const rebuildSchema: z.ZodType<RebuildAsk> = z.strictObject({
  hot: z.boolean().default(false).meta({ description: "Redis" }),
  deep: z.boolean().default(false).meta({ description: "Postgres, with its numbers" }),
  numbers: z.boolean().default(false).meta({ description: "what reports are made of, alone" }),
});

/** Every whole answer, by the name it has in the description. */
export const SHAPES: typeof ANALYTICS_SHAPES &
  typeof CHECKPOINT_SHAPES &
  typeof KEEPING_SHAPES &
  typeof PAGE_SHAPES &
  typeof SETTINGS_SHAPES &
  typeof EXPORT_SHAPES &
  typeof SESSION_SHAPES &
  typeof WORK_SHAPES &
  typeof SESSION_ASKS &
  typeof FORGET_SHAPES & {
    readonly Posted: z.ZodType;
    readonly PostAnswer: z.ZodType<PostAnswer>;
    readonly MessageListing: z.ZodType<MessageListing>;
    readonly SessionListing: z.ZodType<SessionListing>;
    readonly Session: z.ZodType<SessionSummary>;
    readonly SearchListing: z.ZodType<SearchListing>;
    readonly AsideListing: z.ZodType<AsideListing>;
    readonly Status: z.ZodType<StatusAnswer>;
    readonly Health: z.ZodType<Health>;
    readonly JobListing: z.ZodType<JobListing>;
    readonly Job: z.ZodType<JobRow>;
    readonly Import: z.ZodType<ImportAsk>;
    readonly ImportAccepted: z.ZodType<ImportAccepted>;
    readonly Rebuild: z.ZodType<RebuildAsk>;
    readonly RebuildAccepted: z.ZodType<RebuildAccepted>;
    readonly Problem: z.ZodType<Problem>;
  } = {
  ...ANALYTICS_SHAPES,
  ...CHECKPOINT_SHAPES,
  ...KEEPING_SHAPES,
  ...PAGE_SHAPES,
  ...SETTINGS_SHAPES,
  ...EXPORT_SHAPES,
  ...SESSION_SHAPES,
  ...WORK_SHAPES,
  ...SESSION_ASKS,
  ...FORGET_SHAPES,
  Posted: shape(
    "Posted",
    z.object({
      messages: z.array(shape("Item", itemSchema)).min(1).max(POST_MESSAGES_MAX),
    }),
  ),
  PostAnswer: shape(
    "PostAnswer",
    z.object({ receipts: z.array(receipt).readonly(), durability: z.literal("fsync") }),
  ),
  MessageListing: shape("MessageListing", z.object(listingOf(message))),
  SessionListing: shape("SessionListing", z.object(listingOf(session))),
  Session: session,
  SearchListing: shape(
    "SearchListing",
    z.object({ ...listingOf(found), count, count_capped: z.boolean() }),
  ),
  AsideListing: shape("AsideListing", z.object(listingOf(aside))),
  Status: shape("Status", status),
  Health: shape("Health", health),
  JobListing: shape(
    "JobListing",
    z.object({ counts: z.array(counts).readonly(), data: z.array(job).readonly() }),
  ),
  Job: job,
  Import: shape("Import", importSchema),
  ImportAccepted: shape("ImportAccepted", z.object({ id: z.string(), queue: z.literal("ingest") })),
  Rebuild: shape("Rebuild", rebuildSchema),
  RebuildAccepted: shape(
    "RebuildAccepted",
    z.object({ id: z.string(), queue: z.literal("rebuild") }),
  ),
  Problem: shape("Problem", problem),
};
