/**
 * Snapshots of sessions: every fifteen messages, at a close, and before a
 * session goes from Redis.
 *
 *   W5  That a snapshot was taken is said only after Postgres gave it back as it
 *       was written; a session that is about to go is warned of and has one.
 */
import {
  type DeepStore,
  type Intake,
  type Log,
  type Settled,
  type Sha256,
  sessionMember,
  VerbatimError,
} from "@verbatim/core";
import {
  isSameSnapshot,
  makeSnapshot,
  newLedger,
  offeredEvent,
  SESSION_SOURCE,
  type SessionLibrary,
  type SessionName,
  type SessionStore,
  stateOf,
  type WholeSession,
  withEvents,
} from "@verbatim/core/sessions";

/** A session with less than a day to live is about to go. */
const SOON_S = 86_400;
const HOUR_MS = 3_600_000;
/** After Redis was emptied the clock stands still no longer than this. */
const LOOK_MS = 60_000;
/** Sessions asked for at one look. */
const DUE_MAX = 100;
/** A job that was not done by then may be lost, or found the archive behind: it is asked for again. */
const ASK_AGAIN_MS = 10_000;

export type SnapshotPorts = {
  readonly library: Pick<SessionLibrary, "whole" | "saveSnapshot" | "readSnapshot">;
  readonly sessions: Pick<SessionStore, "expiring" | "ttl">;
  readonly intake: Pick<Intake, "hand">;
  /** Whether the archive is far behind the journal: then much was not heard yet, snapshots among it. */
  readonly isBehind: () => Promise<boolean>;
  readonly sha256: Sha256;
  readonly log: Log;
};

/** What a job did; also its result. */
export type SnapshotsTaken = { readonly looked_at: number; readonly taken: number };

/** Does one job: of a session, or of all that are about to go. */
export async function doSnapshots(
  job: SessionName | Readonly<Record<string, never>>,
  ports: SnapshotPorts,
  signal: AbortSignal,
): Promise<SnapshotsTaken> {
  if (await ports.isBehind()) return { looked_at: 0, taken: 0 };
  if (isOfOne(job)) {
    const whole = await ports.library.whole(job);
    return { looked_at: 1, taken: (await takeSnapshot(whole, ports)) ? 1 : 0 };
  }
  let looked_at = 0;
  let taken = 0;
  for (const name of await ports.sessions.expiring(SOON_S)) {
    if (signal.aborted) break;
    const whole = await ports.library.whole(name);
    await warn(whole, ports);
    looked_at += 1;
    if (await takeSnapshot(whole, ports)) taken += 1;
  }
  return { looked_at, taken };
}

/** The job that comes by the clock names no session. */
function isOfOne(job: object): job is SessionName {
  return "session_id" in job;
}

/** False when nothing was heard since the last one. (W5) */
async function takeSnapshot(whole: WholeSession, ports: SnapshotPorts): Promise<boolean> {
  const { library, intake, sha256, log } = ports;
  const made = makeSnapshot(whole.name, whole.events, sha256);
  if (made === null) return false;
  const { snapshot, taken } = made;
  await library.saveSnapshot(snapshot);
  if (!isSameSnapshot(snapshot, await library.readSnapshot(snapshot.snapshot_id), sha256)) {
    throw new VerbatimError(
      "verify_failed",
      `snapshot ${snapshot.snapshot_id} did not come back from Postgres as it was written; look at its disk`,
      { facts: { session_id: whole.name.session_id, seq: snapshot.seq } },
    );
  }
  const [receipt] = await intake.hand([offeredEvent(taken)]);
  if (receipt?.status === "refused") {
    throw new VerbatimError(
      "ingest_unreachable",
      `the journal would not take it: ${receipt.message}`,
    );
  }
  const { snapshot_id, seq } = snapshot;
  log.info("snapshot_taken", { session_id: whole.name.session_id, snapshot_id, seq });
  return true;
}

/** A session that nobody closed is about to go. */
async function warn(
  { name, events }: WholeSession,
  { sessions, log }: SnapshotPorts,
): Promise<void> {
  const { metadata } = stateOf(withEvents(newLedger(name.user_id, name.session_id), events));
  const seconds = await sessions.ttl(name);
  if (metadata.closed_at !== null || seconds === null) return;
  log.warn("session_expires", { session_id: name.session_id, seconds_left: Math.round(seconds) });
}

/** What a look needs: which are due, and whom to ask. */
export type DuePorts = {
  readonly library: Pick<SessionLibrary, "due">;
  readonly jobs: { ask(name: SessionName): Promise<void> };
  readonly isBehind: () => Promise<boolean>;
  /** Milliseconds that never go back. */
  readonly now: () => number;
  readonly log: Log;
};

/** Asks for what is due, each once until it is done, but only after something was heard of sessions, and once at first. */
export interface DueLook {
  /** Takes a stretch into the archive; where something was heard of sessions, the next look is worth it. */
  take(stretch: readonly Settled[], deep: Pick<DeepStore, "save">): Promise<void>;
  /** Never fails: what could not be asked for is looked at again. */
  look(): Promise<void>;
}

/** A look that has not looked yet. */
export function openDueLook({ library, jobs, isBehind, now, log }: DuePorts): DueLook {
  let worthIt = true;
  /** Due at the last look, and when each was asked for. */
  let asked: ReadonlyMap<string, number> = new Map();

  /** Asks for those that nobody asked for lately. False when some were left out, or there may be more. */
  async function ask(due: readonly SessionName[]): Promise<boolean> {
    const known = new Map<string, number>();
    let isAll = due.length < DUE_MAX;
    for (const name of due) {
      const key = sessionMember(name.user_id, name.session_id);
      const before = asked.get(key);
      const isWaiting = before !== undefined && now() - before < ASK_AGAIN_MS;
      if (isWaiting) isAll = false;
      else await jobs.ask(name);
      known.set(key, isWaiting ? before : now());
    }
    asked = known;
    return isAll;
  }

  return {
    take: async (stretch, deep) => {
      await deep.save(stretch);
      if (stretch.some(({ entry }) => entry.source === SESSION_SOURCE)) worthIt = true;
    },
    look: async () => {
      if (!worthIt) return;
      worthIt = false;
      try {
        if ((await isBehind()) || !(await ask(await library.due(DUE_MAX)))) worthIt = true;
      } catch (error) {
        worthIt = true;
        log.warn("snapshots_not_asked_for", { why: String(error) });
      }
    },
  };
}

/** Sees to it that somebody looks every hour, until disposed. */
export function keepHourly(jobs: { every(ms: number): Promise<void> }, log: Log): AsyncDisposable {
  const set = async (): Promise<void> => {
    try {
      await jobs.every(HOUR_MS);
    } catch (error) {
      log.warn("clock_not_set", { why: String(error) });
    }
  };
  let turn = set();
  const timer = setInterval(() => {
    turn = turn.then(set);
  }, LOOK_MS);
  return {
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer);
      await turn;
    },
  };
}
