/**
 * What became of one entry of the journal. Every entry becomes one of the two,
 * and the same one each time:
 *
 *   stored   at least one message was read from it
 *   aside    nothing was; `aside` says why, for a person
 *
 * An entry that was partly understood is stored, and `aside` says what was not.
 */
import type { Stretch } from "../journal/port.ts";
import type { Entry } from "../message/heard.ts";
import type { EnrichedMessage } from "../message/message.ts";
import type { Recent } from "./recent.ts";

export type Settled = {
  readonly entry: Entry;
  readonly messages: readonly EnrichedMessage[];
  readonly aside: string | null;
};

/** An entry that a store has taken, as far as it remembers it: enough to see whether the journal still has it. */
export type Taken = { readonly seq: number; readonly heard_at: string };

/** A digest of bytes or text as lower-case hex. core has no hash of its own; programs pass the platform's. */
export type Sha256 = (data: Uint8Array | string) => string;

/** Entry in, answer out. Never throws. */
export interface Settle {
  /** After what `recent` remembers, which then also remembers this entry; without it, as if nothing had been said before. */
  (entry: Entry, recent?: Recent): Settled;
  /** Only remembers: much cheaper than an answer that nobody wants. */
  readonly remember: (entry: Entry, recent: Recent) => void;
}

/** The journal as consumers see it: every entry settled, after what was said before it. */
export interface SettledReader {
  /** Entries of a stretch, as the journal's `read` gives them. */
  read(stretch: Stretch): Promise<readonly Settled[]>;
  /** An entry of this journal that is known from elsewhere. */
  settle(entry: Entry): Promise<Settled>;
}
