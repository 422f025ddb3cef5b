/** A journal that says after every append how far it is safe. */

import type { Hints, Journal } from "@verbatim/core";

/** The same journal; whoever waits for an append gets the answer before anybody is told. */
export function announcing(journal: Journal, hints: Hints): Journal {
  return {
    id: journal.id,
    append: async (heard) => {
      const first = await journal.append(heard);
      hints.announce(journal.durable());
      return first;
    },
    durable: () => journal.durable(),
    read: (stretch) => journal.read(stretch),
    last: () => journal.last(),
    segments: () => journal.segments(),
    rotate: () => journal.rotate(),
    close: () => journal.close(),
  };
}
