/** The events among settled entries. */
import type { Entry } from "../message/heard.ts";
import type { Settled } from "../settle/port.ts";
import { eventOf } from "../sources/session.ts";
import { type Happened, SESSION_SOURCE, type SessionEvent } from "./event.ts";
import { readEvent } from "./event-schema.ts";

/** The events of a stretch, in order; a stretch without them costs a look at each entry's source. */
export function happenedIn(stretch: readonly Settled[]): readonly Happened[] {
  return stretch.flatMap(({ entry, messages }) => {
    if (entry.source !== SESSION_SOURCE) return [];
    return messages.flatMap((message) => {
      const event = wholeOf(eventOf(message), entry);
      return event === null ? [] : [{ event, moment: { seq: entry.seq, at: entry.at } }];
    });
  });
}

/** An opening as it was said: what it sums up is not in the message (withoutExcerpts). */
function wholeOf(event: SessionEvent | null, { raw }: Entry): SessionEvent | null {
  if (event?.event !== "conversation_opened") return event;
  const read = readEvent(raw);
  return read.ok ? read.value : event;
}
