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
  type Happened,
  newLedger,
  type SessionLibrary,
  type SessionName,
  type SessionState,
  type SessionStore,
  stateOf,
  withEvents,
} from "@verbatim/core/sessions";
import type { Breaker, Given } from "./breaker.ts";
import type { RecentEvents } from "./recent.ts";
import type { Recorder } from "./recorder.ts";

/** A session, and whether a part was away when it was read. */
export type SessionView = { readonly state: SessionState; readonly degraded: boolean };

export type ReadingPorts = {
  readonly store: SessionStore;
  readonly library: SessionLibrary;
  readonly redis: Breaker;
  readonly postgres: Breaker;
  readonly recent: RecentEvents;
  readonly recorder: Recorder;
};

export interface Reading {
  /** Null when there is no such session. Throws `postgres_unreachable` when nobody can know. */
  find(name: SessionName): Promise<SessionView | null>;
  /** The same; throws `not_found`. */
  session(name: SessionName): Promise<SessionView>;
}

/** The longest anybody waits for all of a long session; the query itself gives up later. */
export const WHOLE_MS = 7000;

/** Nobody waits until a long session is back in Redis; it goes on by itself. */
const RESTORE_MS = 50;

/** Reads over these ports. */
export function openReading(ports: ReadingPorts): Reading {
  const find = async (name: SessionName): Promise<SessionView | null> => {
    const hot = await fromRedis(ports, name);
    const isHere = hot.here && hot.value !== null;
    const view = isHere ? { state: hot.value, degraded: false } : await deep(ports, name, hot.here);
    return view === null || view.state.metadata.forgotten_at !== null ? null : view;
  };
  return {
    find,
    session: async (name) => {
      const view = await find(name);
      if (view === null)
        throw new VerbatimError("not_found", `there is no session ${name.session_id} of this user`);
      return view;
    },
  };
}

/** What Redis says, once it has what this process knows; null when it has not. */
async function fromRedis(
  { store, redis, recent, recorder }: ReadingPorts,
  name: SessionName,
): Promise<Given<SessionState | null>> {
  if (!(await recorder.catchUp(name))) return { here: false, why: null };
  const given = await redis.ask(() => store.state(name));
  if (!given.here || given.value === null) return given;
  const isWhole = given.value.metadata.last_seq >= recent.newest(name);
  return isWhole ? given : { here: true, value: null };
}

async function deep(
  ports: ReadingPorts,
  name: SessionName,
  isRedisHere: boolean,
): Promise<SessionView | null> {
  const { library, postgres, recent, redis, store } = ports;
  const mine = recent.of(name);
  // Whether Postgres is there is soon known; how long a session takes is its own affair. (G13)
  const look = await postgres.ask(() => library.events(name, { limit: 1, after_seq: 0 }));
  if (!look.here) return fromMemory(name, mine, look.why);
  if (!isRedisHere) {
    const known = await postgres.ask(() => library.state(name), WHOLE_MS);
    if (known.here && (known.value?.metadata.last_seq ?? 0) >= recent.newest(name))
      return known.value === null ? null : { state: known.value, degraded: true };
  }
  const whole = await postgres.ask(() => library.whole(name), WHOLE_MS);
  if (!whole.here) return fromMemory(name, mine, whole.why);
  const events = joined(whole.value.events, mine);
  if (events.length === 0) return null;
  if (isRedisHere) await redis.ask(() => store.restore({ ...whole.value, events }), RESTORE_MS);
  return { state: folded(name, events), degraded: !isRedisHere };
}

/** Everything this process was told is everything there is, when it began with the session's beginning. */
function fromMemory(name: SessionName, mine: readonly Happened[], why: unknown): SessionView {
  const [first] = mine;
  if (first === undefined || !isBeginning(first)) throw away(why);
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

/** Both, in the order of the journal. */
export function joined(
  stored: readonly Happened[],
  mine: readonly Happened[],
): readonly Happened[] {
  const known = new Set(stored.map(({ event }) => event.event_id));
  const more = mine.filter(({ event }) => !known.has(event.event_id));
  return more.length === 0
    ? stored
    : [...stored, ...more].toSorted((one, other) => one.moment.seq - other.moment.seq);
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
