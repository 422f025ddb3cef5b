/**
 * Events on their way: into the journal first, then at once into Redis, so that
 * who wrote reads what he wrote.
 *
 *   G2  An event is answered for when the journal's writer has it on disk, and
 *       never before; Redis being away changes only that the answer says so.
 *   G3  An event that is said again is known and changes nothing; one of the
 *       same name that says something else is a conflict, and what holds is
 *       what was heard first.
 *
 * An event says when it was accepted here (`at`), so that every store gives it
 * the same time, whoever makes it there. An opening says nothing of time, so
 * that all who open it say the same: its time is the journal's.
 */
import {
  type Entry,
  failureOf,
  type Intake,
  isFailureCode,
  type Log,
  VerbatimError,
} from "@verbatim/core";
import {
  type Happened,
  offeredEvent,
  readEvent,
  type SessionEvent,
  type SessionName,
  type SessionStore,
} from "@verbatim/core/sessions";
import type { Breaker } from "./breaker.ts";
import type { RecentEvents } from "./recent.ts";

/** What became of an event. A conflict's `happened` is what holds instead. */
export type Recorded = {
  readonly status: "created" | "known" | "conflict";
  readonly happened: Happened;
  /** Redis did not answer: it shows the event a little later. */
  readonly degraded: boolean;
};

export type RecorderPorts = {
  readonly intake: Pick<Intake, "hand">;
  readonly store: Pick<SessionStore, "apply">;
  /** The entry of the journal with this seq; null when it cannot be read now. */
  readonly entry: (seq: number) => Promise<Entry | null>;
  readonly redis: Breaker;
  readonly recent: RecentEvents;
  readonly now: () => Date;
  readonly log: Log;
};

export interface Recorder {
  /** Records events in order, each with its own answer. Throws what the writer refused. */
  record(events: readonly SessionEvent[]): Promise<readonly Recorded[]>;
  /** Makes in Redis what it missed of a session while it was away. False when it still is. */
  catchUp(name: SessionName): Promise<boolean>;
}

/** A recorder over these ports. */
export function openRecorder(ports: RecorderPorts): Recorder {
  const { recent, redis, store } = ports;
  const behind = new Set<string>();

  const apply = async ({ event, moment }: Happened): Promise<boolean> => {
    const { here } = await redis.ask(() => store.apply(event, moment));
    if (!here) noteBehind(behind, keyOf(event));
    return here;
  };

  const record = async (events: readonly SessionEvent[]): Promise<readonly Recorded[]> => {
    if (events.length === 0) return [];
    const receipts = await ports.intake.hand(events.map(offeredEvent));
    const heard: { status: Recorded["status"]; happened: Happened }[] = [];
    for (const [place, event] of events.entries()) {
      const receipt = receipts[place];
      if (receipt === undefined) throw unanswered();
      if (receipt.status === "refused") throw refused(receipt.code, receipt.message);
      heard.push(await heardOf(ports, event, receipt));
    }
    for (const { happened } of heard) recent.note(happened);
    const applied = await Promise.all(heard.map(({ happened }) => apply(happened)));
    return heard.map((one, place) => ({ ...one, degraded: applied[place] !== true }));
  };

  return {
    record,
    catchUp: async (name) => {
      if (!behind.has(keyOf(name))) return true;
      for (const one of recent.of(name)) if (!(await apply(one))) return false;
      behind.delete(keyOf(name));
      return true;
    },
  };
}

function keyOf({ user_id, session_id }: SessionName): string {
  return JSON.stringify([user_id, session_id]);
}

/** More sessions than these the workers bring up to date. */
const BEHIND_MAX = 10_000;

function noteBehind(behind: Set<string>, key: string): void {
  behind.add(key);
  for (const oldest of behind) {
    if (behind.size <= BEHIND_MAX) return;
    behind.delete(oldest);
  }
}

type Heard = { readonly status: Recorded["status"]; readonly happened: Happened };

/** What stands in the journal under an event's name, and when it was heard. */
async function heardOf(
  { entry, now, log }: RecorderPorts,
  event: SessionEvent,
  receipt: { readonly status: Recorded["status"]; readonly seq: number },
): Promise<Heard> {
  const { status, seq } = receipt;
  if (status === "created" && event.at !== undefined)
    return { status, happened: { event, moment: { seq, at: event.at } } };
  const found = await entry(seq);
  const read = found === null ? null : readEvent(found.raw);
  if (found === null || read === null || !read.ok) {
    // Only who reads the journal knows what holds; a created one is ours.
    if (status === "conflict") throw conflicting(seq);
    log.warn("entry_unread", { seq });
    return { status, happened: { event, moment: { seq, at: event.at ?? now().toISOString() } } };
  }
  const happened = { event: read.value, moment: { seq, at: found.at } };
  const isSame = status !== "conflict" || saysTheSame(read.value, event);
  return { status: isSame && status === "conflict" ? "known" : status, happened };
}

/** Whether two events say the same, whenever and by whomever they were said. */
function saysTheSame(one: SessionEvent, other: SessionEvent): boolean {
  return plain(one) === plain(other);
}

function plain(event: SessionEvent): string {
  const { at: _, by: __, ...said } = event;
  return JSON.stringify(sorted(said));
}

function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const fields = Object.entries(value).filter(([, one]) => one !== undefined);
  return fields
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, one]) => [name, sorted(one)]);
}

function unanswered(): VerbatimError {
  return new VerbatimError(
    "ingest_unreachable",
    "the recorder did not answer for everything; send it again, with the same ids or Idempotency-Key",
  );
}

function refused(code: string, message: string): VerbatimError {
  if (isFailureCode(code) && failureOf(code).retry === "later")
    return new VerbatimError(code, message);
  return new VerbatimError("input_invalid", message);
}

function conflicting(seq: number): VerbatimError {
  return new VerbatimError(
    "conflict",
    `this was said before with other words (entry ${seq}); a retry says the same, something new has a new id`,
  );
}
