/**
 * A checkpoint: what came into the journal since the one before it, as two files
 * that are never written again, and its entry in the index.
 *
 * Each says what it holds: the JSON file in its first and last line, so that an
 * index that was lost is made again from the files, to the byte.
 */
import { z } from "zod";

/** A file, and how to know it again. */
export type FileFact = { readonly bytes: number; readonly sha256: string };

/** Entries whose bytes were taken out after the checkpoint was made. */
type Erasure = {
  readonly at: string;
  readonly why: string;
  readonly entries: number;
};

/** How many of what. */
export type CheckpointCounts = {
  /** Entries of the journal; less than the range where places were lost. */
  readonly count: number;
  readonly messages: number;
  readonly asides: number;
  readonly withheld: number;
  readonly raw_bytes: number;
};

/** What is known when it is begun. */
export type CheckpointHead = {
  readonly id: string;
  readonly label: string;
  readonly made_at: string;
  readonly journal_id: string;
  readonly first_seq: number;
};

/** What is known when it is done. */
export type CheckpointTail = CheckpointCounts & {
  /** Up to here: the next one begins behind it. */
  readonly last_seq: number;
  readonly erased: readonly Erasure[];
  readonly parquet: FileFact;
};

/** A checkpoint as the index has it. */
export type Checkpoint = Omit<CheckpointHead, "journal_id"> &
  Omit<CheckpointTail, "parquet"> & {
    readonly files: { readonly json: FileFact; readonly parquet: FileFact };
    /** sha-256 of the entry before it in the index. */
    readonly previous: string;
  };

export type CheckpointFormat = keyof Checkpoint["files"];

const text = z.string();
const count = z.int().min(0);
const fileSchema: z.ZodType<FileFact> = z.strictObject({ bytes: count, sha256: text });
const erasureSchema: z.ZodType<Erasure> = z.strictObject({ at: text, why: text, entries: count });
const counts = { count, messages: count, asides: count, withheld: count, raw_bytes: count };
const head = { id: text, label: text, made_at: text, first_seq: count };
const tail = { ...counts, last_seq: count, erased: z.array(erasureSchema) };

export const headSchema: z.ZodType<CheckpointHead> = z.object({ ...head, journal_id: text });
export const tailSchema: z.ZodType<CheckpointTail> = z.object({ ...tail, parquet: fileSchema });
export const checkpointSchema: z.ZodType<Checkpoint> = z.strictObject({
  ...head,
  ...tail,
  files: z.strictObject({ json: fileSchema, parquet: fileSchema }),
  previous: text,
});
