/** Events of sessions to test with: one by one, or any. */
import fc from "fast-check";
import type { Entry } from "../message/heard.ts";
import {
  CATEGORIES,
  EMOTIONS,
  type EventFields,
  type EventName,
  type Happened,
  OPENINGS,
  SESSION_SOURCE,
  type SessionEvent,
  SPEAKERS,
  VERDICTS,
} from "../sessions/event.ts";
import { encodeEvent, eventFrom } from "../sessions/event-schema.ts";
import { keyOfEvent } from "../sessions/keys.ts";

/** UUID number `number`. */
export function aUuid(number: number): string {
  return `00000000-0000-4000-8000-${number.toString(16).padStart(12, "0")}`;
}

/** Event number `number` of session s-1 of ada, one second after the one before; throws when it is none. */
export function aHappened<Name extends EventName>(
  number: number,
  event: Name,
  fields: EventFields[Name],
  over: { readonly user_id?: string; readonly session_id?: string; readonly at?: string } = {},
): Happened {
  const { at, ...whose } = over;
  const head = {
    v: 1,
    event,
    event_id: aUuid(number),
    user_id: "ada",
    session_id: "s-1",
    by: null,
  };
  const read = eventFrom({ ...head, ...fields, ...whose });
  if (!read.ok) throw new Error(read.why);
  const heard = new Date(Date.UTC(2026, 10, 21, 10) + number * 1000).toISOString();
  return { event: read.value, moment: { seq: number, at: at ?? heard } };
}

/** An event as the journal holds it. */
export function anEventEntry({ event, moment }: Happened): Entry {
  return { source: SESSION_SOURCE, key: keyOfEvent(event), raw: encodeEvent(event), ...moment };
}

const share = fc.integer({ min: 0, max: 100 }).map((n) => n / 100);
const id = fc.constantFrom("m-1", "m-2", "m-3", "m-4", "m-5", "__proto__", "telegram:1");
const words = fc.string({ unit: "grapheme", minLength: 1, maxLength: 30 });
const emotion = fc.constantFrom(...EMOTIONS);
const feeling = { emotion, intensity: share, confidence: share };
const field = fc.option(words);
const model = fc.constantFrom("haiku", "sonnet", "opus");
const optional = { requiredKeys: [] as never[] };

/** What may be said beside the head, of every event there is. */
const FIELDS: { readonly [Name in EventName]: fc.Arbitrary<EventFields[Name]> } = {
  conversation_opened: fc.record({
    conversation_id: id,
    owner: fc.constantFrom("bot", "other"),
    generation: fc.integer({ min: 1, max: 4 }),
    reason: fc.constantFrom(...OPENINGS),
    summary: words,
  }),
  conversation_deleted: fc.record({
    conversation_id: id,
    owner: fc.constant("bot"),
    generation: fc.integer({ min: 1, max: 4 }),
  }),
  session_started: fc.record(
    {
      conversation_id: id,
      model,
      ttl_days: fc.integer({ min: 1, max: 30 }),
      forked_from: fc.record({ session_id: id, seq: fc.nat(9) }),
    },
    optional,
  ),
  session_resumed: fc.constant({}),
  session_closed: fc.constant({}),
  message_said: fc.record(
    {
      message_id: id,
      role: fc.constantFrom(...SPEAKERS),
      content: fc.oneof(words, fc.constant("")),
      model,
      tokens: fc.nat(500),
      emotion: fc.record(feeling),
      is_breakthrough: fc.boolean(),
      insight: words,
    },
    { requiredKeys: ["message_id", "role", "content"] },
  ),
  message_deleted: fc.record({ message_id: id }),
  emotion_changed: fc.record(
    { ...feeling, evidence: fc.array(id, { maxLength: 3 }) },
    { requiredKeys: ["emotion", "intensity", "confidence"] },
  ),
  milestone_reached: fc.record({ description: words, emotion }),
  breakthrough_recorded: fc.record(
    {
      insight: words,
      category: fc.constantFrom(...CATEGORIES),
      confidence: share,
      trigger_message_id: id,
    },
    { requiredKeys: ["insight", "category", "confidence"] },
  ),
  context_changed: fc.record(
    {
      current_theme: field,
      therapeutic_focus: field,
      client_state_summary: field,
      session_notes: field,
      working_hypotheses: fc.option(fc.array(words, { maxLength: 3 })),
    },
    optional,
  ),
  model_switched: fc.record({ model }),
  ttl_changed: fc.record({ ttl_days: fc.integer({ min: 1, max: 30 }) }),
  off_record_set: fc.record({ on: fc.boolean() }),
  note_written: fc.record({ text: words }),
  citation_judged: fc.record({
    citation_id: fc.nat(12).map(aUuid),
    status: fc.constantFrom(...VERDICTS),
  }),
  snapshot_taken: fc.record({
    snapshot_id: fc.nat(9).map(aUuid),
    seq: fc.nat(9),
    sha256: fc.constant("0".repeat(64)),
    messages: fc.nat(9),
  }),
  session_forgotten: fc.constant({}),
  user_forgotten: fc.constant({}),
};

/** Any event, its number to be given. */
const anyEvent: fc.Arbitrary<(number: number) => SessionEvent> = fc.oneof(
  ...Object.entries(FIELDS).map(([event, fields]) => ({
    weight: event.startsWith("message_") ? 4 : 1,
    arbitrary: fields.map((said: object) => (number: number) => {
      const head = {
        v: 1,
        event,
        event_id: aUuid(number),
        user_id: "ada",
        session_id: "s-1",
        by: null,
      };
      const read = eventFrom({ ...head, ...said });
      if (!read.ok) throw new Error(read.why);
      return read.value;
    }),
  })),
);

/** Any history of a session, in the order of the journal, which holds other entries between. */
export const anyHistory: fc.Arbitrary<readonly Happened[]> = fc
  .array(fc.tuple(anyEvent, fc.integer({ min: 1, max: 3 })), { maxLength: 25 })
  .map((drawn) => {
    let seq = 0;
    return drawn.map(([event, gap], number) => {
      seq += gap;
      const at = new Date(Date.UTC(2026, 10, 21) + seq * 60_000).toISOString();
      return { event: event(number + 1), moment: { seq, at } };
    });
  });
