/**
 * What became of one entry of the journal. Every entry becomes one of the two,
 * and the same one each time:
 *
 *   stored   at least one message was read from it
 *   aside    nothing was; `aside` says why, for a person
 *
 * An entry that was partly understood is stored, and `aside` says what was not.
 */
import type { Entry } from "../message/heard.ts";
import type { EnrichedMessage } from "../message/message.ts";

export type Settled = {
  readonly entry: Entry;
  readonly messages: readonly EnrichedMessage[];
  readonly aside: string | null;
};

/** An entry that a store has taken, as far as it remembers it: enough to see whether the journal still has it. */
export type Taken = { readonly seq: number; readonly heard_at: string };

/** A digest of bytes or text as lower-case hex. core has no hash of its own; programs pass the platform's. */
export type Sha256 = (data: Uint8Array | string) => string;

/** Entry in, answer out: pure, never throws. */
export type Settle = (entry: Entry) => Settled;
