/** Losses that somebody accepted, as records of the journal: what is gone is written down too. */
import type { Entry, Heard } from "@verbatim/core";
import type { Lost } from "./recover.ts";

const SOURCE = "verbatim";

/** One record for each range of seqs that cannot be read any more. */
export function lossRecords(lost: readonly Lost[], at: string): readonly Heard[] {
  return lost.map(({ first, last }) => ({
    source: SOURCE,
    key: `loss/${first}-${last}`,
    at,
    raw: new TextEncoder().encode(
      JSON.stringify({ type: "loss", first_seq: first, last_seq: last, accepted_at: at }),
    ),
  }));
}

/** The range an entry says is lost, or null when it says no such thing. */
export function acceptedLoss({ source, key }: Pick<Entry, "source" | "key">): Lost | null {
  const [, first, last] = (source === SOURCE ? /^loss[/](\d+)-(\d+)$/.exec(key) : null) ?? [];
  return first === undefined || last === undefined
    ? null
    : { first: Number(first), last: Number(last) };
}
