/**
 * Writing to a session: the event of what was asked, checked, at a session that
 * is there, and on no other condition than the one that was named (If-Match).
 *
 *   G9   A session is never begun by writing to it: one that is not there, or is
 *        another user's, is `not_found`.
 *   G10  Off the record nothing is handed to anybody.
 *   G11  Of writes on the same condition one is made; the others are stale.
 */
import { VerbatimError } from "@verbatim/core";
import {
  type EventFields,
  type EventName,
  eventFrom,
  eventIdFor,
  requestIdFor,
  type SessionEvent,
  type SessionName,
  type SessionState,
} from "@verbatim/core/sessions";
import { type Gate, openGates } from "./gates.ts";
import type { Reading } from "./reading.ts";
import type { RecentEvents } from "./recent.ts";
import { isSameRequest, type Recorded, type Recorder } from "./recorder.ts";
import type { Turns } from "./turns.ts";

/** Who writes, and under which name a retry of it is known. */
export type Saying = {
  readonly name: SessionName;
  readonly by: string | null;
  readonly idempotency: string | null;
  /** Of the body, so that another request under the same key is not taken for a retry. */
  readonly print: string;
  /** The last_seq it may be written after; null on no condition. */
  readonly ifMatch: readonly number[] | null;
};

/** One thing to say; `key` when its id is the client's own. */
export type Said = {
  readonly [Name in EventName]: {
    readonly event: Name;
    readonly fields: EventFields[Name];
    readonly key?: string;
  };
}[EventName];

export type Written = {
  readonly kind: "written";
  /** The session's newest entry, these included. */
  readonly last_seq: number;
  readonly recorded: readonly Recorded[];
  readonly degraded: boolean;
};
/** Nothing was written: the session has changed, or is off the record. */
export type Unwritten =
  | { readonly kind: "stale"; readonly last_seq: number }
  | { readonly kind: "off_record"; readonly degraded: boolean };

type What = readonly Said[] | ((state: SessionState) => readonly Said[]);
type Seen = { readonly gate: Gate; readonly said: readonly Said[]; readonly degraded: boolean };

export interface SayingDesk {
  /** Says things of a session that is there; what depends on how it is asks for its state. `onRecord` are those that are not said off the record. */
  say(
    saying: Saying,
    what: What,
    more?: { readonly onRecord?: boolean },
  ): Promise<Written | Unwritten>;
  /** The event of something said, whether its session is there or not. */
  event(saying: Omit<Saying, "ifMatch">, said: Said, place?: number): SessionEvent;
}

type Ports = {
  readonly reading: Reading;
  readonly recorder: Recorder;
  readonly sha256: (data: Uint8Array | string) => string;
  readonly now: () => Date;
  readonly newId: () => string;
  readonly turns: Turns;
  readonly recent: RecentEvents;
};

/** A desk over these ports. */
export function openSaying({
  reading,
  recorder,
  sha256,
  now,
  newId,
  turns,
  recent,
}: Ports): SayingDesk {
  const gates = openGates(() => now().getTime());

  const idOf = ({ name, idempotency }: Omit<Saying, "ifMatch">, said: Said, place: number) => {
    const { user_id, session_id } = name;
    if (said.key !== undefined)
      return eventIdFor(sha256, said.event, user_id, session_id, said.key);
    if (idempotency === null) return eventIdFor(sha256, "new", newId(), String(place));
    const kind = `${said.event}#${place}`;
    return eventIdFor(sha256, "idempotency", user_id, session_id, kind, idempotency);
  };
  const event: SayingDesk["event"] = (saying, said, place = 0) => {
    const event_id = idOf(saying, said, place);
    const head = { v: 1, event: said.event, event_id, ...saying.name, by: saying.by };
    const named = said.event === "message_said" && said.fields.message_id === "";
    const fields = named ? { ...said.fields, message_id: event_id } : said.fields;
    const { idempotency, print } = saying;
    const request =
      idempotency === null ? {} : { request: requestIdFor(sha256, `${idempotency} ${print}`) };
    return valid({ ...head, ...request, at: now().toISOString(), ...fields });
  };
  /** The session as it is; from what was seen a moment ago where that is enough. */
  const seen = async (saying: Saying, what: What): Promise<Seen> => {
    const { name } = saying;
    if (saying.ifMatch === null && typeof what !== "function") {
      const gate = gates.of(name);
      if (gate !== null) return { gate, said: what, degraded: false };
    }
    const { gate, view } = await gates.look(name, () => reading.session(name));
    const said = typeof what === "function" ? what(view.state) : what;
    return { gate, said, degraded: view.degraded };
  };
  const isDone = ([first]: readonly SessionEvent[]): boolean => {
    const before = first === undefined ? null : recent.event(first.event_id);
    return first !== undefined && before !== null && isSameRequest(before.event, first);
  };
  const write = async (saying: Saying, what: What, onRecord: boolean) => {
    const { gate, said, degraded } = await seen(saying, what);
    const { last_seq } = gate;
    const events = said.map((one, place) => event(saying, one, place));
    const isStale = saying.ifMatch !== null && !saying.ifMatch.includes(last_seq);
    // What this very request changed is no reason to refuse it when it is asked again.
    if (isStale && !isDone(events)) return { kind: "stale", last_seq } as const;
    if (onRecord && gate.off_record) return { kind: "off_record", degraded } as const;
    const recorded = await recorder.record(events);
    return {
      kind: "written",
      last_seq: gates.passed(saying.name, gate, recorded),
      recorded,
      degraded: degraded || recorded.some((one) => one.degraded),
    } as const;
  };

  return {
    event,
    say: async (saying, what, { onRecord = false } = {}) => {
      const key = turnOf(saying.name);
      const work = () => write(saying, what, onRecord);
      return saying.ifMatch === null ? await turns.beside(key, work) : await turns.alone(key, work);
    },
  };
}

/** Where those wait who write to a session on a condition. */
export function turnOf({ user_id, session_id }: SessionName): string {
  return JSON.stringify([user_id, session_id]);
}

/** The event, or what is wrong with it. */
export function valid(event: unknown): SessionEvent {
  const read = eventFrom(event);
  if (!read.ok) throw new VerbatimError("input_invalid", read.why);
  return read.value;
}
