/**
 * What the system asks of whoever keeps the numbers (Postgres).
 *
 *   N2  The numbers of everything up to `counted_to` are there, moved in the
 *       transaction that moves it: a message is counted once or not yet.
 *   N3  Counting everything again gives the same rows and threads.
 *   N7  What is read together is of one moment: never an old reach beside rows
 *       that were emptied since.
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

/** How far the numbers reach of what was heard. */
export type Reach = Counted & {
  /** The journal's last entry; null where nobody could say. Never less than `settled_to`. */
  readonly heard_to: number | null;
};

/** How far the numbers reach, beside the journal's end as it was before they were read. */
export function reachOf(counted: Counted, heardTo: number | null): Reach {
  return { ...counted, heard_to: heardTo === null ? null : Math.max(heardTo, counted.settled_to) };
}

/** The share of what was heard that is counted, 0 to 1; of what is known, where nobody knows what was heard. */
export function countedShare({ counted_to, settled_to, heard_to }: Reach): number {
  const all = heard_to ?? settled_to;
  return all === 0 ? 1 : Math.min(1, counted_to / all);
}

/** Reading the numbers: used by the API and by reports. */
export interface Numbers {
  /** Everything that `read` asks of the numbers it is given is of one moment. (N7) */
  together<Value>(read: (numbers: Numbers) => Promise<Value>): Promise<Value>;
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
