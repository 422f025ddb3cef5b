/**
 * Messages in the shapes of other programs.
 *
 *   recorder   one row a message, as the older recorder of a bus wrote them
 *              (sources/recorders.ts reads them)
 *   openai     one conversation a line, {"messages": [...]}, as chat models are
 *              asked and trained
 */
import { readable } from "../sources/claude-code-parts.ts";
import type { Shown } from "./facts.ts";

/** The shapes there are. */
export const SHAPES = ["recorder", "openai"] as const;
export type Shape = (typeof SHAPES)[number];

/** Messages in, text out; what was said last may wait until the end. */
export type ShapeWriter = {
  add(message: Shown): string;
  end(): string;
};

export function shapeWriter(shape: Shape): ShapeWriter {
  return shape === "recorder" ? { add: recorderRow, end: () => "" } : openaiWriter();
}

function recorderRow(message: Shown): string {
  if (message.kind !== "message") return "";
  const { enrichment, author, topic } = message;
  const row = {
    Id: message.id,
    Timestamp: message.said_at,
    SpeakerName: author.name,
    SpeakerRole: author.role.charAt(0).toUpperCase() + author.role.slice(1),
    Message: JSON.stringify({ message: message.text }),
    ConversationType: 0,
    ContextId: message.session_id,
    Metadata: {
      ...(topic === undefined ? {} : { topic }),
      ...(enrichment === undefined
        ? {}
        : {
            chain_type: enrichment.chain_type,
            ace_tier: enrichment.ace_tier,
            shl_tags: enrichment.shl_tags,
            keywords: enrichment.keywords,
            word_count: enrichment.word_count,
            char_count: enrichment.char_count,
            ...(enrichment.content_hash === "" ? {} : { content_hash: enrichment.content_hash }),
          }),
    },
  };
  return `${JSON.stringify(row)}\n`;
}

type ToolCall = {
  readonly id: string;
  readonly type: "function";
  readonly function: { readonly name: string; readonly arguments: string };
};
type Speech = {
  readonly call: string | undefined;
  readonly content: string;
  readonly tools: readonly ToolCall[];
};

/** What a model says in several records of one call is one message of it. */
function openaiWriter(): ShapeWriter {
  let waiting: Speech | null = null;
  let count = 0;

  const item = (value: object): string => {
    count += 1;
    return `${count === 1 ? '{"messages":[' : ","}${JSON.stringify(value)}`;
  };
  const flushed = (): string => {
    if (waiting === null) return "";
    const { content, tools } = waiting;
    waiting = null;
    if (content === "" && tools.length === 0) return "";
    return item({
      role: "assistant",
      content: content === "" ? null : content,
      ...(tools.length === 0 ? {} : { tool_calls: tools }),
    });
  };
  const assistant = (message: Shown): string => {
    const call = message.usage?.call_id;
    const isSame = waiting !== null && call !== undefined && waiting.call === call;
    const before = isSame ? "" : flushed();
    waiting = speechWith(waiting ?? { call, content: "", tools: [] }, message);
    return before;
  };

  return {
    add: (message) => {
      if (message.kind !== "message") return "";
      const { role } = message.author;
      if (role === "assistant") return assistant(message);
      if (role === "tool") return flushed() + message.parts.map(answer).join("");
      const content = message.text;
      if (content === "") return "";
      return flushed() + item({ role: role === "agent" ? "assistant" : role, content });
    },
    end: () => {
      const last = flushed();
      return count === 0 ? "" : `${last}]}\n`;
    },
  };

  function answer(part: Shown["parts"][number]): string {
    if (part.type !== "tool_call_response") return "";
    return item({ role: "tool", tool_call_id: part.id, content: readable([part]) });
  }
}

function speechWith({ call, content, tools }: Speech, { parts }: Shown): Speech {
  const texts = parts.flatMap((part) => (part.type === "text" ? [part.content] : []));
  const calls = parts.flatMap((part) => (part.type === "tool_call" ? [toolCall(part)] : []));
  const said = [content, ...texts].filter((one) => one !== "").join("\n\n");
  return { call, content: said, tools: [...tools, ...calls] };
}

function toolCall(part: {
  readonly id: string;
  readonly name: string;
  readonly arguments: unknown;
}): ToolCall {
  const args = JSON.stringify(part.arguments ?? {});
  return { id: part.id, type: "function", function: { name: part.name, arguments: args } };
}
