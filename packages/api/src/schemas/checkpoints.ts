/** What is asked and answered of checkpoints, as schemas. */
import type { Checkpoint, FileFact } from "@verbatim/core/checkpoints";
import { z } from "zod";
import type {
  CheckpointAccepted,
  CheckpointAsk,
  CheckpointListing,
  CheckpointState,
  CheckpointsStatus,
} from "../contract.ts";
import { count, listingOf, shape, utc } from "./shape.ts";

const LABEL_CHARS_MAX = 200;

const file: z.ZodType<FileFact> = z.object({ bytes: count, sha256: z.string() });
const checkpoint: z.ZodType<Checkpoint> = shape(
  "Checkpoint",
  z.object({
    id: z.string(),
    label: z.string(),
    made_at: utc,
    first_seq: count,
    last_seq: count.meta({ description: "everything from first_seq up to here is in it" }),
    count: count.meta({ description: "entries; less than the range where places were lost" }),
    messages: count,
    asides: count,
    withheld: count.meta({ description: "entries that were deleted or erased" }),
    raw_bytes: count,
    files: z.object({ json: file, parquet: file }),
    erased: z.array(z.object({ at: utc, why: z.string(), entries: count })).readonly(),
    previous: z.string().meta({ description: "sha-256 of the entry before it in index.json" }),
  }),
);
const state: z.ZodType<CheckpointState> = shape(
  "CheckpointState",
  z.object({
    id: z.string(),
    state: z.string(),
    checkpoint: checkpoint.nullable(),
    made: z.array(z.string()).readonly(),
    failed_why: z.string().nullable(),
  }),
);

/** What POST /v1/checkpoints takes. */
export const checkpointAsk: z.ZodType<CheckpointAsk> = z.strictObject({
  label: z
    .string()
    .max(LABEL_CHARS_MAX)
    .optional()
    .meta({ description: "what it is for; becomes a part of its name" }),
});

/** What the status says of checkpoints. */
export const checkpointsStatusSchema: z.ZodType<CheckpointsStatus> = z.object({
  last: z.string().nullable().meta({ description: "the newest" }),
  made_at: utc.nullable(),
  to: count.meta({ description: "everything up to this seq is in one" }),
  since: count.nullable().meta({ description: "entries heard since" }),
  problem: z.string().nullable(),
});

/** The shapes by the names they have in the description. */
export const CHECKPOINT_SHAPES: {
  readonly CheckpointAsk: z.ZodType<CheckpointAsk>;
  readonly CheckpointState: z.ZodType<CheckpointState>;
  readonly CheckpointListing: z.ZodType<CheckpointListing>;
  readonly CheckpointAccepted: z.ZodType<CheckpointAccepted>;
} = {
  CheckpointAsk: shape("CheckpointAsk", checkpointAsk),
  CheckpointState: state,
  CheckpointListing: shape("CheckpointListing", z.object(listingOf(state))),
  CheckpointAccepted: shape(
    "CheckpointAccepted",
    z.object({ id: z.string(), queue: z.literal("checkpoint") }),
  ),
};
