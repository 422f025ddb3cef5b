/** What is answered of sessions and conversations, as schemas; checked against their types by the compiler. */
import { CATEGORIES, EMOTIONS } from "@verbatim/core/sessions";
import { z } from "zod";
import type * as Shapes from "../contract-sessions.ts";
import { citation } from "./citations.ts";
import { count, listingOf, shape, utc } from "./shape.ts";

const share = z.number().min(0).max(1);
const emotion = z.enum(EMOTIONS);
const id = z.string();
const text = z.string().nullable();
const time = utc.nullable();
const degraded = z.boolean().meta({
  description:
    "a store that this answer should have come from did not answer, or is behind: what you see may be incomplete; what was written is safe",
});
const spoken = z.enum(["user", "assistant", "system", "tool"]);
const message: z.ZodType<Shapes.ResumeAnswer["recent_messages"][number]> = shape(
  "SaidMessage",
  z.object({
    message_id: id,
    role: spoken,
    content: z.string(),
    model: text,
    tokens: count.nullable(),
    parent_message_id: text,
    at: utc,
    seq: count,
  }),
);
const metadata: z.ZodType<Shapes.SessionMetadata> = shape(
  "SessionMetadata",
  z.object({
    user_id: id,
    session_id: id,
    conversation_id: text,
    started_at: time,
    last_updated: time,
    last_resumed: time,
    closed_at: time,
    forgotten_at: time,
    last_model: text,
    ttl_days: count,
    milestone_count: count,
    last_seq: count,
    version: z.string(),
  }),
);
const emotionFields = {
  current: emotion,
  intensity: share,
  confidence: share,
  since: time,
  citation_id: text,
};
const emotionChange = z.object({
  emotion,
  intensity: share,
  confidence: share,
  evidence: z.array(id).readonly(),
  at: utc,
  citation_id: id,
  from: emotion,
  seq: count,
});
const milestoneFields = {
  description: z.string(),
  emotion,
  model: text,
  at: utc,
  citation_id: id,
  seq: count,
};
const milestone = z.object(milestoneFields);
const breakthrough = z.object({
  citation_id: id,
  insight: z.string(),
  category: z.enum(CATEGORIES),
  confidence: share,
  trigger_message_id: text,
  at: utc,
  seq: count,
});
const contextFields = {
  current_theme: text,
  therapeutic_focus: text,
  client_state_summary: text,
  session_notes: text,
  working_hypotheses: z.array(z.string()).readonly(),
  last_summarized: time,
};
const reason = z.enum(["first", "cleared", "compacted", "set"]);
const forkedFrom = z.object({ session_id: id, seq: count }).nullable();
const viewFields = {
  session_metadata: metadata,
  emotional_state: z.object(emotionFields),
  context_snapshot: z.object(contextFields),
  counts: z.object({ messages: count, notes: count, events: count, deleted: count }),
  off_record: z.boolean(),
  opened: z
    .object({ generation: count, reason, previous_session_id: text, summary: text })
    .nullable(),
  forked_from: forkedFrom,
  degraded,
};
const recorded: z.ZodType<Shapes.RecordedAnswer> = shape(
  "Recorded",
  z.object({
    stored: z.literal(true),
    status: z.enum(["created", "known"]),
    event_id: id,
    seq: count,
    at: utc,
    message_id: id.exactOptional(),
    citation_id: text,
    tracking_id: text.meta({ description: "the citation's URI" }),
    degraded,
  }),
);
const unstored: z.ZodType<Shapes.UnstoredAnswer> = shape(
  "Unstored",
  z.object({ stored: z.literal(false), off_record: z.literal(true), degraded }),
);
const refused: z.ZodType<Shapes.RefusedAnswer> = shape(
  "Refused",
  z.object({
    stored: z.literal(false),
    status: z.literal("conflict"),
    message_id: text,
    error: z.object({ code: z.literal("conflict"), message: z.string(), path: z.string() }),
    degraded,
  }),
);
const said: z.ZodType<Shapes.SaidAnswer> = shape(
  "SaidReceipts",
  z.object({ receipts: z.array(z.union([recorded, unstored, refused])).readonly(), degraded }),
);
const conversationFields = {
  user_id: id,
  conversation_id: id,
  session_id: text,
  generation: count,
  history: z
    .array(
      z.object({
        generation: count,
        session_id: id,
        reason,
        previous_session_id: text,
        channel: text,
        at_seq: count,
      }),
    )
    .readonly(),
};
const moveFields = {
  session_id: id,
  previous_session_id: text,
  generation: count,
  reason: z.string(),
  summary: text,
  earlier_summary: text,
  degraded,
};
const uncompacted = {
  compacted: z.literal(false),
  reason: z.string(),
  session_id: id,
  message_count: count,
  degraded,
};
const journey: z.ZodType<Shapes.JourneyAnswer> = shape(
  "Journey",
  z.object({
    total_duration_minutes: z.number().min(0),
    message_count: count,
    messages_by_role: z.partialRecord(spoken, count),
    milestone_count: count,
    breakthrough_count: count,
    emotion_change_count: count,
    emotions: z.array(emotionChange).readonly(),
    dominant_emotion: emotion.nullable(),
    milestones: z.array(z.object({ ...milestoneFields, message_count: count })).readonly(),
    breakthroughs: z.array(breakthrough).readonly(),
    breakthroughs_by_confidence: z.array(breakthrough).readonly(),
    average_response_seconds: z.number().min(0).nullable(),
    models: z.array(z.string()).readonly(),
    tokens: count,
    degraded,
  }),
);
const note = z.object({ text: z.string(), at: utc, by: text });
const listed = <Row>(name: string, row: z.ZodType<Row>) =>
  shape(name, z.object({ ...listingOf(row), degraded }));

