/**
 * What the journal has of sessions beyond what a store has of them: read on from
 * there, so that what is shown is never a part of what was recorded.
 *
 *   G14  However far a store is behind, what it gives is completed from the
 *        journal up to what is acknowledged now, or the answer says that nobody
 *        can know now.
 *
 * One look is shared by all who ask: an entry is read once, not once a session.
 * What is held is bounded, and let go when the stores have it.
 */
import { type Entry, VerbatimError } from "@verbatim/core";
import {
  type Happened,
  readEvent,
  SESSION_SOURCE,
  type SessionName,
} from "@verbatim/core/sessions";

/** A second of reading. Further behind, the workers are quicker than we are. */
const ENTRIES_MAX = 200_000;
const BYTES_MAX: number = 64 * 1024 * 1024;
/** Between two pieces others are served. */
const PIECE = { entries: 500, bytes: 1024 * 1024 } as const;

/** How far the journal is acknowledged; `sure` when its writer says so, and not what lies on the disk. */
type Heard = { readonly seq: number; readonly sure: boolean };

/** Events of a session after an entry, in order, up to another one. */
export type Tail = { readonly events: readonly Happened[]; readonly up_to: number } & Pick<
  Heard,
  "sure"
>;

export type TailPorts = {
  readonly heard: () => Promise<Heard>;
  /** Entries of the journal, in order. */
  readonly entries: (stretch: {
    readonly from: number;
    readonly to: number;
    readonly entries: number;
    readonly bytes: number;
  }) => Promise<readonly Entry[]>;
};

export interface JournalTail {
  heard(): Promise<Heard>;
  /** Throws `postgres_unreachable` when the journal is too far ahead of `seq`, or cannot be read. */
  after(name: SessionName, seq: number): Promise<Tail>;
}

/** Events of the entries after `from`, up to and with `to`. */
type Held = {
  from: number;
  to: number;
  bytes: number;
  readonly of: Map<string, Happened[]>;
};

/** A tail of which nothing was read yet. */
export function openTail(
  { heard, entries }: TailPorts,
  /** What was asked to be forgotten since it was read. */
  isGone: (happened: Happened) => boolean = () => false,
): JournalTail {
  let turn: Promise<Held> = Promise.resolve(heldFrom(0));

  return {
    heard,
    after: async (name, seq) => {
      const { seq: up_to, sure } = await heard();
      if (up_to - seq > ENTRIES_MAX) throw behind(up_to - seq);
      const mine = turn.then(async (last) => {
        const isOutside = seq < last.from || seq > last.to || last.bytes > BYTES_MAX;
        const held = isOutside ? heldFrom(seq) : last;
        await readOn(held, up_to, entries);
        return held;
      });
      turn = mine.catch(() => heldFrom(seq));
      const held = await mine;
      const events = held.of.get(keyOf(name)) ?? [];
      const within = events.filter(
        (one) => one.moment.seq > seq && one.moment.seq <= up_to && !isGone(one),
      );
      return { events: within, up_to: Math.max(seq, up_to), sure };
    },
  };
}

async function readOn(held: Held, upTo: number, entries: TailPorts["entries"]): Promise<void> {
  while (held.to < upTo) {
    const piece = await entries({ from: held.to + 1, to: upTo, ...PIECE });
    const last = piece.at(-1);
    if (last === undefined) throw unreadable(held.to + 1);
    for (const entry of piece) hold(held, entry);
    held.to = last.seq;
    if (held.bytes > BYTES_MAX) throw behind(upTo - held.from);
  }
}

function heldFrom(seq: number): Held {
  return { from: seq, to: seq, bytes: 0, of: new Map() };
}

function hold(held: Held, { seq, at, source, raw }: Entry): void {
  if (source !== SESSION_SOURCE) return;
  const read = readEvent(raw);
  if (!read.ok) return;
  const key = keyOf(read.value);
  const events = held.of.get(key) ?? [];
  held.of.set(key, events);
  events.push({ event: read.value, moment: { seq, at } });
  held.bytes += raw.length;
}

function keyOf({ user_id, session_id }: SessionName): string {
  return JSON.stringify([user_id, session_id]);
}

function behind(entries: number): VerbatimError {
  return new VerbatimError(
    "postgres_unreachable",
    `Postgres is ${entries} entries behind the journal, too many to read on from there; what was recorded is safe, ask again in a moment`,
    { facts: { behind: entries } },
  );
}

function unreadable(seq: number): VerbatimError {
  return new VerbatimError(
    "postgres_unreachable",
    `Postgres is behind the journal, and entry ${seq} of the journal cannot be read here; ask again in a moment, and see: verbatim verify`,
    { facts: { seq } },
  );
}
