/** Losses that somebody accepted, as records of the journal: what is gone is written down too. */
import type { Heard } from "@verbatim/core";

/** One record for each range of seqs that cannot be read any more. */
export function lossRecords(
  lost: readonly { readonly first: number; readonly last: number }[],
  at: string,
): readonly Heard[] {
  return lost.map(({ first, last }) => ({
    source: "verbatim",
    key: `loss/${first}-${last}`,
    at,
    raw: new TextEncoder().encode(
      JSON.stringify({ type: "loss", first_seq: first, last_seq: last, accepted_at: at }),
    ),
  }));
}