/** Every whole answer, by the name it has in the description. */
export const SESSION_SHAPES: {
  readonly Recorded: z.ZodType<Shapes.RecordedAnswer>;
  readonly Unstored: z.ZodType<Shapes.UnstoredAnswer>;
  readonly SaidAnswer: z.ZodType<Shapes.RecordedAnswer | Shapes.SaidAnswer>;
  readonly UnsaidAnswer: z.ZodType<Shapes.UnstoredAnswer | Shapes.SaidAnswer>;
  readonly Resolved: z.ZodType<Shapes.ResolveAnswer>;
  readonly Conversation: z.ZodType<Shapes.ConversationView>;
  readonly ConversationListing: z.ZodType<Shapes.ConversationListing>;
  readonly Moved: z.ZodType<Shapes.MoveAnswer>;
  readonly Compacted: z.ZodType<Shapes.CompactAnswer>;
  readonly Started: z.ZodType<Shapes.StartedAnswer>;
  readonly UserSessionListing: z.ZodType<Shapes.UserSessionListing>;
  readonly SessionView: z.ZodType<Shapes.SessionView>;
  readonly Resumed: z.ZodType<Shapes.ResumeAnswer>;
  readonly History: z.ZodType<Shapes.HistoryAnswer>;
  readonly EmotionState: z.ZodType<Shapes.EmotionAnswer>;
  readonly EmotionListing: z.ZodType<Shapes.EmotionListing>;
  readonly MilestoneListing: z.ZodType<Shapes.MilestoneListing>;
  readonly BreakthroughListing: z.ZodType<Shapes.BreakthroughListing>;
  readonly Context: z.ZodType<Shapes.ContextAnswer>;
  readonly NoteListing: z.ZodType<Shapes.NoteListing>;
  readonly Stats: z.ZodType<Shapes.StatsAnswer>;
  readonly Journey: z.ZodType<Shapes.JourneyAnswer>;
  readonly Citation: z.ZodType<Shapes.CitationAnswer>;
  readonly CitationListing: z.ZodType<Shapes.CitationListing>;
} = {
  Recorded: recorded,
  Unstored: unstored,
  SaidAnswer: shape("SaidAnswer", z.union([recorded, said])),
  UnsaidAnswer: shape("UnsaidAnswer", z.union([unstored, said])),
  Resolved: shape(
    "Resolved",
    z.object({
      user_id: id.meta({
        description: "whose it is; where nobody said, the conversation is its own",
      }),
      session_id: id,
      created: z.boolean(),
      generation: count,
      degraded,
    }),
  ),
  Conversation: shape("Conversation", z.object({ ...conversationFields, degraded })),
  ConversationListing: listed("ConversationListing", z.object(conversationFields)),
  Moved: shape("Moved", z.object(moveFields)),
  Compacted: shape(
    "Compacted",
    z.union([
      z.object({ ...moveFields, compacted: z.literal(true), message_count: count }),
      z.object(uncompacted),
    ]),
  ),
  Started: shape(
    "Started",
    z.object({
      session_id: id,
      user_id: id,
      conversation_id: text,
      started_at: time,
      model: text,
      ttl_days: count,
      forked_from: forkedFrom,
      created: z.boolean(),
      degraded,
    }),
  ),
  UserSessionListing: listed("UserSessionListing", metadata),
  SessionView: shape("SessionView", z.object(viewFields)),
  Resumed: shape(
    "Resumed",
    z.object({
      ...viewFields,
      recent_messages: z.array(message).readonly(),
      recent_milestones: z.array(milestone).readonly(),
      last_breakthrough: breakthrough.nullable(),
    }),
  ),
  History: listed("History", message),
  EmotionState: shape("EmotionState", z.object({ ...emotionFields, degraded })),
  EmotionListing: listed("EmotionListing", emotionChange),
  MilestoneListing: listed("MilestoneListing", milestone),
  BreakthroughListing: listed("BreakthroughListing", breakthrough),
  Context: shape("Context", z.object({ ...contextFields, degraded })),
  NoteListing: listed("NoteListing", note),
  Stats: shape(
    "Stats",
    z.object({
      session_id: id,
      started_at: time,
      message_count: count,
      milestone_count: count,
      breakthrough_count: count,
      emotion_change_count: count,
      event_count: count,
      ttl_seconds: count.nullable(),
      degraded,
    }),
  ),
  Journey: journey,
  Citation: citation,
  CitationListing: listed("CitationListing", citation),
};
