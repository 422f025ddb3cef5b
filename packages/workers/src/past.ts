/**
 * Whether a store and the journal have the same past.
 *
 * A home that was restored from an older backup has fewer entries than its
 * stores, or by now others under the same seqs. Going on from the store's cursor
 * would leave in it for ever what the journal has not, and never take what lies
 * before the cursor.
 */
import { type JournalReader, msOf, VerbatimError } from "@verbatim/core";
import type { Consumer } from "./pipeline.ts";

const TO_THE_END: number = Number.MAX_SAFE_INTEGER;

/** Throws `store_ahead` when the store holds what the journal does not. */
export async function refuseOtherPast(
  consumer: Consumer,
  journal: Pick<JournalReader, "read" | "last">,
): Promise<void> {
  const at = await consumer.cursor();
  if (at === 0) return;
  const [next] = await journal.read({ from: at, to: TO_THE_END, entries: 1, bytes: 1 });
  if (next === undefined) {
    const last = await journal.last();
    throw ahead(`${consumer.name} is made up to entry ${at}, but the journal ends at ${last}`, {
      store: at,
      journal: last,
    });
  }
  const newest = await consumer.newest();
  if (newest === null) return;
  const { seq, heard_at } = newest;
  const [same] = await journal.read({ from: seq, to: seq, entries: 1, bytes: 1 });
  // An entry that is not there was lost with accepted damage: nothing to compare.
  if (same === undefined || msOf(same.at) === msOf(heard_at)) return;
  throw ahead(
    `${consumer.name} remembers entry ${seq} as heard at ${heard_at}, but the journal's was heard at ${same.at}`,
    { store: at, seq },
  );
}

function ahead(what: string, facts: Record<string, number>): VerbatimError {
  return new VerbatimError(
    "store_ahead",
    `${what}: this home was restored from an older backup; make the stores again from it: verbatim rebuild`,
    { facts },
  );
}
