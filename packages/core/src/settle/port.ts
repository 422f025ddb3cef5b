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

/** A digest of bytes or text as lower-case hex. core has no hash of its own; programs pass the platform's. */
export type Sha256 = (data: Uint8Array | string) => string;

/** Entry in, answer out: pure, never throws. */
export type Settle = (entry: Entry) => Settled;
