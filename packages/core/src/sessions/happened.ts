/** The events among settled entries. */
import type { Settled } from "../settle/port.ts";
import { eventOf } from "../sources/session.ts";
import { type Happened, SESSION_SOURCE } from "./event.ts";

/** The events of a stretch, in order; a stretch without them costs a look at each entry's source. */
export function happenedIn(stretch: readonly Settled[]): readonly Happened[] {
  return stretch.flatMap(({ entry, messages }) => {
    if (entry.source !== SESSION_SOURCE) return [];
    return messages.flatMap((message) => {
      const event = eventOf(message);
      return event === null ? [] : [{ event, moment: { seq: entry.seq, at: entry.at } }];
    });
  });
}
