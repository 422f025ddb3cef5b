/**
 * What is asked over the intake socket beside records, and what is answered:
 * JSON, read into types at the edge. Pure.
 */
import { z } from "zod";
import { isFailureCode, VerbatimError } from "../errors.ts";
import type { Control, IngestStatus } from "./port.ts";

const count = z.number().int().nonnegative();
const control: z.ZodType<Control> = z.discriminatedUnion("op", [
  z.strictObject({ op: z.enum(["heard", "status", "rotate"]) }),
  z.strictObject({ op: z.literal("erased"), from: count, to: count }),
]);
const reply = z.discriminatedUnion("ok", [
  z.object({ ok: z.literal(true), value: z.unknown() }),
  z.object({ ok: z.literal(false), code: z.string(), message: z.string() }),
]);
const status: z.ZodType<IngestStatus> = z.object({
  journal_id: z.string(),
  heard: count,
  last_heard_at: z.string().nullable(),
  segments: count,
  journal_bytes: count,
  disk_free_bytes: count,
  write_failures: count,
  sources: z.array(
    z.object({
      source: z.string(),
      root: z.string(),
      state: z.enum(["catching up", "live", "away", "failing"]),
      files: count,
      bytes_behind: count,
      bytes_total: count,
      last_heard_at: z.string().nullable(),
      uncaptured: z
        .object({
          files: count,
          oldest: z.string(),
          days_left: count.nullable(),
        })
        .nullable(),
      problem: z.string().nullable(),
    }),
  ),
});
const rotated: z.ZodType<string | null> = z.string().nullable();

/** What a client asks, or null when it is nothing one can ask. */
export function controlOf(ask: unknown): Control | null {
  return control.safeParse(ask).data ?? null;
}

/** The value of a reply. Throws what the writer failed with, or `ingest_unreachable` when it cannot be understood. */
export function replyOf(said: unknown): unknown {
  const read = reply.safeParse(said).data;
  if (read === undefined) throw notUnderstood();
  if (read.ok) return read.value;
  throw new VerbatimError(
    isFailureCode(read.code) ? read.code : "ingest_unreachable",
    read.message,
  );
}

/** How far the journal is, in a reply. */
export function heardOf(said: unknown): number {
  const read = count.safeParse(replyOf(said)).data;
  if (read === undefined) throw notUnderstood();
  return read;
}

/** The status in a reply. */
export function statusOf(said: unknown): IngestStatus {
  const read = status.safeParse(replyOf(said)).data;
  if (read === undefined) throw notUnderstood();
  return read;
}

/** The archived file's name in a reply. */
export function rotatedOf(said: unknown): string | null {
  const read = rotated.safeParse(replyOf(said)).data;
  if (read === undefined) throw notUnderstood();
  return read;
}

function notUnderstood(): VerbatimError {
  return new VerbatimError(
    "ingest_unreachable",
    "Ingest answered something that this version does not understand. Start all programs from one version.",
  );
}
