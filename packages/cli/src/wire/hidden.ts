/**
 * What a journal alone says is hidden.
 *
 *   L3  A message that was deleted, or said off the record, is in nothing that is
 *       read out of the journal; where no chat is read, nothing more is looked at.
 *
 * A deletion comes after its message: so from a message on everything is looked
 * at for deletions, once, to the end. Going off the record comes before: whoever
 * speaks at that very moment is heard a few entries later, so BEFORE entries are
 * looked at before a message. Looking is for two words in the events of sessions,
 * and nothing is kept of other entries.
 */
import { type Entry, type JournalReader, type Message, STRETCH_BYTES_MAX } from "@verbatim/core";
import {
  eventOf,
  type Happened,
  openHidden,
  readEvent,
  SESSION_SOURCE,
} from "@verbatim/core/sessions";

/** Entries in which whoever spoke while the record was switched off has been heard. */
const BEFORE = 1000;
/** Entries looked at at once. */
const STEP = 2000;
const HIDING = ["message_deleted", "off_record_set"] as const;

/** The event of an entry, where it may hide something. */
function hidingOf({ source, raw, seq, at }: Entry): readonly Happened[] {
  if (source !== SESSION_SOURCE) return [];
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.length);
  if (!HIDING.some((word) => bytes.includes(word))) return [];
  const read = readEvent(raw);
  return read.ok ? [{ event: read.value, moment: { seq, at } }] : [];
}

/** What of a journal is not to be read. */
export interface HiddenIn {
  /** Whether a message of this journal is hidden, by all that the journal says by now. */
  has(message: Message): Promise<boolean>;
}

/** Looks at nothing before it is asked. Asked in any order; cheapest from the end backwards, or from the beginning on. */
export function hiddenIn(journal: Pick<JournalReader, "read" | "last">): HiddenIn {
  const hidden = openHidden();
  /** Everything from `low` to `high` was looked at. */
  let low = Number.POSITIVE_INFINITY;
  let high = 0;
  /** Most journals hide nothing: then no event is looked into. */
  let mayHide = false;

  async function look(from: number, to: number): Promise<void> {
    for (let at = from; at <= to; ) {
      const entries = await journal.read({ from: at, to, entries: STEP, bytes: STRETCH_BYTES_MAX });
      for (const one of entries.flatMap(hidingOf)) {
        hidden.take(one);
        mayHide = true;
      }
      const last = entries.at(-1);
      if (last === undefined) return;
      at = last.seq + 1;
    }
  }

  return {
    has: async (message) => {
      if (message.source !== SESSION_SOURCE) return false;
      const from = Math.max(1, message.seq - BEFORE);
      const end = message.seq > high ? await journal.last() : high;
      if (from < low) await look(from, Math.min(low - 1, end));
      if (low <= high) await look(high + 1, end);
      low = Math.min(low, from);
      high = end;
      const event = mayHide ? eventOf(message) : null;
      return event !== null && hidden.has(event, message.seq);
    },
  };
}
