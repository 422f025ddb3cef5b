/** Shapes of exports: what is asked for, and what is said of one. */
import {
  type ExportAsk,
  type ExportFilter,
  FORMATS,
  SHAPES as LINE_SHAPES,
  originalsSchema,
} from "@verbatim/core/export";
import { z } from "zod";
import type { ExportAccepted, ExportListing, ExportState } from "../contract-work.ts";
import { filterFields } from "../http/paging.ts";
import { word } from "../http/query.ts";
import { count, listingOf, shape, utc } from "./shape.ts";

const said = {
  session: word("session_id, or the beginning of the only one that begins so"),
  source: word("one source"),
  sender: word("said by one party"),
  tier: z.enum(["A", "C", "E", "unclassified"]).optional(),
  chain: word("one domain"),
  since: filterFields.since,
  until: filterFields.until,
};

/** What POST /v1/exports takes. */
type Asked = Omit<ExportAsk, "filter"> & ExportFilter;

/** Its names. */
export const ASK_NAMES: readonly string[] = [
  "format",
  "as",
  "redact",
  "records",
  "all",
  ...Object.keys(said),
];

/** POST /v1/exports. */
export const exportAsk: z.ZodType<Asked> = z.strictObject({
  format: z.enum(FORMATS).default("md").meta({
    description:
      "how; html is one page that needs nothing else; original is the files it was recorded from, byte for byte at their paths with their times, as a tar with a SHA256SUMS",
  }),
  as: z.enum(LINE_SHAPES).optional().meta({ description: "lines of another shape, with jsonl" }),
  redact: z
    .boolean()
    .default(false)
    .meta({ description: "secrets and personal data replaced by tokens" }),
  records: z
    .boolean()
    .optional()
    .meta({ description: "also the bookkeeping of chat sessions, in json, jsonl and parquet" }),
  all: z
    .boolean()
    .default(false)
    .meta({ description: "every session, each in a file of its own, as a tar" }),
  ...said,
});

const kept = z.object({
  format: z.enum(FORMATS),
  as: z.enum(LINE_SHAPES).optional(),
  redact: z.boolean(),
  records: z.boolean().optional(),
  all: z.boolean(),
  filter: z.record(z.string(), z.string()),
});
const state: z.ZodType<ExportState> = shape(
  "ExportState",
  z.object({
    id: z.string(),
    state: z.string(),
    percent: z.number().min(0).max(100),
    asked_at: utc,
    asked: kept,
    file: z.object({ name: z.string(), bytes: count, sha256: z.string() }).nullable(),
    sessions: count.nullable(),
    messages: count.nullable(),
    records: count.nullable(),
    redacted: z.record(z.string(), z.number()).nullable(),
    originals: originalsSchema
      .nullable()
      .meta({ description: "of the format original: what was given back, and its proof" }),
    failed_why: z.string().nullable(),
  }),
);

export const EXPORT_SHAPES: {
  readonly ExportAsk: z.ZodType;
  readonly ExportState: z.ZodType<ExportState>;
  readonly ExportListing: z.ZodType<ExportListing>;
  readonly ExportAccepted: z.ZodType<ExportAccepted>;
} = {
  ExportAsk: shape("ExportAsk", exportAsk),
  ExportState: state,
  ExportListing: shape(
    "ExportListing",
    z.object({
      ...listingOf(state),
      without_jobs: z
        .boolean()
        .meta({ description: "Redis is away, so nobody can say what is being made" }),
    }),
  ),
  ExportAccepted: shape("ExportAccepted", z.object({ id: z.string(), queue: z.literal("export") })),
};
