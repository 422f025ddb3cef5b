/**
 * Which source a file of lines is from, by looking at its beginning.
 *
 * Claude Code's files may begin with several kinds of lines; any one of them is
 * enough. A file of lines that is nobody's we know is "jsonl": recorded like all
 * others, and set aside until there is a parser.
 */
import { type Fields, fieldsOf, textOf } from "./json.ts";
import { isOpenAiLine } from "./openai.ts";
import { recorderOf } from "./recorders.ts";
import { isExportHead } from "./verbatim-export.ts";

/** How much of a file's head is worth looking at. */
export const SNIFF_BYTES_MAX: number = 64 * 1024;

/** Lines that carry no session id of their own, and what proves them. */
const TELLTALE: Readonly<Record<string, string>> = {
  summary: "leafUuid",
  "file-history-snapshot": "messageId",
};

/** The source, or null when there is no whole line to judge by yet. */
export function sniffSource(
  head: Uint8Array,
): "claude-code" | "recorder" | "broker-log" | "verbatim-export" | "openai" | "jsonl" | null {
  const lines = new TextDecoder().decode(head.subarray(0, SNIFF_BYTES_MAX)).split("\n");
  const whole = head.length >= SNIFF_BYTES_MAX ? lines : lines.slice(0, -1);
  if (whole.length === 0) return null;
  const first = parsed(whole[0] ?? "");
  if (first !== null && isExportHead(first)) return "verbatim-export";
  if (isOpenAiLine(lines[0] ?? "")) return "openai";
  if (whole.some(isClaudeCode)) return "claude-code";
  return whole.map(logOf).find((one) => one !== null) ?? "jsonl";
}

function logOf(line: string): "recorder" | "broker-log" | null {
  const fields = parsed(line);
  return fields === null ? null : recorderOf(fields);
}

function isClaudeCode(line: string): boolean {
  const fields = parsed(line);
  if (fields === null)
    return /"sessionId":"[^"]+".*"uuid":"[^"]+"|"parentUuid":.*"sessionId":"/.test(line);
  const type = textOf(fields["type"]);
  if (type === null) return false;
  const proof = TELLTALE[type];
  if (proof !== undefined && proof in fields) return true;
  if (textOf(fields["sessionId"]) === null) return false;
  if (type !== "user" && type !== "assistant") return KNOWN.has(type);
  // Relatives of Claude Code write the same envelope around "parts".
  return "content" in (fieldsOf(fields["message"]) ?? {});
}

const KNOWN: ReadonlySet<string> = new Set([
  "system",
  "attachment",
  "progress",
  "queue-operation",
  "last-prompt",
  "custom-title",
  "ai-title",
  "agent-name",
  "agent-setting",
  "permission-mode",
  "mode",
  "bridge-session",
  "pr-link",
]);

function parsed(line: string): Fields | null {
  try {
    return fieldsOf(JSON.parse(line));
  } catch {
    return null;
  }
}
