/**
 * What the system asks of the hot store (Redis): the newest messages, who is
 * talking, how far files were read, and the live feed.
 *
 *   M1  Applying is atomic: nobody sees half a stretch, and the cursor moves
 *       with it.
 *   M2  Applying twice is applying once; entries at or below the cursor change
 *       nothing.
 *   M3  The window is the newest HOT_MESSAGES by said_at (then by id), whatever
 *       order they were applied in. A message that says it is from the future
 *       counts as said five minutes after it was heard.
 *   M4  Wiping it loses nothing: from cursor 0 it becomes the same again, however
 *       the entries are cut into stretches.
 *   M5  What a full, busy or locked Redis refuses is refused for now: no entry
 *       is to blame for it.
 *   M7  A message that is hidden (sessions/hidden.ts) is in no window and no feed
 *       from then on, in whatever order it and what hides it come.
 *   M6  A follower of the live feed gets every message after its place, in
 *       order, or a gap that names what it did not get.
 */
import type { EnrichedMessage } from "../message/message.ts";
import type { Settled, Taken } from "../settle/port.ts";

export interface HotStore {
  /** Binds this Redis to a journal. Throws `journal_foreign` when it is made from another one. */
  claim(journalId: string): Promise<void>;
  /** The seq up to which everything is applied; 0 when empty. */
  cursor(): Promise<number>;
  /** The newest entry it has taken of which it shows a message; null when there is none. */
  newest(): Promise<Taken | null>;
  /** Applies what follows the cursor, in order. A stretch that starts beyond cursor + 1 is refused (`conflict`). */
  apply(stretch: readonly Settled[]): Promise<void>;
  /** The newest messages (M3), newest first. One heard twice is there once, as it was first heard. */
  window(limit: number): Promise<readonly EnrichedMessage[]>;
  clear(): Promise<void>;
}

/** The live feed for one reader: first what came after `after`, then what comes. */
export interface LiveFeed {
  /** Messages with seq > `after`, in order, until the signal. `gap` says a range could not be given any more. */
  follow(after: number, signal: AbortSignal): AsyncIterable<LiveEvent>;
  /** Highest seq in the stream, or the hot cursor; where "from now on" begins. */
  head(): Promise<number>;
}

export type LiveEvent =
  | { readonly kind: "message"; readonly message: EnrichedMessage }
  | { readonly kind: "gap"; readonly from: number; readonly to: number };
