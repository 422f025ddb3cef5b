/**
 * Events on their way: into the journal first, then at once into Redis, so that
 * who wrote reads what he wrote.
 *
 *   G2  An event is answered for when the journal's writer has it on disk, and
 *       never before; Redis being away changes only that the answer says so.
 *   G3  An event that is said again is known and changes nothing; one of the
 *       same name that says something else is a conflict, and what holds is
 *       what was heard first. Said again by the same request it is answered for
 *       as it was (requested.ts).
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

  /** Makes events of one session in Redis. */
  const apply = async (key: string, events: readonly Happened[]): Promise<boolean> => {
    for (let at = 0; at < events.length; at += TOGETHER) {
      const { here } = await redis.ask(() => store.apply(events.slice(at, at + TOGETHER)));
      if (here) continue;
      noteBehind(behind, key);
      return false;
    }
    return true;
  };

  const record = async (events: readonly SessionEvent[]): Promise<readonly Recorded[]> => {
    if (events.length === 0) return [];
    const receipts = await ports.intake.hand(events.map(offeredEvent));
    const heard: Heard[] = [];
    for (const [place, event] of events.entries()) {
      const receipt = receipts[place];
      if (receipt === undefined) throw unanswered();
      if (receipt.status === "refused") throw refused(receipt.code, receipt.message);
      heard.push(await heardOf(ports, event, receipt));
    }
    for (const { happened } of heard) recent.note(happened);
    const groups = Map.groupBy(heard, ({ happened }) => keyOf(happened.event));
    const applied = new Map(
      [...groups].map(([key, of]) => [key, apply(key, of.map(happenedOf))] as const),
    );
    return await Promise.all(heard.map((one) => withDegraded(one, applied)));
  };

  return {
    record,
    catchUp: async (name) => {
      const key = keyOf(name);
      if (!behind.has(key)) return true;
      if (!(await apply(key, recent.of(name)))) return false;
      behind.delete(key);
      return true;
    },
  };
}

function happenedOf({ happened }: Heard): Happened {
  return happened;
}

async function withDegraded(
  heard: Heard,
  applied: ReadonlyMap<string, Promise<boolean>>,
): Promise<Recorded> {
  const isApplied = await applied.get(keyOf(heard.happened.event));
  return { ...heard, degraded: isApplied !== true };
}

function keyOf({ user_id, session_id }: SessionName): string {
  return JSON.stringify([user_id, session_id]);
}

/** Events made in one step: Redis does nothing else meanwhile. */
const TOGETHER = 100;
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
  // Whoever asks again what he asked before is told the same. (G22)
  if (isSameRequest(read.value, event)) return { status: "created", happened };
  const isSame = status !== "conflict" || saysTheSame(read.value, event);
  return { status: isSame && status === "conflict" ? "known" : status, happened };
}

/** Whether one request asked for both. */
export function isSameRequest(one: SessionEvent, other: SessionEvent): boolean {
  return one.request !== undefined && one.request === other.request;
}

/** Whether two events say the same, whenever and by whomever they were said. */
function saysTheSame(one: SessionEvent, other: SessionEvent): boolean {
  return plain(one) === plain(other);
}

function plain(event: SessionEvent): string {
  const { at: _, by: __, request: ___, ...said } = event;
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
