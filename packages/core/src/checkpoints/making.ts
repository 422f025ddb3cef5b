/**
 * journal → settle → checkpoint: everything safe in the journal that no
 * checkpoint holds yet, in one checkpoint, or in several when it is very much.
 *
 * The index is the cursor, so dying anywhere costs making the last one again. It
 * needs the journal alone: no store, no queue, nothing that runs.
 *
 *   X40  None is made behind checkpoints of entries that the journal does not have
 *        (any more): the places would name something else in both.
 *
 * By the clock none is made of nothing, nor of the bus's own sign of life, which
 * comes every minute whether or not anybody says anything.
 */
import { VerbatimError } from "../errors.ts";
import type { JournalReader } from "../journal/port.ts";
import { STRETCH_BYTES_MAX, STRETCH_ENTRIES_MAX } from "../limits.ts";
import type { Hidden } from "../sessions/hidden.ts";
import type { SettledReader, Sha256 } from "../settle/port.ts";
import { CANARY_TOPIC } from "../sources/bus.ts";
import { parse } from "../sources/parse.ts";
import { entryFor } from "./again.ts";
import { checkpointedTo } from "./catalogue.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { hiddenIn } from "./hiding.ts";
import { labelOf } from "./names.ts";
import type { CheckpointDraft, CheckpointShelf } from "./port.ts";

/** A checkpoint does not begin another stretch beyond this: files that can still be copied and opened. */
const CHECKPOINT_BYTES_MAX: number = 512 * 1024 * 1024;
/** Signs of life of a day: after that many, one is made of them all the same. */
const QUIET_ENTRIES_MAX = 1500;

export type CheckpointPorts = {
  readonly journal: Pick<JournalReader, "read">;
  readonly settled: SettledReader;
  /** Up to here everything is safe and will not change any more. */
  readonly safeTo: number;
  readonly shelf: Pick<CheckpointShelf, "index" | "begin">;
  /** The folder of checkpoints, for the one who must move it. */
  readonly dir: string;
  readonly sha256: Sha256;
  readonly now: () => string;
  /** Told now and then how far it is. */
  readonly passed: (progress: CheckpointProgress) => Promise<void>;
  readonly bytesMax?: number;
};

/** Entries done of all that are new. */
export type CheckpointProgress = { readonly done: number; readonly total: number };

/** What is asked: `by_clock` waits until there is something somebody said or did. */
export type CheckpointWish = { readonly label: string; readonly by_clock: boolean };

/** What was made, the oldest first; nothing where there was nothing new. */
export type CheckpointsMade = {
  readonly made: readonly Checkpoint[];
  /** Everything up to this seq is in a checkpoint now. */
  readonly to: number;
};

/** Makes what is wanted. Ends early on the signal, and then leaves no half one. */
export async function makeCheckpoints(
  { label, by_clock }: CheckpointWish,
  ports: CheckpointPorts,
  signal: AbortSignal,
): Promise<CheckpointsMade> {
  const from = checkpointedTo(ports.shelf.index()) + 1;
  if (from - 1 > ports.safeTo) throw ahead(from - 1, ports);
  const range = { from, to: ports.safeTo };
  if (from > ports.safeTo || (by_clock && (await isQuiet(range, ports))))
    return { made: [], to: from - 1 };
  const hidden = await hiddenIn(ports.journal, range, signal);
  const made: Checkpoint[] = [];
  for (let at = from; at <= range.to && !signal.aborted; ) {
    await using draft = await ports.shelf.begin({
      label: labelOf(label),
      made_at: ports.now(),
      first_seq: at,
    });
    const last = await fill(draft, { at, ...range, hidden }, ports, signal);
    if (last === null) break;
    made.push(await draft.finish(last));
    at = last + 1;
  }
  return { made, to: made.at(-1)?.last_seq ?? from - 1 };
}

/** As after the journal was put back from an older backup. */
function ahead(to: number, { safeTo, dir }: CheckpointPorts): VerbatimError {
  return new VerbatimError(
    "conflict",
    `the checkpoints in ${dir} go up to entry ${to} and the journal ends at ${safeTo}, so it is older than they are, and no checkpoint is made; keep them, they hold what the journal lost, and begin anew: mv "${dir}" "${dir}-before" && verbatim checkpoint`,
    { facts: { checkpointed_to: to, journal_to: safeTo } },
  );
}

type Filling = {
  readonly at: number;
  readonly from: number;
  readonly to: number;
  readonly hidden: Hidden;
};

/** The last place that is in it; null when it was stopped. Places that were lost count as passed. */
async function fill(
  draft: CheckpointDraft,
  { at, from, to, hidden }: Filling,
  ports: CheckpointPorts,
  signal: AbortSignal,
): Promise<number | null> {
  const bytesMax = ports.bytesMax ?? CHECKPOINT_BYTES_MAX;
  let next = at;
  while (next <= to) {
    if (signal.aborted) return null;
    const settled = await ports.settled.read({
      from: next,
      to,
      entries: STRETCH_ENTRIES_MAX,
      bytes: STRETCH_BYTES_MAX,
    });
    const last = settled.at(-1)?.entry.seq;
    if (last === undefined) throw unreadable(next, to);
    await draft.add(settled.map((one) => entryFor(one, hidden, ports.sha256)));
    next = last + 1;
    await ports.passed({ done: last - from + 1, total: to - from + 1 });
    if (draft.counts().raw_bytes >= bytesMax) return last;
  }
  return to;
}

/** Behind a loss that was accepted stands an entry that says so: nothing at all to read is something else. */
function unreadable(from: number, to: number): VerbatimError {
  return new VerbatimError(
    "journal_corrupt",
    `entries ${from} to ${to} of the journal cannot be read, so no checkpoint is made of them; see: verbatim verify`,
    { facts: { from, to } },
  );
}

/** Whether all that is new are signs of life, and not yet many. */
async function isQuiet(
  { from, to }: { readonly from: number; readonly to: number },
  { journal, sha256 }: CheckpointPorts,
): Promise<boolean> {
  if (to - from >= QUIET_ENTRIES_MAX) return false;
  const entries = await journal.read({
    ...{ from, to, entries: QUIET_ENTRIES_MAX },
    bytes: STRETCH_BYTES_MAX,
  });
  if (entries.at(-1)?.seq !== to) return false;
  return entries.every((entry) => {
    const { messages } = parse(entry, sha256);
    return messages.length > 0 && messages.every(({ topic }) => topic === CANARY_TOPIC);
  });
}
