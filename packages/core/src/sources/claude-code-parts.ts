/**
 * Content of Claude Code's messages as OpenTelemetry GenAI parts, and the text
 * a person would read.
 */
import type { Part, Usage } from "../message/message.ts";
import { countOf, type Fields, fieldsOf, present, textOf, wellFormedDeep } from "./json.ts";

/** A message's content, whatever shape it has: a text, or a list of blocks. */
export function partsOf(content: unknown): readonly Part[] {
  const text = textOf(content);
  if (text !== null) return text === "" ? [] : [{ type: "text", content: text }];
  return Array.isArray(content) ? content.flatMap(partOf) : [];
}

function partOf(block: unknown): readonly Part[] {
  const fields = fieldsOf(block);
  if (fields === null) return partsOf(block);
  const type = textOf(fields["type"]) ?? "";
  const read = READERS[type];
  if (read !== undefined) return [read(fields)];
  return [{ type: "text", content: `[${type || "unknown block"}]` }];
}

const READERS: Readonly<Record<string, (block: Fields) => Part>> = {
  text: (block) => ({ type: "text", content: textOf(block["text"]) ?? "" }),
  thinking: (block) => ({ type: "reasoning", content: textOf(block["thinking"]) ?? "" }),
  redacted_thinking: () => ({ type: "reasoning", content: "" }),
  tool_use: toolCall,
  server_tool_use: toolCall,
  tool_result: (block) => ({
    type: "tool_call_response",
    id: textOf(block["tool_use_id"]) ?? "",
    response: withoutBytes(block["content"]),
    ...(typeof block["is_error"] === "boolean" ? { is_error: block["is_error"] } : {}),
  }),
  image: blob,
  document: blob,
  tool_reference: (block) => ({ type: "file", name: textOf(block["tool_name"]) ?? "tool" }),
  fallback: (block) => ({
    type: "text",
    content: `[model changed from ${textOf(block["from"]) ?? "?"} to ${textOf(block["to"]) ?? "?"}]`,
  }),
};

function toolCall(block: Fields): Part {
  return {
    type: "tool_call",
    id: textOf(block["id"]) ?? "",
    name: textOf(block["name"]) ?? "",
    arguments: wellFormedDeep(block["input"]) ?? null,
  };
}

/** Bytes stay in the raw record; the part says what and how much they are. */
function blob(block: Fields): Part {
  const source = fieldsOf(block["source"]) ?? {};
  const data = textOf(source["data"]) ?? "";
  return {
    type: "blob",
    mime_type: textOf(source["media_type"]) ?? "application/octet-stream",
    bytes: Math.floor((data.length * 3) / 4),
  };
}

function withoutBytes(content: unknown): unknown {
  if (!Array.isArray(content)) return wellFormedDeep(content) ?? null;
  return content.map((block) => {
    const fields = fieldsOf(block);
    return fields?.["type"] === "image" ? blob(fields) : wellFormedDeep(block);
  });
}

/** What a person would read of the parts: texts, then what tools were asked and said. */
export function readable(parts: readonly Part[]): string {
  return parts
    .map(readablePart)
    .filter((text) => text !== "")
    .join("\n\n");
}

function readablePart(part: Part): string {
  switch (part.type) {
    case "text":
    case "reasoning":
      return part.content;
    case "tool_call":
      return `${part.name} ${JSON.stringify(part.arguments)}`;
    case "tool_call_response":
      return responseText(part.response);
    case "blob":
      return `[${part.mime_type}, ${part.bytes} bytes]`;
    case "file":
      return `[${part.name}]`;
  }
}

function responseText(response: unknown): string {
  if (typeof response === "string") return response;
  if (!Array.isArray(response))
    return response === null || response === undefined ? "" : JSON.stringify(response);
  return response
    .map((block) => {
      const fields = fieldsOf(block);
      if (fields === null) return String(block);
      return (
        textOf(fields["text"]) ??
        `[${textOf(fields["mime_type"]) ?? textOf(fields["type"]) ?? "block"}]`
      );
    })
    .join("\n");
}

/** Tokens of a call; undefined for what the source made up itself. */
export function usageOf(message: Fields, line: Fields): Usage | undefined {
  const usage = fieldsOf(message["usage"]);
  const cost = countOf(line["costUSD"]);
  if (usage === null) return cost === undefined ? undefined : { cost_usd: cost };
  if (message["model"] === "<synthetic>" || line["isApiErrorMessage"] === true) return undefined;
  const cache = fieldsOf(usage["cache_creation"]);
  const found: Usage = present({
    input_tokens: countOf(usage["input_tokens"]),
    output_tokens: countOf(usage["output_tokens"]),
    cache_read_tokens: countOf(usage["cache_read_input_tokens"]),
    cache_write_5m_tokens:
      cache === null
        ? countOf(usage["cache_creation_input_tokens"])
        : countOf(cache["ephemeral_5m_input_tokens"]),
    cache_write_1h_tokens: cache === null ? undefined : countOf(cache["ephemeral_1h_input_tokens"]),
    cost_usd: cost,
    call_id: textOf(message["id"]) ?? undefined,
  });
  return found;
}
