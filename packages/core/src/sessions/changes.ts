/**
 * What an event means: the changes it makes to what is kept of its session
 * (kept.ts).
 *
 *   K21  How a session began stays: pointing a conversation at it changes neither
 *        its summary nor which conversation it is of.
 *
 * This is the one place where events get their meaning. Redis, Postgres and the
 * fold in ledger.ts all make the same changes, so they cannot disagree.
 */
import { utcOf } from "../message/time.ts";
import type { Moment, SessionEvent } from "./event.ts";
import type { Added, FieldChange, FieldKey, ListKey, SessionChange } from "./kept.ts";
import { sisterId } from "./keys.ts";
import { openedBy } from "./opened.ts";

/** Sure as a message that was called a breakthrough is, when nobody says how sure. */
export const MARKED_CONFIDENCE = 0.85;
const INSIGHT_CHARS = 200;

/** When an event happened: as it says, else when it was heard. */
export function timeOf(event: SessionEvent, moment: Moment): string {
  return utcOf(event.at) ?? moment.at;
}

/** The changes an event makes; in any order, any number of times. */
export function changesOf(event: SessionEvent, moment: Moment): readonly SessionChange[] {
  const at = timeOf(event, moment);
  const { seq } = moment;
  const said: readonly SessionChange[] = [
    { op: "add", key: "events", id: event.event_id, seq, json: null },
    { op: "first", key: "metadata", field: "started_at", value: at, seq },
    { op: "set", key: "metadata", field: "last_seq", value: seq, seq },
  ];
  return [
    ...said,
    ...touched(event, at, seq),
    ...lifeChanges(event, at, seq),
    ...wordChanges(event, at, seq),
  ];
}

/** Events that are the session going on; the others are work on its record and make it no longer. */
const GOES_ON: ReadonlySet<string> = new Set([
  "conversation_opened",
  "session_started",
  "session_resumed",
  "message_said",
  "emotion_changed",
  "milestone_reached",
  "breakthrough_recorded",
  "context_changed",
  "model_switched",
]);

/** A session that goes on is open, whoever closed it before. */
function touched({ event }: SessionEvent, at: string, seq: number): readonly FieldChange[] {
  return GOES_ON.has(event) ? [...meta({ last_updated: at, closed_at: null }, seq)] : [];
}

/** Changes of what a session is. */
function lifeChanges(event: SessionEvent, at: string, seq: number): readonly SessionChange[] {
  switch (event.event) {
    case "conversation_opened": {
      const { conversation_id, reason } = event;
      const opened = openedBy(event);
      // Who points a conversation at a session that is there changes nothing of how it began.
      if (reason === "set")
        return [
          first("pointed_at_from", conversation_id, seq),
          first("pointed_at_as", opened, seq),
        ];
      const fields = meta({ conversation_id, opened }, seq);
      return [...fields, ...modelChanges(event.event_id, { model: event.model, at }, seq)];
    }
    case "session_started": {
      const { conversation_id, ttl_days, forked_from, model } = event;
      const fields = meta({ conversation_id, ttl_days, forked_from }, seq);
      return [...fields, ...modelChanges(event.event_id, { model, at }, seq)];
    }
    case "session_resumed":
      return meta({ last_resumed: at }, seq);
    case "session_closed":
      return meta({ closed_at: at }, seq);
    case "model_switched":
      return modelChanges(event.event_id, { model: event.model, at }, seq);
    case "ttl_changed":
      return meta({ ttl_days: event.ttl_days }, seq);
    case "snapshot_taken": {
      const { snapshot_id, seq: upTo, sha256, messages } = event;
      return meta({ snapshot: { snapshot_id, seq: upTo, sha256, messages, at } }, seq);
    }
    case "off_record_set":
      return [add("off_record", event.event_id, seq, { on: event.on, at })];
    case "session_forgotten":
    case "user_forgotten":
      return meta({ forgotten_at: at }, seq);
    default:
      return [];
  }
}

