/**
 * Events of sessions and conversations, read as messages, so that whatever reads
 * messages reads them too. What somebody said is a message; everything else is a
 * record: a sentence for people, and the event itself in `meta.event`.
 */
import type { Entry } from "../message/heard.ts";
import type { Message, Usage } from "../message/message.ts";
import { timeOf } from "../sessions/changes.ts";
import {
  type Feeling,
  SESSION_SOURCE,
  type SessionEvent,
  type Speaker,
} from "../sessions/event.ts";
import { eventFrom, readEvent } from "../sessions/event-schema.ts";
import { messageName } from "../sessions/keys.ts";
import { withoutExcerpts } from "../sessions/opened.ts";
import type { Read } from "./claude-code.ts";
import { fieldsOf } from "./json.ts";

/** Reads an entry of source `session`. */
export function readSession(entry: Entry): Read {
  const read = readEvent(entry.raw);
  if (!read.ok) return { messages: [], aside: read.why };
  const event = read.value;
  const message = event.event === "message_said" ? spoken(event, entry) : recorded(event, entry);
  return { messages: [message], aside: null };
}

/** The event a message was read from, or null when it is of another source. */
export function eventOf(message: Pick<Message, "source" | "meta" | "text">): SessionEvent | null {
  const fields = fieldsOf(message.meta["event"]);
  if (message.source !== SESSION_SOURCE || fields === null) return null;
  const content = fields["event"] === "message_said" ? { content: message.text } : {};
  const read = eventFrom({ ...fields, ...content });
  return read.ok ? read.value : null;
}

function spoken(event: SessionEvent<"message_said">, entry: Entry): Message {
  const { content, ...rest } = event;
  const { role, model, tokens, parent_message_id, conversation_id } = event;
  return {
    ...placeOf(event, entry),
    id: messageName(event.user_id, event.session_id, event.message_id),
    author: { name: nameOf(event), role },
    kind: "message",
    parts: [{ type: "text", content }],
    text: content,
    ...(conversation_id === undefined ? {} : { conversation_id }),
    ...(parent_message_id === undefined
      ? {}
      : { parent_id: messageName(event.user_id, event.session_id, parent_message_id) }),
    ...(model === undefined ? {} : { model }),
    ...(tokens === undefined ? {} : { usage: usageOf(role, tokens) }),
    meta: { user_id: event.user_id, event: rest },
  };
}

/** What others said went into the model, what the assistant said came out. */
function usageOf(role: Speaker, tokens: number): Usage {
  return role === "assistant" ? { output_tokens: tokens } : { input_tokens: tokens };
}

function nameOf({ role, user_id, model }: SessionEvent<"message_said">): string {
  if (role === "user") return user_id;
  return role === "assistant" ? (model ?? role) : role;
}

function recorded(heard: SessionEvent, entry: Entry): Message {
  // Words of a message that is deleted later are in no other one.
  const event = heard.event === "conversation_opened" ? withoutExcerpts(heard) : heard;
  const text = sentenceOf(event);
  return {
    ...placeOf(event, entry),
    id: event.event_id,
    author: { name: event.by ?? "session", role: "system" },
    kind: "record",
    parts: [{ type: "text", content: text }],
    text,
    ...("conversation_id" in event && event.conversation_id !== undefined
      ? { conversation_id: event.conversation_id }
      : {}),
    meta: { user_id: event.user_id, event },
  };
}

function placeOf(event: SessionEvent, entry: Entry) {
  const { source, at, seq } = entry;
  const said_at = timeOf(event, { at, seq });
  return { session_id: event.session_id, source, said_at, heard_at: at, seq, sub: 0 };
}

/** What happened, for a person who reads along. */
function sentenceOf(event: SessionEvent): string {
  switch (event.event) {
    case "conversation_opened":
      return openedSentence(event);
    case "conversation_deleted":
      return `conversation ${event.conversation_id} deleted`;
    case "session_started":
      return `session started${event.model === undefined ? "" : ` with ${event.model}`}`;
    case "emotion_changed":
      return `emotion: ${feltSentence(event)}`;
    case "milestone_reached":
      return `milestone: ${event.description}`;
    case "breakthrough_recorded":
      return `breakthrough (${event.category}, confidence ${event.confidence}): ${event.insight}`;
    case "context_changed":
      return `context: ${contextSentence(event)}`;
    default:
      return shortSentence(event);
  }
}

function shortSentence(event: SessionEvent): string {
  switch (event.event) {
    case "message_deleted":
      return `message ${event.message_id} deleted`;
    case "model_switched":
      return `model: ${event.model}`;
    case "ttl_changed":
      return `kept hot for ${event.ttl_days} days`;
    case "off_record_set":
      return event.on ? "off the record" : "on the record";
    case "note_written":
      // Its words are for the therapist alone; who may read them finds them in the event.
      return "a note was written";
    case "citation_judged":
      return `citation ${event.citation_id}: ${event.status}`;
    case "snapshot_taken":
      return `snapshot ${event.snapshot_id} of ${event.messages} messages, up to entry ${event.seq}`;
    default:
      return event.event.replaceAll("_", " ");
  }
}

function openedSentence(event: SessionEvent<"conversation_opened">): string {
  const { conversation_id, reason, previous_session_id, summary } = event;
  const after = previous_session_id === undefined ? "" : `, after session ${previous_session_id}`;
  const so = summary === undefined ? "" : `: ${summary}`;
  return `conversation ${conversation_id} opened (${reason}${after})${so}`;
}

function feltSentence({ emotion, intensity, confidence }: Feeling): string {
  return `${emotion} ${intensity} (confidence ${confidence})`;
}

function contextSentence(event: SessionEvent<"context_changed">): string {
  const { current_theme, therapeutic_focus, client_state_summary, session_notes } = event;
  const { working_hypotheses } = event;
  const fields = { current_theme, therapeutic_focus, client_state_summary, session_notes };
  const named = Object.entries({ ...fields, working_hypotheses }).filter(
    ([, value]) => value !== undefined,
  );
  return named
    .map(([field, value]) => `${field.replaceAll("_", " ")} ${value === null ? "cleared" : "set"}`)
    .join(", ");
}
