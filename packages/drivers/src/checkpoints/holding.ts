/**
 * Which checkpoints hold a range of entries, each read whole and compared with
 * the digest that the index has of it: what a segment of the journal may be
 * dropped on.
 */
import { type Sha256, VerbatimError } from "@verbatim/core";
import type { Checkpoint } from "@verbatim/core/checkpoints";
import { refuseChanged } from "./entries.ts";
import { openCheckpointLibrary } from "./library.ts";

/** Their ids, in order. Throws `conflict` where some entry is in none, `source_unreadable` where a file is not as it was made. */
export type CheckpointsHolding = (first: number, last: number) => Promise<readonly string[]>;

/** Looks through the checkpoints of a folder; each file once, however often it is asked for. */
export function openCheckpointsHolding(dir: string, sha256: Sha256): CheckpointsHolding {
  const library = openCheckpointLibrary(dir, sha256);
  const whole = new Set<string>();
  return async (first, last) => {
    const all = (await library.index())?.checkpoints ?? [];
    const held = all.filter((one) => one.last_seq >= first && one.first_seq <= last);
    refuseGap(held, first, last);
    for (const one of held) {
      const { sha256: mark } = one.files.json;
      if (!whole.has(mark)) await refuseChanged(dir, library, one);
      whole.add(mark);
    }
    return held.map(({ id }) => id);
  };
}

function refuseGap(held: readonly Checkpoint[], first: number, last: number): void {
  let next = first;
  for (const one of held) {
    if (one.first_seq > next) break;
    next = one.last_seq + 1;
  }
  if (next > last) return;
  throw new VerbatimError(
    "conflict",
    `it stays as it is: no checkpoint holds entries from ${next} on; make one first: verbatim checkpoint`,
  );
}
