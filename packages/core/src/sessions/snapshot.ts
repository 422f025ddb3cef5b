/**
 * Snapshots: the whole of a session at one moment, as one text with a digest, so
 * that what was written can be read back and compared before anything hot is
 * allowed to go.
 */
import type { Sha256 } from "../settle/port.ts";
import type { SaidMessage } from "./kept.ts";
import type { SessionSnapshot } from "./port.ts";
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

/** The snapshot of a session, from its state and all of its messages. */
export function snapshotOf(
  state: SessionState,
  messages: readonly SaidMessage[],
  named: { readonly snapshot_id: string; readonly at: string; readonly sha256: Sha256 },
): SessionSnapshot {
  const { user_id, session_id, last_seq } = state.metadata;
  const content = JSON.stringify({ state, messages: shownMessages(state, messages) });
  const { snapshot_id, at } = named;
  const sha256 = named.sha256(content);
  return { snapshot_id, name: { user_id, session_id }, seq: last_seq, at, sha256, content };
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
