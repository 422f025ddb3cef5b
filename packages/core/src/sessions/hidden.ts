/**
 * What is hidden: a message that was deleted, and words that reached the journal
 * while their session was off the record. It is counted, and read nowhere.
 *
 *   K13  Of the same events the same is hidden, in whatever order they are
 *        heard; and nobody hides what was said in a session of somebody else.
 */
import type { EventName, Happened, SessionEvent } from "./event.ts";
import { messageName } from "./keys.ts";

/** Events that are what somebody said, felt or understood: off the record none of them is read. */
const OF_WORDS: ReadonlySet<EventName> = new Set([
  "message_said",
  "emotion_changed",
  "milestone_reached",
  "breakthrough_recorded",
  "context_changed",
  "note_written",
] as const);

/** Whether an event is one that a session off the record does not have. */
export function isOfWords(event: SessionEvent): boolean {
  return OF_WORDS.has(event.event);
}

/** What stands where words were. */
const GONE = "(hidden)";

/** An event that is hidden, as a store may keep it: what it is, and none of its words. */
export function eventWithoutWords(event: SessionEvent): SessionEvent {
  switch (event.event) {
    case "message_said": {
      const { insight, ...rest } = event;
      // That it was a breakthrough is cited, with or without its words.
      return insight === undefined
        ? { ...rest, content: "" }
        : { ...rest, is_breakthrough: true, content: "" };
    }
    case "milestone_reached":
      return { ...event, description: GONE };
    case "breakthrough_recorded":
      return { ...event, insight: GONE };
    case "context_changed": {
      const { v, event_id, user_id, session_id, by, at, request } = event;
      return { v, event: event.event, event_id, user_id, session_id, by, at, request };
    }
    case "note_written":
      return { ...event, text: GONE };
    default:
      return event;
  }
}

/** What is hidden by the events it was told. */
export interface Hidden {
  take(happened: Happened): void;
  /** Whether the event of this entry is hidden by what was taken. */
  has(event: SessionEvent, seq: number): boolean;
  /** Whether a message of a session was deleted. */
  isDeleted(userId: string, sessionId: string, messageId: string): boolean;
}

type Switch = { readonly seq: number; readonly on: boolean };

/** Knows nothing yet. Keeps a name a deletion and a number a switch, and nothing of what was said. */
export function openHidden(): Hidden {
  const deleted = new Set<string>();
  const switches = new Map<string, Switch[]>();

  const isOff = (event: SessionEvent, seq: number): boolean => {
    const before = switches.get(sessionOf(event))?.filter((one) => one.seq < seq) ?? [];
    return before.reduce<Switch | null>(newer, null)?.on === true;
  };

  return {
    take: ({ event, moment }) => {
      if (event.event === "message_deleted")
        deleted.add(messageName(event.user_id, event.session_id, event.message_id));
      if (event.event !== "off_record_set") return;
      const known = switches.get(sessionOf(event)) ?? [];
      switches.set(sessionOf(event), [...known, { seq: moment.seq, on: event.on }]);
    },
    has: (event, seq) => {
      if (!isOfWords(event)) return false;
      if (event.event !== "message_said") return isOff(event, seq);
      const name = messageName(event.user_id, event.session_id, event.message_id);
      return deleted.has(name) || isOff(event, seq);
    },
    isDeleted: (userId, sessionId, messageId) =>
      deleted.has(messageName(userId, sessionId, messageId)),
  };
}

function newer(one: Switch | null, other: Switch): Switch {
  return one === null || other.seq > one.seq ? other : one;
}

function sessionOf({ user_id, session_id }: SessionEvent): string {
  return JSON.stringify([user_id, session_id]);
}
