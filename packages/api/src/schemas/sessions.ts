/** What may be asked of sessions and conversations, as schemas: checked, and described. */
import { CATEGORIES, EMOTIONS, sessionName } from "@verbatim/core/sessions";
import { z } from "zod";
import type {
  BreakthroughAsk,
  ContextAsk,
  EmotionAsk,
  ForkAsk,
  JudgeAsk,
  MessageAsk,
  MessagesAsk,
  MilestoneAsk,
  MoveAsk,
  ResolveAsk,
  SetAsk,
  StartAsk,
} from "../contract-sessions.ts";
import { shape } from "./shape.ts";

/** As many messages as one request may hold. */
const MESSAGES_MAX = 1000;
const TEXT_CHARS_MAX = 10_000;
const PAGES_CHARS_MAX = 100_000;
const LIST_MAX = 100;
const TTL_DAYS_MAX = 3650;

/** A name, as people may give one. */
const name: z.ZodType<string> = sessionName
  .refine((text) => text !== "." && text !== "..", "must not be . or .., which no path can hold")
  .meta({ description: "any characters, 512 at most" });
const share = (what: string): z.ZodNumber =>
  z
    .number({ error: "must be from 0 to 1" })
    .min(0, "must be from 0 to 1")
    .max(1, "must be from 0 to 1")
    .meta({ description: `${what}, 0 to 1` });
const intensity = share("how strong");
const confidence = share("how sure");
const emotion = z.enum(EMOTIONS);
const said = z.string().min(1).max(TEXT_CHARS_MAX);
const pages = z.string().min(1).max(PAGES_CHARS_MAX);
const field = z.string().max(TEXT_CHARS_MAX).nullable().optional();
const ttlDays = z
  .number()
  .int()
  .min(1)
  .max(TTL_DAYS_MAX)
  .meta({ description: "days it stays hot after it was last touched" });
const userId = name.optional().meta({ description: "whose it is; a key of one user needs none" });

const feelingAsk = z.strictObject({
  emotion,
  intensity: intensity.default(0.5),
  confidence: confidence.default(0.7),
});
export const emotionAsk: z.ZodType<EmotionAsk> = feelingAsk.extend({
  evidence: z.array(name).max(LIST_MAX).optional().meta({ description: "ids of messages" }),
});
export const messageAsk: z.ZodType<MessageAsk> = z.strictObject({
  message_id: name.optional().meta({ description: "of your own: a retry is then known" }),
  role: z.enum(["user", "assistant", "system", "tool"]),
  content: z.string(),
  model: name.optional(),
  tokens: z.number().int().min(0).optional(),
  emotion: feelingAsk.optional(),
  parent_message_id: name.optional(),
  is_breakthrough: z.boolean().optional(),
  insight: said.optional().meta({ description: "what was understood: makes it a breakthrough" }),
  off_record: z.boolean().optional().meta({ description: "true: nothing of it is stored" }),
});
export const messagesAsk: z.ZodType<MessagesAsk> = z.strictObject({
  messages: z.array(messageAsk).min(1).max(MESSAGES_MAX),
});
export const milestoneAsk: z.ZodType<MilestoneAsk> = z.strictObject({
  description: said,
  emotion: emotion.optional().meta({ description: "the current one, when it is not said" }),
  model: name.optional(),
});
export const breakthroughAsk: z.ZodType<BreakthroughAsk> = z.strictObject({
  insight: said,
  category: z.enum(CATEGORIES).default("insight"),
  confidence: confidence.default(0.85),
  trigger_message_id: name.optional(),
});
export const contextAsk: z.ZodType<ContextAsk> = z
  .strictObject({
    current_theme: field,
    therapeutic_focus: field,
    client_state_summary: field,
    session_notes: field,
    working_hypotheses: z.array(said).max(LIST_MAX).nullable().optional(),
  })
  .meta({ description: "null clears a field; one that is not given stays" });
