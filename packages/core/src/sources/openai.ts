/**
 * Conversations in the shape that chat models are asked and trained with, one a
 * line: {"messages": [{"role": …, "content": …}, …]}. Exports of
 * `verbatim export --as openai` are such lines (export/shapes.ts).
 *
 *   P6  Every message of a line that can be read is a message, in its order, also
 *       beside others that cannot: what could not is said with its place.
 *
 * The shape has no ids and no times. A session is named by the digest of its
 * line, so that the same line elsewhere is the same session; it was said when it
 * was heard, and `meta.said_at` says so.
 */
import type { Entry } from "../message/heard.ts";
import type { Message, Part, Role } from "../message/message.ts";
import type { Sha256 } from "../settle/port.ts";
import type { Read } from "./claude-code.ts";
import { readable } from "./claude-code-parts.ts";
import { type Fields, fieldsOf, textOf, wellFormedDeep } from "./json.ts";
import { OPENAI_SOURCE } from "./names.ts";

/** Enough of a digest that no two lines share it. */
const NAME_CHARS = 32;
/** Places named in a reason; more are counted. */
const PLACES_MAX = 5;

const ROLES: Readonly<Record<string, Role>> = {
  system: "system",
  developer: "system",
  user: "user",
  assistant: "assistant",
  tool: "tool",
  function: "tool",
};

/** Whether text begins as such a line does. The line itself may be longer than what is looked at. */
export function isOpenAiLine(head: string): boolean {
  return /^\s*\{\s*"messages"\s*:\s*\[\s*\{[^{}[\]]{0,200}"role"\s*:\s*"/.test(head);
}

/** Reads one line. Never throws: P1. */
export function readOpenAi(entry: Entry, sha256: Sha256): Read {
  const items = fieldsOf(wellFormedDeep(parsed(entry.raw)))?.["messages"];
  if (!Array.isArray(items)) return { messages: [], aside: "no conversation of chat messages" };
  const session = `openai-${sha256(entry.raw).slice(0, NAME_CHARS)}`;
  const messages: Message[] = [];
  const odd: number[] = [];
  for (const [at, item] of items.entries()) {
    const message = messageOf(fieldsOf(item), { entry, session, at, sub: messages.length });
    if (message === null) odd.push(at + 1);
    else messages.push(message);
  }
  return { messages, aside: odd.length === 0 ? null : whyOdd(odd, items.length) };
}

function whyOdd(odd: readonly number[], all: number): string {
  const more = odd.length > PLACES_MAX ? ", …" : "";
  return `${odd.length} of ${all} messages have no role and content that is known (${odd.slice(0, PLACES_MAX).join(", ")}${more})`;
}

type Place = {
  readonly entry: Entry;
  readonly session: string;
  readonly at: number;
  readonly sub: number;
};

function messageOf(item: Fields | null, { entry, session, at, sub }: Place): Message | null {
  const role = ROLES[textOf(item?.["role"]) ?? ""];
  if (item === null || role === undefined) return null;
  const parts = role === "tool" ? answerOf(item) : [...wordsOf(item["content"]), ...callsOf(item)];
  if (parts === null || (parts.length === 0 && !isSilent(item["content"]))) return null;
  return {
    id: `${session}/${at}`,
    session_id: session,
    source: OPENAI_SOURCE,
    author: { name: textOf(item["name"]) || role, role },
    said_at: entry.at,
    heard_at: entry.at,
    seq: entry.seq,
    sub,
    kind: "message",
    parts,
    text: readable(parts),
    meta: { said_at: "heard" },
  };
}

/** Said nothing, and says so: no words where only tools were called. */
function isSilent(content: unknown): boolean {
  return content === null || content === undefined || content === "";
}

function wordsOf(content: unknown): readonly Part[] {
  if (typeof content === "string") return content === "" ? [] : [{ type: "text", content }];
  if (!Array.isArray(content)) return [];
  return content.flatMap((one): readonly Part[] => {
    const fields = fieldsOf(one);
    const type = textOf(fields?.["type"]);
    const text = textOf(fields?.["text"]) ?? textOf(fields?.["refusal"]);
    if (text !== null) return [{ type: "text", content: text }];
    return type === null ? [] : [{ type: "file", name: type }];
  });
}

function callsOf(item: Fields): readonly Part[] {
  const calls = item["tool_calls"];
  if (!Array.isArray(calls)) return [];
  return calls.flatMap((call): readonly Part[] => {
    const asked = fieldsOf(fieldsOf(call)?.["function"]);
    const name = textOf(asked?.["name"]);
    if (name === null) return [];
    const id = textOf(fieldsOf(call)?.["id"]) ?? "";
    return [{ type: "tool_call", id, name, arguments: argumentsOf(asked?.["arguments"]) }];
  });
}

/** Arguments are JSON as text; what is no JSON stays the text it is. */
function argumentsOf(given: unknown): unknown {
  if (typeof given !== "string") return given ?? {};
  try {
    return wellFormedDeep(JSON.parse(given));
  } catch {
    return given;
  }
}

function answerOf(item: Fields): readonly Part[] | null {
  const id = textOf(item["tool_call_id"]) ?? textOf(item["name"]) ?? "";
  const response = item["content"];
  if (response === undefined) return null;
  return [{ type: "tool_call_response", id, response }];
}

function parsed(raw: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(raw));
  } catch {
    return undefined;
  }
}
