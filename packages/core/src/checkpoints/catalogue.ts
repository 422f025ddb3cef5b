/**
 * The index of checkpoints: one line each, in the order of the journal, each with
 * the digest of the line before it.
 *
 *     {"format":"verbatim-checkpoints/1","journal_id":"…","checkpoints":[
 *     {"id":…,"first_seq":…,"last_seq":…,"files":{…},"previous":"…"}
 *     ],"head":"…"}
 *
 *   C23  A byte changed anywhere in it is seen: the first link is to the journal
 *        it is of, `head` is the digest of the last line, and there is one way to
 *        write it.
 *   C24  The ranges of an index adjoin: it is the cursor, and what the next
 *        checkpoint begins behind.
 */
import { z } from "zod";
import { no, type Result, yes } from "../result.ts";
import type { Sha256 } from "../settle/port.ts";
import {
  type Checkpoint,
  type CheckpointHead,
  type CheckpointTail,
  checkpointSchema,
  type FileFact,
} from "./checkpoint.ts";

const FORMAT = "verbatim-checkpoints/1";

/** All checkpoints of a journal, the oldest first. */
export type CheckpointIndex = {
  readonly journal_id: string;
  readonly checkpoints: readonly Checkpoint[];
};

const indexSchema = z.strictObject({
  format: z.literal(FORMAT),
  journal_id: z.string(),
  checkpoints: z.array(checkpointSchema),
  head: z.string(),
});

/** Everything up to this seq is in a checkpoint. */
export function checkpointedTo({ checkpoints }: CheckpointIndex): number {
  return checkpoints.at(-1)?.last_seq ?? 0;
}

/** The digest that what is added next is linked to; it stands for everything before it. */
export function headOf({ journal_id, checkpoints }: CheckpointIndex, sha256: Sha256): string {
  const last = checkpoints.at(-1);
  return sha256(last === undefined ? `${FORMAT} ${journal_id}` : lineOf(last));
}

/** What the files of a checkpoint say, ready for the index. */
export type Made = {
  readonly head: CheckpointHead;
  readonly tail: CheckpointTail;
  readonly json: FileFact;
};

/** The index with one more. */
export function withCheckpoint(
  index: CheckpointIndex,
  { head, tail, json }: Made,
  sha256: Sha256,
): CheckpointIndex {
  const { id, label, made_at, first_seq } = head;
  const { parquet, ...counts } = tail;
  const previous = headOf(index, sha256);
  const files = { json, parquet };
  const added = { id, label, made_at, first_seq, ...counts, files, previous };
  return { ...index, checkpoints: [...index.checkpoints, added] };
}

/** The index with each entry linked anew, after some of them were changed. */
export function linkedAnew(index: CheckpointIndex, sha256: Sha256): CheckpointIndex {
  const checkpoints: Checkpoint[] = [];
  const linked = { ...index, checkpoints };
  for (const one of index.checkpoints)
    checkpoints.push({ ...one, previous: headOf(linked, sha256) });
  return linked;
}

/** The index as it lies in its file. */
export function indexText(index: CheckpointIndex, sha256: Sha256): string {
  const { journal_id, checkpoints } = index;
  const head = JSON.stringify({ format: FORMAT, journal_id }).slice(0, -1);
  const lines = checkpoints.map(lineOf).join(",\n");
  return `${head},"checkpoints":[\n${lines}\n],"head":"${headOf(index, sha256)}"}\n`;
}

/** The index of a text, or why it is none that anybody may trust. (C23) */
export function readIndex(text: string, sha256: Sha256): Result<CheckpointIndex> {
  const read = indexSchema.safeParse(parsed(text));
  if (!read.success) return no("it is torn, or no index of checkpoints");
  const { journal_id } = read.data;
  const index: CheckpointIndex = { journal_id, checkpoints: [] };
  const checkpoints: Checkpoint[] = [];
  for (const one of read.data.checkpoints) {
    const before = { ...index, checkpoints };
    if (one.previous !== headOf(before, sha256))
      return no(`the chain is broken before ${one.id}: an entry was changed, added or taken out`);
    // Ranges of a whole chain adjoin, or lie behind a part that was lost with its file. (C24)
    if (one.first_seq <= checkpointedTo(before) || one.last_seq < one.first_seq)
      return no(`the entries of ${one.id} are those of another checkpoint too`);
    checkpoints.push(one);
  }
  const whole = { journal_id, checkpoints };
  if (indexText(whole, sha256) !== text)
    return no("the chain ends in another digest than it says: its end was changed or taken out");
  return yes(whole);
}

/** The one way to write an entry: its fields in this order. */
function lineOf(one: Checkpoint): string {
  const { id, label, made_at, first_seq, last_seq, count, messages, asides } = one;
  const { withheld, raw_bytes, files, erased, previous } = one;
  const { json, parquet } = files;
  return JSON.stringify({
    ...{ id, label, made_at, first_seq, last_seq, count, messages, asides, withheld, raw_bytes },
    files: { json: factOf(json), parquet: factOf(parquet) },
    erased: erased.map(({ at, why, entries }) => ({ at, why, entries })),
    previous,
  });
}

function factOf({ bytes, sha256 }: FileFact): FileFact {
  return { bytes, sha256 };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
