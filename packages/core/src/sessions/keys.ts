/**
 * Names of events in the journal, and ids that are worked out instead of drawn.
 *
 * The writer of the journal takes a name once, so a name is a lock: of two who
 * open the same generation of a conversation, one is first, and both know which
 * session it is, because its id follows from the name.
 *
 *   K2  Different ids give different names, whatever characters they hold, and
 *       every name fits the journal.
 *   K3  Who opens the same generation of a conversation says the very same
 *       bytes, and gets the same session. A request with a name of its own
 *       (Idempotency-Key) opens one session, of whatever generation: asked
 *       again it is known by it.
 */
import type { Sha256 } from "../settle/port.ts";
import { type EventFields, SESSION_SOURCE, type SessionEvent } from "./event.ts";
import { encodeEvent } from "./event-schema.ts";

/** The name of a generation of a conversation. */
export function conversationKey(owner: string, conversationId: string, generation: number): string {
  return nameOf("conversation", owner, conversationId, String(generation));
}

/** The name of any other event. */
export function sessionKey(userId: string, sessionId: string, eventId: string): string {
  return nameOf("session", userId, sessionId, eventId);
}

/** The name of an event's entry. */
export function keyOfEvent(event: SessionEvent): string {
  return event.event === "conversation_opened"
    ? conversationKey(event.owner, event.conversation_id, event.generation)
    : sessionKey(event.user_id, event.session_id, event.event_id);
}

/** The id of what somebody said, among all messages there are: ids of clients are their own in a session only. */
export function messageName(userId: string, sessionId: string, messageId: string): string {
  return nameOf("message", userId, sessionId, messageId);
}

/** An event as the journal's writer takes it: named, once. */
export function offeredEvent(event: SessionEvent): {
  readonly source: string;
  readonly key: string;
  readonly raw: Uint8Array;
  readonly once: true;
} {
  return { source: SESSION_SOURCE, key: keyOfEvent(event), raw: encodeEvent(event), once: true };
}

/** The session of a generation of a conversation; of a named request its own, whichever generation it opens. */
export function sessionIdFor(
  conversation: {
    readonly owner: string;
    readonly conversation_id: string;
    readonly generation: number;
    readonly request?: string | undefined;
  },
  sha256: Sha256,
): string {
  const { owner, conversation_id, generation, request } = conversation;
  if (request !== undefined) return uuidOf(sha256, "opened", owner, conversation_id, request);
  return uuidOf(sha256, "session", conversationKey(owner, conversation_id, generation));
}

/** The id of an event that must be the same when it is said again: of a message with a client's own id, of a retried request. */
export function eventIdFor(sha256: Sha256, ...parts: readonly string[]): string {
  return uuidOf(sha256, "event", ...parts);
}

/** The name of a request, worked out from its Idempotency-Key. */
export function requestIdFor(sha256: Sha256, key: string): string {
  return uuidOf(sha256, "request", key);
}

/** What it takes to open a generation; `session_id` only to point it at a session that is there. */
export type OpeningAsk = EventFields["conversation_opened"] & {
  readonly user_id: string;
  readonly session_id?: string | undefined;
  /** Of a request with a name of its own (`requestIdFor`). */
  readonly request?: string | undefined;
};

/** The event that opens a generation: no time, no chance, nobody's credential in it (K3). What was asked is not checked here: `eventFrom` does that. */
export function openingOf(ask: OpeningAsk, sha256: Sha256): SessionEvent<"conversation_opened"> {
  const { session_id, ...said } = ask;
  const key = conversationKey(ask.owner, ask.conversation_id, ask.generation);
  return {
    v: 1,
    event: "conversation_opened",
    event_id: eventIdFor(sha256, key),
    session_id: session_id ?? sessionIdFor(ask, sha256),
    by: null,
    ...said,
  };
}

/** The id of the second citation of an event that has two: its first digit turned around. */
export function sisterId(eventId: string): string {
  return (Number.parseInt(eventId.slice(0, 1), 16) ^ 8).toString(16) + eventId.slice(1);
}

/** Parts in quotes, quotes in them escaped: readable, and never two meanings. At most 3 bytes a character. (K2) */
function nameOf(...parts: readonly string[]): string {
  return `[${parts.map((part) => `"${part.replaceAll(/["\\]/g, "\\$&")}"`).join(",")}]`;
}

/** A UUID (version 8: one's own making) that follows from the parts. */
function uuidOf(sha256: Sha256, ...parts: readonly string[]): string {
  const hex = sha256(nameOf(...parts));
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 3) | 8).toString(16);
  const groups = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ];
  return groups.join("-");
}
