/**
 * Events as bytes: what one must look like, and how it is written.
 *
 *   K1  An event that was written is read back the same; what is not an event is
 *       a reason why, and never a throw.
 */
import { z } from "zod";
import { utcOf } from "../message/time.ts";
import { no, type Result, yes } from "../result.ts";
import { wellFormed, wellFormedDeep } from "../sources/json.ts";
import {
  CATEGORIES,
  EMOTIONS,
  type EventName,
  OPENINGS,
  type SessionEvent,
  SPEAKERS,
  VERDICTS,
} from "./event.ts";

/** Longest id or name a client may use. */
const NAME_CHARS_MAX = 512;
/** Longest insight, description or field of the context: they are kept hot. */
const TEXT_CHARS_MAX = 10_000;
/** Longest note or summary. */
const PAGES_CHARS_MAX = 100_000;
/** Of two summaries, every character a line. */
const SUMMARY_LINES_MAX = 2 * PAGES_CHARS_MAX;
const HYPOTHESES_MAX = 100;
const EVIDENCE_MAX = 100;
/** Ten years. */
const TTL_DAYS_MAX = 3650;

/** A name: of a user, a session, a conversation, a message. Any characters that a store can hold. */
export const sessionName: z.ZodType<string> = z
  .string()
  .min(1)
  .max(NAME_CHARS_MAX)
  .refine((text) => wellFormed(text) === text, "must not hold NUL or half a surrogate pair");
const name = sessionName;
const text = z.string().max(TEXT_CHARS_MAX);
const said = text.min(1);
const pages = z.string().min(1).max(PAGES_CHARS_MAX);
const uuid = z
  .string()
  .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, "must be a UUID in lower case");
const share = z
  .number({ error: "must be a number from 0 to 1" })
  .min(0, "must be a number from 0 to 1")
  .max(1, "must be a number from 0 to 1");
const place = z.number().int().min(0);
const ttlDays = z.number().int().min(1).max(TTL_DAYS_MAX);
const emotion = z.enum(EMOTIONS);
const feeling = { emotion, intensity: share, confidence: share };

const head = {
  v: z.literal(1),
  event_id: uuid,
  user_id: name,
  session_id: name,
  by: name.nullable(),
  at: z
    .string()
    .refine((at) => utcOf(at) !== null, "must be ISO 8601 with a zone, like 2026-11-21T02:00:00Z")
    .optional(),
  request: uuid.optional(),
};

function schemaOf<Name extends EventName, Shape extends z.ZodRawShape>(event: Name, shape: Shape) {
  return z.strictObject({ ...head, event: z.literal(event), ...shape });
}

const schema: z.ZodType<SessionEvent> = z.discriminatedUnion("event", [
  schemaOf("conversation_opened", {
    conversation_id: name,
    owner: name,
    channel: name.optional(),
    generation: z.number().int().min(1),
    reason: z.enum(OPENINGS),
    previous_session_id: name.optional(),
    summary: pages.optional(),
    earlier_summary: pages.optional(),
    summary_from: z
      .array(z.tuple([name, name]).nullable())
      .max(SUMMARY_LINES_MAX)
      .optional(),
    model: name.optional(),
  }),
  schemaOf("conversation_deleted", {
    conversation_id: name,
    owner: name,
    generation: z.number().int().min(1),
  }),
  schemaOf("session_started", {
    conversation_id: name.optional(),
    model: name.optional(),
    ttl_days: ttlDays.optional(),
    forked_from: z.strictObject({ session_id: name, seq: place }).optional(),
  }),
  schemaOf("session_resumed", {}),
  schemaOf("session_closed", {}),
  schemaOf("message_said", {
    message_id: name,
    role: z.enum(SPEAKERS),
    content: z.string(),
    conversation_id: name.optional(),
    model: name.optional(),
    tokens: z.number().int().min(0).optional(),
    emotion: z.strictObject(feeling).optional(),
    parent_message_id: name.optional(),
    is_breakthrough: z.boolean().optional(),
    insight: said.optional(),
  }),
  schemaOf("message_deleted", { message_id: name }),
  schemaOf("emotion_changed", { ...feeling, evidence: z.array(name).max(EVIDENCE_MAX).optional() }),
  schemaOf("milestone_reached", { description: said, emotion, model: name.optional() }),
  schemaOf("breakthrough_recorded", {
    insight: said,
    category: z.enum(CATEGORIES),
    confidence: share,
    trigger_message_id: name.optional(),
  }),
  schemaOf("context_changed", {
    current_theme: text.nullable().optional(),
    therapeutic_focus: text.nullable().optional(),
    client_state_summary: text.nullable().optional(),
    session_notes: text.nullable().optional(),
    working_hypotheses: z.array(said).max(HYPOTHESES_MAX).nullable().optional(),
  }),
  schemaOf("model_switched", { model: name }),
  schemaOf("ttl_changed", { ttl_days: ttlDays }),
  schemaOf("off_record_set", { on: z.boolean() }),
  schemaOf("note_written", { text: pages }),
  schemaOf("citation_judged", {
    citation_id: uuid,
    status: z.enum(VERDICTS),
    why: said.optional(),
  }),
  schemaOf("snapshot_taken", {
    snapshot_id: uuid,
    seq: place,
    sha256: z.string().regex(/^[0-9a-f]{64}$/, "must be a sha-256 in lower-case hex"),
    messages: place,
  }),
  schemaOf("session_forgotten", {}),
  schemaOf("user_forgotten", {}),
]);

/** A value as an event, its texts such as every store takes; or what is wrong with it, field by field. */
export function eventFrom(value: unknown): Result<SessionEvent> {
  const parsed = schema.safeParse(wellFormedDeep(value));
  return parsed.success ? yes(parsed.data) : no(z.prettifyError(parsed.error));
}

/** The raw bytes of an entry as an event. (K1) */
export function readEvent(raw: Uint8Array): Result<SessionEvent> {
  try {
    return eventFrom(JSON.parse(new TextDecoder().decode(raw)));
  } catch {
    return no("not JSON");
  }
}

/** An event as the raw bytes of its entry: the same event, the same bytes. */
export function encodeEvent(event: SessionEvent): Uint8Array {
  const { v, event: what, event_id, user_id, session_id, by, at, ...rest } = event;
  const fields = Object.entries(rest).toSorted(([one], [other]) => (one < other ? -1 : 1));
  const ordered = { v, event: what, event_id, user_id, session_id, by, at };
  return new TextEncoder().encode(JSON.stringify({ ...ordered, ...Object.fromEntries(fields) }));
}