/** Changes of what was said, felt and understood. */
function wordChanges(event: SessionEvent, at: string, seq: number): readonly SessionChange[] {
  switch (event.event) {
    case "message_said":
      return messageChanges(event, at, seq);
    case "message_deleted":
      return [
        { op: "remove", key: "said", id: event.message_id },
        { op: "remove", key: "messages", id: event.message_id },
        { op: "remove", key: "breakthroughs", id: ofMessage(event.message_id) },
      ];
    case "emotion_changed": {
      const { emotion, intensity, confidence, evidence = [] } = event;
      return feelingChanges(event.event_id, { emotion, intensity, confidence, evidence, at }, seq);
    }
    case "milestone_reached": {
      const { description, emotion, model = null } = event;
      return [add("milestones", event.event_id, seq, { description, emotion, model, at })];
    }
    case "breakthrough_recorded": {
      const { event_id, insight, category, confidence, trigger_message_id = null } = event;
      const kept = { citation_id: event_id, insight, category, confidence, trigger_message_id, at };
      return [add("breakthroughs", event_id, seq, kept)];
    }
    case "context_changed":
      return contextChanges(event, at, seq);
    case "note_written":
      return [add("notes", event.event_id, seq, null)];
    case "citation_judged": {
      const { citation_id, status, why = null, by } = event;
      return [add("judgements", event.event_id, seq, { citation_id, status, why, by, at })];
    }
    default:
      return [];
  }
}

function messageChanges(
  event: SessionEvent<"message_said">,
  at: string,
  seq: number,
): readonly SessionChange[] {
  const { event_id, message_id, role, content, model = null, tokens = null } = event;
  const { parent_message_id = null, conversation_id, emotion } = event;
  const message = { message_id, role, content, model, tokens, parent_message_id, at, seq };
  const felt = { ...emotion, evidence: [message_id], at };
  return [
    add("said", message_id, seq, null),
    add("messages", message_id, seq, message),
    ...meta({ conversation_id, last_model: model ?? undefined }, seq),
    ...(isFelt(felt) ? feelingChanges(event_id, felt, seq) : []),
    ...(event.is_breakthrough === true || event.insight !== undefined
      ? [add("breakthroughs", ofMessage(message_id), seq, markedBreakthrough(event, at))]
      : []),
  ];
}

function isFelt(felt: Partial<Added["emotions"]>): felt is Added["emotions"] {
  return felt.emotion !== undefined;
}

/** What a message that was called a breakthrough shows: what was understood, else its first words. */
function markedBreakthrough(
  event: SessionEvent<"message_said">,
  at: string,
): Added["breakthroughs"] {
  return {
    citation_id: event.emotion === undefined ? event.event_id : sisterId(event.event_id),
    insight:
      event.insight ?? ([...event.content].slice(0, INSIGHT_CHARS).join("").trim() || "(no words)"),
    category: "insight",
    confidence: MARKED_CONFIDENCE,
    trigger_message_id: event.message_id,
    at,
  };
}

/** The name of a breakthrough that came with a message, so that it goes when the message does. */
function ofMessage(messageId: string): string {
  return `message:${messageId}`;
}

function feelingChanges(
  id: string,
  felt: Added["emotions"],
  seq: number,
): readonly SessionChange[] {
  const fields = {
    current_emotion: felt.emotion,
    emotion_intensity: felt.intensity,
    emotion_confidence: felt.confidence,
    last_emotion_change: felt.at,
    emotion_tracking_id: id,
  };
  return [add("emotions", id, seq, felt), ...fieldChanges("emotion", fields, seq)];
}

function modelChanges(
  id: string,
  { model, at }: { readonly model: string | undefined; readonly at: string },
  seq: number,
): readonly SessionChange[] {
  if (model === undefined) return [];
  return [add("models", id, seq, { model, at }), ...meta({ last_model: model }, seq)];
}

function contextChanges(
  event: SessionEvent<"context_changed">,
  at: string,
  seq: number,
): readonly SessionChange[] {
  const { current_theme, therapeutic_focus, client_state_summary } = event;
  const { session_notes, working_hypotheses } = event;
  const said = { current_theme, therapeutic_focus, client_state_summary, session_notes };
  const fields = { ...said, working_hypotheses, last_summarized: at };
  return fieldChanges("context_snapshot", fields, seq);
}

function first(field: string, value: unknown, seq: number): FieldChange {
  return { op: "first", key: "metadata", field, value, seq };
}

function meta(fields: Readonly<Record<string, unknown>>, seq: number): readonly FieldChange[] {
  return fieldChanges("metadata", fields, seq);
}

/** A change for every field that is given. */
function fieldChanges(
  key: FieldKey,
  fields: Readonly<Record<string, unknown>>,
  seq: number,
): readonly FieldChange[] {
  return Object.entries(fields).flatMap(([field, value]) =>
    value === undefined ? [] : [{ op: "set", key, field, value, seq }],
  );
}

function add<Key extends ListKey>(key: Key, id: string, seq: number, json: Added[Key]) {
  return { op: "add", key, id, seq, json } as const;
}
