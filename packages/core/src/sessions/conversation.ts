/**
 * A conversation: a chat server's handle, such as `telegram:123`, and the
 * sessions it has had, one a generation.
 *
 *   K9  In whatever order its events are heard, a conversation is the same: the
 *       highest generation holds, and every older one stays in its history.
 */
import type { Happened, Opening, SessionEvent } from "./event.ts";

export type Generation = {
  readonly generation: number;
  readonly session_id: string;
  readonly reason: Opening;
  readonly previous_session_id: string | null;
  readonly channel: string | null;
  readonly at_seq: number;
};

export type Conversation = {
  readonly owner: string;
  readonly conversation_id: string;
  /** Its session now; null when it was deleted. */
  readonly session_id: string | null;
  /** The highest there was: the next one to open is one more. 0 when there was none. */
  readonly generation: number;
  /** Oldest first. */
  readonly history: readonly Generation[];
};

/** A conversation from its events; those of others are left alone. */
export function conversationFrom(
  named: { readonly owner: string; readonly conversation_id: string },
  events: readonly Happened[],
): Conversation {
  const { owner, conversation_id } = named;
  const known = new Map<number, Generation>();
  let deleted = 0;
  for (const { event, moment } of events) {
    if (!isOf(event) || event.owner !== owner || event.conversation_id !== conversation_id)
      continue;
    if (event.event === "conversation_deleted") deleted = Math.max(deleted, event.generation);
    else keepFirst(known, generationOf(event, moment.seq));
  }
  const history = [...known.values()].toSorted((one, other) => one.generation - other.generation);
  const newest = history.at(-1);
  const generation = Math.max(newest?.generation ?? 0, deleted);
  const isThere = newest !== undefined && newest.generation > deleted;
  return {
    owner,
    conversation_id,
    session_id: isThere ? newest.session_id : null,
    generation,
    history,
  };
}

/** What two places know of one conversation, put together. (K9) */
export function joinedConversations(
  one: Conversation | null,
  other: Conversation | null,
): Conversation | null {
  if (one === null || other === null) return one ?? other;
  const known = new Map<number, Generation>();
  for (const each of [...one.history, ...other.history]) keepFirst(known, each);
  const history = [...known.values()].toSorted((a, b) => a.generation - b.generation);
  const newer = one.generation > other.generation ? one : other;
  const isDeleted = [one, other].some(
    ({ generation, session_id }) => generation === newer.generation && session_id === null,
  );
  return { ...newer, session_id: isDeleted ? null : newer.session_id, history };
}

type OfConversation = SessionEvent<"conversation_opened" | "conversation_deleted">;

function isOf(event: SessionEvent): event is OfConversation {
  return event.event === "conversation_opened" || event.event === "conversation_deleted";
}

/** The writer takes a generation's name once; should a journal hold two, the first heard is the one that was answered. */
function keepFirst(known: Map<number, Generation>, one: Generation): void {
  const before = known.get(one.generation);
  if (before === undefined || one.at_seq < before.at_seq) known.set(one.generation, one);
}

function generationOf(event: SessionEvent<"conversation_opened">, seq: number): Generation {
  const { generation, session_id, reason, previous_session_id = null, channel = null } = event;
  return { generation, session_id, reason, previous_session_id, channel, at_seq: seq };
}
