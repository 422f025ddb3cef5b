/** Messages, sessions and what was set aside, as schemas; checked against core's types by the compiler. */
import type {
  AsideRow,
  Decided,
  EnrichedMessage,
  Enrichment,
  Part,
  SecretKind,
  SessionSummary,
  Usage,
} from "@verbatim/core";
import { z } from "zod";
import type { Found } from "../contract.ts";
import { count, shape, utc } from "./shape.ts";

const decided: z.ZodType<Decided> = z.object({
  matched: z.array(z.string()).readonly(),
  confidence: z.number().min(0).max(1),
});
const secretKind: z.ZodType<SecretKind> = z.enum([
  "private_key",
  "aws_access_key",
  "github_token",
  "slack_token",
  "slack_webhook",
  "anthropic_key",
  "openai_key",
  "npm_token",
  "gcp_key",
  "stripe_key",
  "jwt",
  "url_password",
  "password",
]);
const enrichment: z.ZodType<Enrichment> = shape(
  "Enrichment",
  z.object({
    chain_type: z.string(),
    ace_tier: z.enum(["A", "C", "E", "unclassified"]),
    shl_tags: z.array(z.string()).readonly(),
    dialogue_acts: z
      .array(z.enum(["question", "proposal", "objection", "agreement", "decision"]))
      .readonly(),
    keywords: z.array(z.string()).readonly().meta({ description: "best first" }),
    language: z.string().meta({ description: "ISO 639-1, or und" }),
    content_hash: z.string().meta({ description: "sha-256 of the text, hex" }),
    normal_hash: z.string().meta({
      description: "sha-256 of its words in lower case, one space between: for near-duplicates",
    }),
    word_count: count,
    char_count: count,
    secrets: z
      .array(z.object({ kind: secretKind, start: count, end: count }))
      .readonly()
      .meta({ description: "kinds and places in text, [start, end) in UTF-16 units" }),
    cost_micro_usd: count.exactOptional().meta({
      description:
        "millionths of a dollar: as the source says, else by list prices; absent is unknown. Each message of one call_id bears the whole call: a sum takes the last",
    }),
    taxonomy: z.string().meta({
      description: "what it was worked out by: name@version of the taxonomy + digest . rules",
    }),
    explain: z.object({
      chain_type: decided,
      ace_tier: decided,
      shl_tags: z.record(z.string(), z.array(z.string()).readonly()),
      dialogue_acts: z.record(z.string(), z.array(z.string()).readonly()),
    }),
  }),
);
const part: z.ZodType<Part> = shape(
  "Part",
  z.discriminatedUnion("type", [
    z.object({ type: z.literal("text"), content: z.string() }),
    z.object({ type: z.literal("reasoning"), content: z.string() }),
    z.object({
      type: z.literal("tool_call"),
      id: z.string(),
      name: z.string(),
      arguments: z.unknown(),
    }),
    z.object({
      type: z.literal("tool_call_response"),
      id: z.string(),
      response: z.unknown(),
      is_error: z.boolean().exactOptional(),
    }),
    z.object({ type: z.literal("blob"), mime_type: z.string(), bytes: count }),
    z.object({
      type: z.literal("file"),
      mime_type: z.string().exactOptional(),
      name: z.string(),
    }),
  ]),
);
const tokens = count.exactOptional();
const usage: z.ZodType<Usage> = z.object({
  input_tokens: tokens,
  output_tokens: tokens,
  cache_read_tokens: tokens,
  cache_write_5m_tokens: tokens,
  cache_write_1h_tokens: tokens,
  cost_usd: z
    .number()
    .min(0)
    .exactOptional()
    .meta({ description: "what the source itself says the call cost" }),
  call_id: z.string().exactOptional(),
});
const said = z.string().exactOptional();
const messageFields = {
  id: z.string().meta({ description: "as the source or the client sent it" }),
  session_id: z.string(),
  conversation_id: said,
  source: z.string(),
  author: z.object({
    name: z.string(),
    role: z.enum(["user", "assistant", "system", "tool", "agent"]),
  }),
  receiver: said,
  topic: said,
  said_at: utc,
  heard_at: utc,
  seq: z.number().int().min(1).meta({ description: "place in the journal" }),
  sub: count.meta({ description: "which message of that entry" }),
  parent_id: said,
  kind: z.enum(["message", "record"]),
  parts: z.array(part).readonly(),
  text: z.string().meta({ description: "what a person would read" }),
  model: said,
  usage: usage.exactOptional(),
  meta: z.record(z.string(), z.unknown()),
  enrichment,
};
/** A message with its enrichment. */
export const message: z.ZodType<EnrichedMessage> = shape("Message", z.object(messageFields));
/** A message with what was found in it. */
export const found: z.ZodType<Found> = shape(
  "Found",
  z.object({
    ...messageFields,
    snippet: z.object({
      text: z.string(),
      marks: z
        .array(z.tuple([count, count]))
        .readonly()
        .meta({ description: "[start, end) into text" }),
    }),
  }),
);
/** One session. */
export const session: z.ZodType<SessionSummary> = shape(
  "Session",
  z.object({
    session_id: z.string(),
    source: z.string(),
    conversation_id: z.string().nullable(),
    title: z.string().nullable(),
    project: z.string().nullable(),
    first_said_at: utc,
    last_said_at: utc,
    messages: count,
    user_turns: count,
    hidden: count.meta({
      description:
        "how many of these messages were deleted, or said off the record: counted, and shown nowhere",
    }),
    models: z.array(z.string()).readonly(),
    first_seq: count,
    last_seq: count,
    cost_micro_usd: count.nullable().meta({
      description:
        "what its model calls cost, in micro-dollars, as far as it is counted; null while that is not known of any",
    }),
  }),
);
/** An entry nothing was read from. */
export const aside: z.ZodType<AsideRow> = shape(
  "Aside",
  z.object({
    seq: count,
    source: z.string(),
    key: z.string(),
    heard_at: utc,
    why: z.string(),
    bytes: count,
  }),
);
