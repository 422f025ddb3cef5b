/**
 * A snapshot of a session: its state and the ids of its messages, worked out
 * from its events alone, so that it can be made again and is then the same.
 */
import type { Sha256 } from "../settle/port.ts";
import { changesOf } from "./changes.ts";
import type { Happened } from "./event.ts";
import type { SaidMessage } from "./kept.ts";
import { eventIdFor } from "./keys.ts";
import { newLedger, stateOf, withEvents } from "./ledger.ts";
import type { SessionName, SessionSnapshot } from "./port.ts";
import { shownMessages } from "./state.ts";

/** A snapshot that was just made. */
export type MadeSnapshot = SessionSnapshot & { readonly messages: number };

/** The snapshot of a session after these events, in the order of the journal; null when there is nothing but snapshots. */
export function makeSnapshot(
  name: SessionName,
  events: readonly Happened[],
  sha256: Sha256,
): MadeSnapshot | null {
  const newest = events.findLast(({ event }) => event.event !== "snapshot_taken");
  if (newest === undefined) return null;
  const { seq, at } = newest.moment;
  const taken = events.filter(({ moment }) => moment.seq <= seq);
  const state = stateOf(withEvents(newLedger(name.user_id, name.session_id), taken));
  const message_ids = shownMessages(state, messagesIn(taken)).map(({ message_id }) => message_id);
  const content = JSON.stringify({ v: 1, ...name, seq, state, message_ids }, sorted);
  const snapshot_id = eventIdFor(sha256, "snapshot", name.user_id, name.session_id, String(seq));
  return {
    snapshot_id,
    name,
    seq,
    at,
    sha256: sha256(content),
    content,
    messages: message_ids.length,
  };
}

/** What was said, each message once: the first time. */
export function messagesIn(events: readonly Happened[]): readonly SaidMessage[] {
  const said = new Map<string, SaidMessage>();
  for (const { event, moment } of events) {
    for (const change of changesOf(event, moment)) {
      if (change.op !== "add" || change.key !== "messages" || said.has(change.id)) continue;
      said.set(change.id, change.json);
    }
  }
  return [...said.values()];
}

/** The same value is the same text, whoever kept it in between. */
function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)),
  );
}
