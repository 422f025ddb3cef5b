/**
 * Messages posted over HTTP: one item of POST /v1/messages, exactly as it was
 * sent. What may be in one is checked at the door (itemSchema); here the same
 * check reads it again, because the journal may hold items of another version.
 */
import { z } from "zod";
import type { Entry } from "../message/heard.ts";
import type { Message, Part, Usage } from "../message/message.ts";
import { utcOf } from "../message/time.ts";
import type { Read } from "./claude-code.ts";
import { readable } from "./claude-code-parts.ts";
import { countOf, fieldsOf, wellFormed, wellFormedDeep } from "./json.ts";

/** Longest id, session id or name a client may use. */
const NAME_CHARS_MAX = 512;

const name = z
  .string()
  .min(1)
  .max(NAME_CHARS_MAX)
  .refine((text) => wellFormed(text) === text, "must not hold NUL or half a surrogate pair");
const partSchema = z.discriminatedUnion("type", [
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
    is_error: z.boolean().optional(),
  }),
  z.object({ type: z.literal("blob"), mime_type: z.string(), bytes: z.number() }),
  z.object({ type: z.literal("file"), mime_type: z.string().optional(), name: z.string() }),
]);

/** One item of POST /v1/messages. */
export type Item = {
  readonly id?: string | undefined;
  readonly session_id: string;
  readonly conversation_id?: string | undefined;
  readonly author: {
    readonly name: string;
    readonly role: "user" | "assistant" | "system" | "tool" | "agent";
  };
  readonly receiver?: string | undefined;
  readonly topic?: string | undefined;
  readonly said_at?: string | undefined;
  readonly parent_id?: string | undefined;
  readonly text?: string | undefined;
  readonly parts?: readonly unknown[] | undefined;
  readonly model?: string | undefined;
  readonly usage?: Readonly<Record<string, unknown>> | undefined;
  readonly meta?: Readonly<Record<string, unknown>> | undefined;
};

/** What an item must be; each no names the field and what it should be. */
export const itemSchema: z.ZodType<Item> = z
  .object({
    id: name.optional(),
    session_id: name,
    conversation_id: name.optional(),
    author: z.object({ name, role: z.enum(["user", "assistant", "system", "tool", "agent"]) }),
    receiver: name.optional(),
    topic: name.optional(),
    said_at: z
      .string()
      .refine(
        (text) => utcOf(text) !== null,
        "must be ISO 8601 with a zone, like 2026-11-21T02:00:00Z",
      )
      .optional(),
    parent_id: name.optional(),
    text: z.string().optional(),
    parts: z.array(partSchema).max(1000).optional(),
    model: name.optional(),
    usage: z.record(z.string(), z.unknown()).optional(),
    meta: z.record(z.string(), z.unknown()).optional(),
  })
  .refine((item) => item.text !== undefined || item.parts !== undefined, {
    message: "needs text or parts",
    path: ["text"],
  });

/** Reads one posted item. */
export function readApi(entry: Entry): Read {
  const parsed = itemSchema.safeParse(jsonOf(entry.raw));
  if (!parsed.success) return { messages: [], aside: z.prettifyError(parsed.error) };
  return { messages: [messageOf(parsed.data, entry)], aside: null };
}

function jsonOf(raw: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(raw));
  } catch {
    return undefined;
  }
}

function messageOf(item: Item, entry: Entry): Message {
  const at = utcOf(item.said_at);
  const parts = partsOfItem(item);
  const meta = fieldsOf(wellFormedDeep(item.meta ?? {})) ?? {};
  const usage = usageIn(item.usage);
  return {
    id: item.id ?? entry.key,
    session_id: wellFormed(item.session_id),
    ...optional("conversation_id", item.conversation_id),
    source: entry.source,
    author: { name: wellFormed(item.author.name), role: item.author.role },
    ...optional("receiver", item.receiver),
    ...optional("topic", item.topic),
    said_at: at ?? entry.at,
    heard_at: entry.at,
    seq: entry.seq,
    sub: 0,
    ...optional("parent_id", item.parent_id),
    kind: "message",
    parts,
    // Some clients send an empty text beside their parts: what is read and told apart is then in these.
    text: isBlank(item.text) ? readable(parts) : wellFormed(item.text),
    ...optional("model", item.model),
    ...(usage === null ? {} : { usage }),
    meta: at === null ? { ...meta, said_at: "heard" } : meta,
  };
}

function isBlank(text: string | undefined): text is undefined | "" {
  return text === undefined || text.trim() === "";
}

const COUNTED: ReadonlySet<string> = new Set([
  "input_tokens",
  "output_tokens",
  "cache_read_tokens",
  "cache_write_5m_tokens",
  "cache_write_1h_tokens",
  "cost_usd",
]);

/** What is posted may hold anything; a field that is not what it should be is absent, and the raw bytes keep it. */
function usageIn(sent: Item["usage"]): Usage | null {
  const fields = fieldsOf(wellFormedDeep(sent));
  if (fields === null) return null;
  const fits = ([name, value]: readonly [string, unknown]): boolean => {
    if (COUNTED.has(name)) return countOf(value) !== undefined;
    return name !== "call_id" || typeof value === "string";
  };
  return Object.fromEntries(Object.entries(fields).filter(fits));
}

function optional<Name extends string>(
  field: Name,
  value: string | undefined,
): { readonly [Key in Name]?: string } {
  const found: { [Key in Name]?: string } = {};
  if (value !== undefined) found[field] = wellFormed(value);
  return found;
}

function partsOfItem(item: Item): readonly Part[] {
  const parsed = z.array(partSchema).safeParse(wellFormedDeep(item.parts ?? []));
  if (parsed.success && parsed.data.length > 0) return parsed.data.map(exact);
  return item.text === undefined ? [] : [{ type: "text", content: wellFormed(item.text) }];
}

/** Optional fields that are not there are absent, not undefined. */
function exact(part: z.infer<typeof partSchema>): Part {
  switch (part.type) {
    case "tool_call_response": {
      const { is_error, ...rest } = part;
      return is_error === undefined ? rest : { ...rest, is_error };
    }
    case "file": {
      const { mime_type, ...rest } = part;
      return mime_type === undefined ? rest : { ...rest, mime_type };
    }
    default:
      return part;
  }
}
