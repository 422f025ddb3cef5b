/**
 * What the system asks of whoever keeps the numbers (Postgres).
 *
 *   N2  The numbers of everything up to `counted_to` are there, moved in the
 *       transaction that moves it: a message is counted once or not yet.
 *   N3  Counting everything again gives the same rows and threads.
 */
import type { EnrichedMessage } from "../message/message.ts";
import type { TallyRow } from "./tally.ts";
import type { Open } from "./thread.ts";

/** What numbers are wanted of. Hours are whole: `since` is rounded down, `until` up. */
export type NumbersFilter = {
  /** said_at at or after / before: ISO 8601. */
  readonly since?: string;
  readonly until?: string;
  readonly project?: string;
  readonly speaker?: string;
  readonly session?: string;
};

/** Something open, with its words to show. */
export type OpenItem = Open & {
  readonly session_id: string;
  readonly text: string;
};

/** How far the numbers reach; while a changed taxonomy is worked out, less far than the archive. */
export type Counted = {
  readonly counted_to: number;
  readonly settled_to: number;
  /** The taxonomy the numbers are of. */
  readonly taxonomy: string;
};

/** Reading the numbers: used by the API and by reports. */
export interface Numbers {
  counted(): Promise<Counted>;
  /** Rows by hour, then project, then speaker. Of one session they are counted from its messages. */
  tallies(filter: NumbersFilter): Promise<readonly TallyRow[]>;
  /** Sessions in which somebody spoke in that time. */
  sessions(filter: NumbersFilter): Promise<number>;
  /** The newest open questions and blocked work that came up in that time. */
  open(filter: NumbersFilter, limit: number): Promise<readonly OpenItem[]>;
  /** Entries set aside, heard in that time. */
  asides(filter: NumbersFilter): Promise<number>;
  /** Messages that were said, in the order of the journal, for threads and windows; at most `limit`. */
  said(
    filter: NumbersFilter,
    page: {
      readonly after?: { readonly seq: number; readonly sub: number };
      readonly limit: number;
    },
  ): Promise<readonly EnrichedMessage[]>;
}
