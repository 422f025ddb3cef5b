/**
 * Snapshots: the whole of a session at one moment, as one text with a digest, so
 * that what was written can be read back and compared before anything hot is
 * allowed to go. Made of a session's events alone, so it can be made again.
 */
import type { Sha256 } from "../settle/port.ts";
import { changesOf } from "./changes.ts";
import type { Happened, SessionEvent } from "./event.ts";
import type { SaidMessage } from "./kept.ts";
import { eventIdFor } from "./keys.ts";
import { newLedger, stateOf, withEvents } from "./ledger.ts";
import { openedShown, openedWith } from "./opened.ts";
import type { SessionName, SessionSnapshot } from "./port.ts";
import { type SessionState, shownMessages } from "./state.ts";

/** So many new messages are worth a snapshot. */
export const SNAPSHOT_MESSAGES = 15;

/** Whether a session wants one: after SNAPSHOT_MESSAGES, when it is closed, and when it is about to go. */
export function isSnapshotDue(state: SessionState, isExpiring: boolean): boolean {
  const { snapshot, counts, metadata } = state;
  if (counts.messages - (snapshot?.messages ?? 0) >= SNAPSHOT_MESSAGES) return true;
  const newest = [metadata.last_updated, metadata.closed_at].reduce(later);
  const isOlder = newest !== null && (snapshot === null || snapshot.at < newest);
  return isOlder && (isExpiring || metadata.closed_at !== null);
}

function later(one: string | null, other: string | null): string | null {
  if (one === null || other === null) return one ?? other;
  return one > other ? one : other;
}

/** The snapshot of a session, from its state and all of its messages; of these it holds the ids. */
export function snapshotOf(
  state: SessionState,
  messages: readonly SaidMessage[],
  named: { readonly snapshot_id: string; readonly at: string; readonly sha256: Sha256 },
): SessionSnapshot {
  const { user_id, session_id, last_seq } = state.metadata;
  const { opened } = state;
  // Of what others said it holds no words: they may be taken back.
  const own = { ...state, opened: opened && openedShown(openedWith(opened, () => false)) };
  const content = JSON.stringify({ state: own, message_ids: idsShown(state, messages) }, sorted);
  const { snapshot_id, at } = named;
  const sha256 = named.sha256(content);
  return { snapshot_id, name: { user_id, session_id }, seq: last_seq, at, sha256, content };
}

function idsShown(state: SessionState, messages: readonly SaidMessage[]): readonly string[] {
  return shownMessages(state, messages).map(({ message_id }) => message_id);
}

/** The same value is the same text, whoever kept it in between. */
function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const fields = Object.entries(value);
  return Object.fromEntries(fields.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

/**
 * The snapshot of a session after these events, in the order of the journal, and
 * the event that says it was taken: the same events, the same both. Null when
 * nothing was heard since the last one.
 */
export function makeSnapshot(
  name: SessionName,
  events: readonly Happened[],
  sha256: Sha256,
): { readonly snapshot: SessionSnapshot; readonly taken: SessionEvent<"snapshot_taken"> } | null {
  const newest = events.findLast(({ event }) => event.event !== "snapshot_taken");
  if (newest === undefined) return null;
  const { seq, at } = newest.moment;
  const covered = stateAfter(name, events).snapshot?.seq ?? 0;
  if (covered >= seq) return null;
  const heard = events.filter(({ moment }) => moment.seq <= seq);
  const state = stateAfter(name, heard);
  const messages = messagesIn(heard);
  const { user_id, session_id } = name;
  const snapshot_id = eventIdFor(sha256, "snapshot", user_id, session_id, String(seq));
  const snapshot = snapshotOf(state, messages, { snapshot_id, at, sha256 });
  return {
    snapshot,
    taken: {
      v: 1,
      event: "snapshot_taken",
      event_id: snapshot_id,
      user_id,
      session_id,
      by: null,
      snapshot_id,
      seq,
      sha256: snapshot.sha256,
      messages: state.counts.messages,
    },
  };
}

function stateAfter(name: SessionName, events: readonly Happened[]): SessionState {
  return stateOf(withEvents(newLedger(name.user_id, name.session_id), events));
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

/** Whether a snapshot that was read back is the one that was written. */
export function isSameSnapshot(
  written: SessionSnapshot,
  read: SessionSnapshot | null,
  sha256: Sha256,
): boolean {
  return (
    read !== null &&
    read.snapshot_id === written.snapshot_id &&
    read.sha256 === written.sha256 &&
    sha256(read.content) === written.sha256
  );
}
