/**
 * What the events of a stretch will write, worked out before anything is
 * written: a row an event, what each session's head becomes, and citations.
 * Pure but for the hash it is given.
 */
import {
  type Citation,
  changesOf,
  citationsOf,
  type Emotion,
  type EventName,
  type Happened,
  type SessionChange,
  type SessionEvent,
  type SessionName,
  URI_SCHEME,
} from "@verbatim/core/sessions";
import type { Uid } from "./plan.ts";
import { type HeadFold, NO_FIELDS } from "./session-folds.ts";

/** What is remembered of a session from one save to the next. */
export type SessionHead = {
  readonly uid: string;
  readonly user_id: string;
  readonly session_id: string;
  last_seq: number;
  closed: boolean;
  off_record: boolean;
  said: number;
  snapshot_said: number;
  snapshot_seq: number;
  milestones: number;
  emotion: Emotion;
  model: string | null;
  readonly fields: Record<string, unknown>;
  kept: HeadFold["kept"];
  messages: number;
  notes: number;
  events: number;
};

/** A session's name as an index takes it. */
export function uidOfSession({ user_id, session_id }: SessionName, uid: Uid): string {
  return uid(JSON.stringify([user_id, session_id]));
}

/** A conversation's name as an index takes it. */
export function uidOfConversation(owner: string, conversationId: string, uid: Uid): string {
  return uid(JSON.stringify(["conversation", owner, conversationId]));
}

/** A row of `session_events`. */
type EventRow = {
  readonly seq: number;
  readonly event_id: string;
  readonly uid: string;
  readonly user_id: string;
  readonly session_id: string;
  readonly event_name: EventName;
  readonly at: string;
  readonly message_id: string | null;
  readonly conversation_uid: string | null;
  readonly event: SessionEvent;
};

/** The row of an event. */
export function eventRowOf({ event, moment }: Happened, uid: Uid): EventRow {
  return {
    seq: moment.seq,
    event_id: event.event_id,
    uid: uidOfSession(event, uid),
    user_id: event.user_id,
    session_id: event.session_id,
    event_name: event.event,
    at: moment.at,
    message_id:
      event.event === "message_said" || event.event === "message_deleted" ? event.message_id : null,
    conversation_uid:
      event.event === "conversation_opened" || event.event === "conversation_deleted"
        ? uidOfConversation(event.owner, event.conversation_id, uid)
        : null,
    event,
  };
}

/** The head of a session of which nothing was heard. */
export function newHead(uid: string, { user_id, session_id }: SessionName): SessionHead {
  return {
    uid,
    user_id,
    session_id,
    last_seq: 0,
    closed: false,
    off_record: false,
    said: 0,
    snapshot_said: 0,
    snapshot_seq: 0,
    milestones: 0,
    emotion: "neutral",
    model: null,
    fields: {},
    kept: NO_FIELDS,
    ...{ messages: 0, notes: 0, events: 0 },
  };
}

/** Takes an event into the head of its session; gives its citations. */
export function takeEvent(head: SessionHead, { event, moment }: Happened): readonly Citation[] {
  const { emotion, model } = head;
  const cited = citationsOf(event, moment, { scheme: URI_SCHEME, emotion, model });
  // What was said while it was off the record changes nothing that could be cited.
  const shown = head.off_record ? cited.filter(({ type }) => !OF_WORDS.has(type)) : cited;
  for (const change of changesOf(event, moment)) takeChange(head, change);
  head.closed = head.fields["closed_at"] != null;
  if (event.event === "snapshot_taken") {
    head.snapshot_seq = Math.max(head.snapshot_seq, event.seq);
    head.snapshot_said = head.said;
  } else head.last_seq = moment.seq;
  return shown;
}

/** Citations of what somebody said, felt or understood. */
const OF_WORDS: ReadonlySet<string> = new Set([
  "emotion_state_update",
  "milestone_recorded",
  "breakthrough_recorded",
]);

function takeChange(head: SessionHead, change: SessionChange): void {
  if ("field" in change) {
    const isFirst = change.op === "set" || !Object.hasOwn(head.fields, change.field);
    if (change.key === "metadata" && isFirst) head.fields[change.field] = change.value;
  } else if (change.op === "add") takeMember(head, change);
}

function takeMember(head: SessionHead, change: Extract<SessionChange, { op: "add" }>): void {
  if (change.key === "said") head.said += 1;
  if (change.key === "models") head.model = change.json.model;
  if (change.key === "off_record") head.off_record = change.json.on;
  if (head.off_record) return;
  if (change.key === "emotions") head.emotion = change.json.emotion;
  if (change.key === "milestones") head.milestones += 1;
}
