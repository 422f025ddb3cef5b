/**
 * What may not be kept: messages of a session that somebody deleted, and words
 * that reached the journal while their session was off the record.
 *
 *   C28  What is hidden when a checkpoint is made is withheld from it, whichever
 *        came first, the words or what hides them.
 */
import type { JournalReader } from "../journal/port.ts";
import { STRETCH_BYTES_MAX, STRETCH_ENTRIES_MAX } from "../limits.ts";
import type { Entry } from "../message/heard.ts";
import { SESSION_SOURCE, type SessionEvent } from "../sessions/event.ts";
import { readEvent } from "../sessions/event-schema.ts";
import { type Hidden, openHidden } from "../sessions/hidden.ts";

/** A deletion that was heard before its message came from somebody who was away: no further back than this. */
const BEFORE_ENTRIES = 10_000;

/** What events around and in this part of the journal hide. */
export async function hiddenIn(
  journal: Pick<JournalReader, "read">,
  range: { readonly from: number; readonly to: number },
  signal: AbortSignal,
): Promise<Hidden> {
  const hidden = openHidden();
  const { to } = range;
  for (let from = Math.max(1, range.from - BEFORE_ENTRIES); from <= to && !signal.aborted; ) {
    const stretch = { from, to, entries: STRETCH_ENTRIES_MAX, bytes: STRETCH_BYTES_MAX };
    const entries = await journal.read(stretch);
    const last = entries.at(-1);
    if (last === undefined) break;
    for (const { source, raw, seq, at } of entries) {
      const read = source === SESSION_SOURCE ? readEvent(raw) : null;
      if (read?.ok === true) hidden.take({ event: read.value, moment: { seq, at } });
    }
    from = last.seq + 1;
  }
  return hidden;
}

/** Why an entry is withheld; null when it is not. */
export function whyWithheld({ source, raw, seq }: Entry, hidden: Hidden): string | null {
  const read = source === SESSION_SOURCE ? readEvent(raw) : null;
  if (read?.ok !== true) return null;
  if (read.value.event === "conversation_opened") return whyOpening(read.value, hidden);
  if (!hidden.has(read.value, seq)) return null;
  const { user_id, session_id } = read.value;
  const id = "message_id" in read.value ? read.value.message_id : "";
  return hidden.isDeleted(user_id, session_id, id) ? "deleted" : "off the record";
}

/** A summary that was made here holds words of messages. */
function whyOpening(
  { user_id, summary_from = [] }: SessionEvent<"conversation_opened">,
  hidden: Hidden,
): string | null {
  const isDeleted = summary_from.some(
    (from) => from !== null && hidden.isDeleted(user_id, ...from),
  );
  return isDeleted ? "it sums up what was deleted" : null;
}
