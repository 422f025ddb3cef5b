/**
 * The entries of a checkpoint as the journal has them now, the way the checkpoint
 * has them: to make it again, and to say where it differs.
 *
 *   C40  What was withheld from a checkpoint or taken out of it is so again when
 *        it is made again, and what was forgotten since never comes into it.
 */
import { graveIn } from "../forget/erase.ts";
import type { JournalReader } from "../journal/port.ts";
import { STRETCH_BYTES_MAX, STRETCH_ENTRIES_MAX } from "../limits.ts";
import { fileKeyOf } from "../message/heard.ts";
import type { Hidden } from "../sessions/hidden.ts";
import type { Settled, SettledReader, Sha256 } from "../settle/port.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { hiddenIn, whyWithheld } from "./hiding.ts";
import { type CheckpointEntry, keptEntry, lineOf, withheldEntry } from "./line.ts";

export type AgainPorts = {
  readonly journal: Pick<JournalReader, "read">;
  readonly settled: SettledReader;
  readonly sha256: Sha256;
  readonly signal: AbortSignal;
};

/** Its entries, in order. `hiddenTo` says up to where the journal is asked what is hidden: its own end, or that of the journal. */
export async function* entriesAgain(
  one: Checkpoint,
  hiddenTo: number,
  { journal, settled, sha256, signal }: AgainPorts,
): AsyncGenerator<CheckpointEntry> {
  const { first_seq, last_seq } = one;
  const hidden = await hiddenIn(journal, { from: first_seq, to: hiddenTo }, signal);
  for (let from = first_seq; from <= last_seq; ) {
    const bounds = { entries: STRETCH_ENTRIES_MAX, bytes: STRETCH_BYTES_MAX };
    const stretch = await settled.read({ from, to: last_seq, ...bounds });
    const last = stretch.at(-1)?.entry.seq;
    if (last === undefined) return;
    for (const each of stretch) yield outOf(each, one, sha256) ?? entryFor(each, hidden, sha256);
    from = last + 1;
  }
}

/** An entry as a checkpoint takes it in: whole, or withheld where it is hidden. */
export function entryFor(settled: Settled, hidden: Hidden, sha256: Sha256): CheckpointEntry {
  const why = whyWithheld(settled.entry, hidden);
  return why === null ? keptEntry(settled) : withheldEntry(settled.entry, why, sha256);
}

/** What is said of an entry that was forgotten, in the index and in its place. */
export function forgottenWhy(receiptId: string): string {
  return `forgotten: ${receiptId}`;
}

/** An entry that was taken out after the checkpoint was made: its tombstone knows what it was. */
function outOf({ entry }: Settled, { erased }: Checkpoint, sha256: Sha256): CheckpointEntry | null {
  const grave = entry.erased === true ? graveIn(entry.raw) : null;
  if (grave === null) return null;
  const why = forgottenWhy(grave.receipt_id);
  if (!erased.some((one) => one.why === why)) return null;
  const { seq } = entry;
  const key = fileKeyOf(entry.key) === null ? `erased/${seq}` : entry.key;
  const { withheld, ...rest } = withheldEntry({ ...entry, key }, why, sha256);
  return { ...rest, withheld: withheld === null ? null : { ...withheld, sha256: grave.sha256 } };
}

/** Whether two are of the same record: place and bytes, whatever was read from them. */
export function isSameRecord(a: CheckpointEntry, b: CheckpointEntry): boolean {
  return bare(a) === bare(b);
}

function bare(one: CheckpointEntry): string {
  return lineOf({ ...one, aside: null, messages: [] });
}