export const modelAsk: z.ZodType<{ readonly model: string }> = z.strictObject({ model: name });
export const ttlAsk: z.ZodType<{ readonly ttl_days: number }> = z.strictObject({
  ttl_days: ttlDays,
});
export const offRecordAsk: z.ZodType<{ readonly on: boolean }> = z.strictObject({
  on: z.boolean(),
});
export const noteAsk: z.ZodType<{ readonly text: string }> = z.strictObject({ text: pages });
export const nothingAsk: z.ZodType<object> = z.strictObject({});
export const forkAsk: z.ZodType<ForkAsk> = z.strictObject({
  at: z
    .union([z.number().int().min(0), name], { error: "must be a seq or a message_id" })
    .meta({ description: "the last message the fork has: its seq, or its message_id" }),
  session_id: name.optional(),
  model: name.optional(),
});
export const startAsk: z.ZodType<StartAsk> = z.strictObject({
  session_id: name.optional().meta({ description: "of your own: a retry is then known" }),
  conversation_id: name.optional(),
  model: name.optional(),
  ttl_days: ttlDays.optional(),
});
export const resolveAsk: z.ZodType<ResolveAsk> = z.strictObject({
  user_id: userId,
  channel: name.optional().meta({ description: "telegram, slack, …" }),
});
export const setAsk: z.ZodType<SetAsk> = z.strictObject({
  session_id: name,
  user_id: userId,
  channel: name.optional(),
});
export const moveAsk: z.ZodType<MoveAsk> = z.strictObject({
  user_id: userId,
  summary: pages.optional().meta({ description: "what the next session is to know" }),
});
export const judgeAsk: z.ZodType<JudgeAsk> = z.strictObject({
  status: z.enum(["verified", "disputed", "revoked"]),
  why: said.optional(),
});

/** The same, by the names they have in the description. */
export const SESSION_ASKS: {
  readonly EmotionAsk: z.ZodType;
  readonly MessageAsk: z.ZodType;
  readonly MilestoneAsk: z.ZodType;
  readonly BreakthroughAsk: z.ZodType;
  readonly ContextAsk: z.ZodType;
  readonly ModelAsk: z.ZodType;
  readonly TtlAsk: z.ZodType;
  readonly OffRecordAsk: z.ZodType;
  readonly NoteAsk: z.ZodType;
  readonly NothingAsk: z.ZodType;
  readonly ForkAsk: z.ZodType;
  readonly StartAsk: z.ZodType;
  readonly ResolveAsk: z.ZodType;
  readonly SetAsk: z.ZodType;
  readonly MoveAsk: z.ZodType;
  readonly JudgeAsk: z.ZodType;
  readonly SaidAsk: z.ZodType;
} = {
  EmotionAsk: shape("EmotionAsk", emotionAsk),
  MessageAsk: shape("MessageAsk", messageAsk),
  MilestoneAsk: shape("MilestoneAsk", milestoneAsk),
  BreakthroughAsk: shape("BreakthroughAsk", breakthroughAsk),
  ContextAsk: shape("ContextAsk", contextAsk),
  ModelAsk: shape("ModelAsk", modelAsk),
  TtlAsk: shape("TtlAsk", ttlAsk),
  OffRecordAsk: shape("OffRecordAsk", offRecordAsk),
  NoteAsk: shape("NoteAsk", noteAsk),
  NothingAsk: shape("NothingAsk", nothingAsk),
  ForkAsk: shape("ForkAsk", forkAsk),
  StartAsk: shape("StartAsk", startAsk),
  ResolveAsk: shape("ResolveAsk", resolveAsk),
  SetAsk: shape("SetAsk", setAsk),
  MoveAsk: shape("MoveAsk", moveAsk),
  JudgeAsk: shape("JudgeAsk", judgeAsk),
  SaidAsk: shape("SaidAsk", z.union([messageAsk, messagesAsk])),
};
