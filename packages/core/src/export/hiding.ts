/** What is handed out to nobody: messages that were deleted, and words said off the record (K13). */
import type { Message } from "../message/message.ts";
import { SESSION_SOURCE } from "../sessions/event.ts";
import { openHidden } from "../sessions/hidden.ts";
import { eventOf } from "../sources/session.ts";

/** Knows what is hidden by everything it took. */
export type Hiding = {
  take(message: Message): void;
  hides(message: Message): boolean;
};

/** Has taken nothing yet. */
export function openHiding(): Hiding {
  const hidden = openHidden();
  return {
    take: (message) => {
      const event = message.source === SESSION_SOURCE ? eventOf(message) : null;
      if (event !== null)
        hidden.take({ event, moment: { at: message.heard_at, seq: message.seq } });
    },
    hides: (message) => {
      const event = message.source === SESSION_SOURCE ? eventOf(message) : null;
      return event !== null && hidden.has(event, message.seq);
    },
  };
}
