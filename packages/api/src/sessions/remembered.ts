/**
 * What is known of conversations here, so that Redis being away costs nobody his
 * session: what this process opened, and what the journal's tail says (tail.ts).
 * Bounded; what is forgotten is in the stores.
 */
import {
  type Conversation,
  conversationFrom,
  type Happened,
  joinedConversations,
} from "@verbatim/core/sessions";

/** Conversations remembered here. */
const REMEMBERED_MAX = 50_000;

export type Named = { readonly owner: string; readonly conversation_id: string };

export interface Remembered {
  of(named: Named): Conversation | null;
  /** Takes what somebody else knows; gives what both know. */
  note(conversation: Conversation): Conversation;
  /** Takes an event; of other things than conversations nothing is kept. */
  hear(happened: Happened): void;
}

/** Remembers nothing yet. */
export function openRemembered(
  most: number = REMEMBERED_MAX,
  /** What was asked to be forgotten since. */
  isGone: (conversation: Conversation) => boolean = () => false,
): Remembered {
  const kept = new Map<string, Conversation>();
  const of = (key: string): Conversation | null => {
    const found = kept.get(key);
    return found === undefined || isGone(found) ? null : found;
  };
  const note = (conversation: Conversation): Conversation => {
    const key = keyOf(conversation);
    const best = joinedConversations(conversation, of(key)) ?? conversation;
    kept.delete(key);
    kept.set(key, best);
    for (const oldest of kept.keys()) {
      if (kept.size <= most) break;
      kept.delete(oldest);
    }
    return best;
  };
  return {
    of: (named) => of(keyOf(named)),
    note,
    hear: (happened) => {
      const { event } = happened;
      if (event.event !== "conversation_opened" && event.event !== "conversation_deleted") return;
      const { owner, conversation_id } = event;
      note(conversationFrom({ owner, conversation_id }, [happened]));
    },
  };
}

function keyOf({ owner, conversation_id }: Named): string {
  return JSON.stringify([owner, conversation_id]);
}
