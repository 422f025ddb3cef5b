/**
 * What the system asks of the place where checkpoints lie.
 *
 *   C26  A checkpoint is there whole or not at all, whenever whoever makes it
 *        dies, and the next one goes on where it ended: no entry is in two, and
 *        none is in none.
 *   C27  A file that was damaged or taken away is named by `survey`, and stops no
 *        later checkpoint; an index that is lost is made again from the files.
 */
import type { KeptFile } from "../files/index.ts";
import type { CheckpointIndex } from "./catalogue.ts";
import type { Checkpoint, CheckpointCounts, CheckpointFormat } from "./checkpoint.ts";
import type { CheckpointEntry } from "./line.ts";

/** What is to be made. */
export type CheckpointAsk = Pick<Checkpoint, "label" | "made_at" | "first_seq">;

/** What is to be taken out, and what is said of it. */
export type Erase = { readonly seqs: readonly number[]; readonly why: string; readonly at: string };

/** A checkpoint that is being written. */
export interface CheckpointDraft {
  add(entries: readonly CheckpointEntry[]): Promise<void>;
  counts(): CheckpointCounts;
  /** Gives it its names and its place in the index. Throws `output_failed` where there is no room, and leaves nothing. */
  finish(lastSeq: number): Promise<Checkpoint>;
  /** Takes away what was written, unless it is finished. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Where a damaged one is made again from: its entries as the journal has them, as they were hidden then or as they are now. */
export type RemakeFrom = {
  readonly entries: (one: Checkpoint, hidden: "then" | "now") => AsyncIterable<CheckpointEntry>;
  /** Whether bytes of the journal lie in this one and not in the journal any more. */
  readonly isNeeded: (id: string) => boolean;
  readonly at: string;
};

/** What came of it: the bytes it was made with, others of the same entries, or nothing because not all of them are known. */
export type Remade = "same" | "other" | "not";

/** The shelf of whoever alone may write to it now. */
export interface CheckpointShelf {
  /** All there are, with what was finished by somebody who died before it was written down. */
  index(): CheckpointIndex;
  begin(ask: CheckpointAsk): Promise<CheckpointDraft>;
  /** Makes the checkpoints that hold these entries again without them, under their names; gives those it made. */
  erase(asked: Erase): Promise<readonly Checkpoint[]>;
  /** Makes the damaged or missing files of one again, under their names. */
  remake(id: string, from: RemakeFrom): Promise<Remade>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Reading them, beside whoever writes. */
export interface CheckpointLibrary {
  /** The oldest first; empty where there are none. Throws `output_failed` when the index cannot be trusted. */
  index(): Promise<CheckpointIndex | null>;
  /** One file as it was made, also where the JSON was compressed since; null when there is none. */
  file(id: string, format: CheckpointFormat): Promise<KeptFile | null>;
  /** Entries of one, in order. Throws `source_unreadable` at a place that is damaged. */
  entries(id: string): AsyncIterable<CheckpointEntry>;
}
