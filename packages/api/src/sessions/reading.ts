/**
 * Sessions as they are now: from Redis while it has them whole, else from
 * Postgres; always with what this process was told itself.
 *
 *   G4  Who was told that something is recorded finds it in whatever is read
 *       after, whichever of the stores is away or behind.
 *   G5  A session that Redis lost is the same when it is read again, however long
 *       it is.
 */
import { VerbatimError } from "@verbatim/core";
import {
  type FoldedSession,
  type Happened,
  idsIn,
  type Ledger,
  ledgerOf,
  newLedger,
  type SessionLibrary,
  type SessionName,
  type SessionState,
  type SessionStore,
  stateOf,
  withEvents,
} from "@verbatim/core/sessions";
import { within } from "../waiting.ts";
import type { Breaker, Given } from "./breaker.ts";
import type { RecentEvents } from "./recent.ts";
import type { Recorder } from "./recorder.ts";
import type { Restoring } from "./restoring.ts";
import { withSummary } from "./summaries.ts";
import type { JournalTail, Tail } from "./tail.ts";

/** A session, and whether a part was away when it was read. */
export type SessionView = { readonly state: SessionState; readonly degraded: boolean };

export type ReadingPorts = {
  readonly store: SessionStore;
  readonly library: SessionLibrary;
  readonly redis: Breaker;
  readonly postgres: Breaker;
  readonly recent: RecentEvents;
  readonly recorder: Recorder;
  readonly tail: JournalTail;
  readonly restoring: Restoring;
  /** Up to here others may have been told of events that this process never heard of, or has forgotten: a store must have come so far to be believed. */
  readonly floor: () => Promise<number>;
};

export interface Reading {
  /** Null when there is no such session. Throws `postgres_unreachable` when nobody can know. */
  find(name: SessionName): Promise<SessionView | null>;
  /** The same, to know what became of a session: its summary may hold what is not to be shown. */
  glance(name: SessionName): Promise<SessionView | null>;
  /** As `find`; throws `not_found`. */
  session(name: SessionName): Promise<SessionView>;
}

/** The longest anybody waits for all of a long session; the query itself gives up later. */
export const WHOLE_MS = 7000;

/** Nobody waits until a long session is back in Redis; it goes on by itself. */
const RESTORE_MS = 50;

/** Reads over these ports. */
export function openReading(ports: ReadingPorts): Reading {
  const look = async (name: SessionName, isKept: boolean): Promise<SessionView | null> => {
    const hot = await fromRedis(ports, name);
    const isHere = hot.here && hot.value !== null;
    const view = isHere ? { state: hot.value, degraded: false } : await deep(ports, name, hot.here);
    if (view === null || view.state.metadata.forgotten_at !== null) return null;
    // Who only looks what became of a session does not put it back into Redis.
    if (isKept && !isHere && hot.here) await within(RESTORE_MS, ports.restoring.soon(name));
    return view;
  };
  const glance = (name: SessionName) => look(name, false);
  const find = async (name: SessionName): Promise<SessionView | null> => {
    const view = await look(name, true);
    return view === null ? null : await withSummary(view, glance);
  };
  return {
    find,
    glance,
    session: async (name) => {
      const view = await find(name);
      if (view === null)
        throw new VerbatimError("not_found", `there is no session ${name.session_id} of this user`);
      return view;
    },
  };
}

/** What Redis says, once it has what anybody was told; null when it has not. */
async function fromRedis(
  { store, redis, recent, recorder, floor }: ReadingPorts,
  name: SessionName,
): Promise<Given<SessionState | null>> {
  if (!(await recorder.catchUp(name))) return { here: false, why: null };
  const upTo = await floor();
  const given = await redis.ask(() => store.state(name, upTo));
  if (!given.here || given.value === null) return given;
  const isWhole = given.value.metadata.last_seq >= recent.newest(name);
  return isWhole ? given : { here: true, value: null };
}

async function deep(
  ports: ReadingPorts,
  name: SessionName,
  isRedisHere: boolean,
): Promise<SessionView | null> {
  const { library, postgres } = ports;
  // Whether Postgres is there is soon known; how long a session takes is its own affair. (G13)
  const look = await postgres.ask(() => library.settledTo());
  if (!look.here) return await fromMemory(ports, name, look.why);
  const more = await beyond(ports, name, look.value);
  if (!more.here) return await fromMemory(ports, name, more.why);
  const folded = await postgres.ask(() => library.folded(name, idsIn(more.value.events)), WHOLE_MS);
  if (!folded.here) return await fromMemory(ports, name, folded.why);
  const ledger = together(name, folded.value, more.value);
  if (ledger === null) return null;
  return { state: stateOf(ledger), degraded: !isRedisHere };
}

/** What the journal has of a session beyond an entry, or why nobody can know now. (G14) */
export async function beyond(
  { tail }: Pick<ReadingPorts, "tail">,
  name: SessionName,
  seq: number,
): Promise<Given<Tail>> {
  try {
    const value = await within(WHOLE_MS, tail.after(name, seq));
    return value === null ? { here: false, why: null } : { here: true, value };
  } catch (why) {
    return { here: false, why };
  }
}

/** Null when nobody ever heard of it. What was settled since the tail was read is in the fold already. */
function together(
  { user_id, session_id }: SessionName,
  { stored, known, up_to }: FoldedSession,
  { events }: Tail,
): Ledger | null {
  const newer = events.filter(({ moment }) => moment.seq > up_to);
  if (stored === null && newer.length === 0) return null;
  const before = stored === null ? newLedger(user_id, session_id) : ledgerOf(stored, known);
  return withEvents(before, newer);
}

/** Everything this process was told is everything there is, when it began with the session's beginning and nothing was forgotten since. */
async function fromMemory(
  { recent, floor }: ReadingPorts,
  name: SessionName,
  why: unknown,
): Promise<SessionView> {
  const mine = recent.of(name);
  const [first] = mine;
  if (first === undefined || !isBeginning(first) || first.moment.seq <= (await floor()))
    throw away(why);
  return { state: folded(name, mine), degraded: true };
}

function isBeginning({ event }: Happened): boolean {
  return (
    event.event === "session_started" ||
    (event.event === "conversation_opened" && event.reason !== "set")
  );
}

function folded(name: SessionName, events: readonly Happened[]): SessionState {
  return stateOf(withEvents(newLedger(name.user_id, name.session_id), events));
}

/** Nobody can know now. */
export function away(why: unknown): VerbatimError {
  if (why instanceof VerbatimError) return why;
  return new VerbatimError(
    "postgres_unreachable",
    "Postgres gave no answer in time; what was recorded is safe, ask again in a moment",
    { cause: why },
  );
}
