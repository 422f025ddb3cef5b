/**
 * Claude Code's transcripts: one line, one record.
 *
 * The format is nobody's published schema; docs/sources/claude-code.md says what
 * was seen and where. What each type of line becomes:
 *
 *   user, assistant     messages; only what a person said has role "user"
 *   attachment          a queued prompt is a person's message, the rest records
 *   system, summary,    records: bookkeeping that is kept, counted and shown on
 *   titles, progress …  request, and is not part of what was said
 *   anything else       a no that names the type and the version that wrote it
 *
 * Ids are the session's and the line's own uuids, so a copy of a line in another
 * file is the same message (H1). Lines without a uuid are named by their stream,
 * offset and bytes.
 */
import { type Entry, fileKeyOf } from "../message/heard.ts";
import type { Message, Part, Role } from "../message/message.ts";
import { utcOf } from "../message/time.ts";
import type { Sha256 } from "../settle/port.ts";
import { partsOf, readable, usageOf } from "./claude-code-parts.ts";
import { type Fields, fieldsOf, present, textOf, wellFormedDeep } from "./json.ts";
import { salvage } from "./salvage.ts";

/** What came of one line: messages, and what of it was not understood. */
export type Read = { readonly messages: readonly Message[]; readonly aside: string | null };

/** Reads one line. Never throws: P1. */
export function readClaudeCode(entry: Entry, sha256: Sha256): Read {
  const text = new TextDecoder().decode(entry.raw);
  if (text.trim() === "") return { messages: [blankLine(entry, sha256)], aside: null };
  const { objects, lost } = salvage(text);
  const read = objects.map((object, sub) => readLine(object, { entry, sub, sha256 }));
  const messages = read.flatMap((one) => (typeof one === "string" ? [] : [one]));
  const whys = read.filter((one) => typeof one === "string");
  if (lost !== null) whys.push(lost);
  return { messages, aside: whys.length === 0 ? null : whys.join("; ") };
}

type Place = { readonly entry: Entry; readonly sub: number; readonly sha256: Sha256 };

/** The varying part of a message; `messageFrom` adds what is the same for all. */
type Said = {
  readonly role: Role;
  readonly name: string;
  readonly kind: "message" | "record";
  readonly parts: readonly Part[];
  readonly text?: string;
  readonly meta?: Fields;
  readonly extra?: Partial<Pick<Message, "model" | "usage">>;
};

function readLine(line: Fields, place: Place): Message | string {
  const type = textOf(line["type"]) ?? "";
  const reader = READERS[type];
  if (reader === undefined) {
    const version = textOf(line["version"]);
    return `unknown line type "${type.slice(0, 60)}"${version === null ? "" : ` (version ${version.slice(0, 20)})`}`;
  }
  return messageFrom(line, reader(line), place);
}

const READERS: Readonly<Record<string, (line: Fields) => Said>> = {
  user: userLine,
  assistant: assistantLine,
  attachment: attachmentLine,
  system: (line) =>
    record(textOf(line["content"]) ?? "", {
      subtype: line["subtype"],
      level: line["level"],
      compact: line["compactMetadata"] ?? line["microcompactMetadata"],
      duration_ms: line["durationMs"],
      error: line["error"],
    }),
  summary: (line) =>
    record(textOf(line["summary"]) ?? "", { title: line["summary"], leaf: line["leafUuid"] }),
  "custom-title": (line) => record("", { title: line["customTitle"] }),
  "ai-title": (line) => record("", { title: line["aiTitle"] }),
  "agent-name": (line) => record("", { agent_name: line["agentName"] }),
  "agent-setting": (line) => record("", { agent_setting: line["agentSetting"] }),
  "permission-mode": (line) => record("", { permission_mode: line["permissionMode"] }),
  mode: (line) => record("", { mode: line["mode"] }),
  "bridge-session": (line) => record("", { bridge_session: line["bridgeSessionId"] }),
  "last-prompt": (line) => record("", { last_prompt: line["lastPrompt"] }),
  "pr-link": (line) =>
    record(textOf(line["prUrl"]) ?? "", {
      pr_number: line["prNumber"],
      pr_repository: line["prRepository"],
    }),
  progress: (line) =>
    record("", { progress: fieldsOf(line["data"])?.["type"], tool_use_id: line["toolUseID"] }),
  "file-history-snapshot": (line) =>
    record("", { message_id: line["messageId"], is_update: line["isSnapshotUpdate"] }),
  "queue-operation": (line) => record("", { operation: line["operation"] }),
  turn_end: (line) => record("", { agent_id: line["agentId"] }),
  started: (line) => record("", { key: line["key"], agent_id: line["agentId"] }),
  result: (line) => record("", { key: line["key"], agent_id: line["agentId"] }),
};

function record(text: string, meta: Fields): Said {
  return {
    role: "system",
    name: "claude-code",
    kind: "record",
    parts: text === "" ? [] : [{ type: "text", content: text }],
    meta,
  };
}

/** Text at the start of a "user" line that no person typed, and what it is. */
const MACHINE: readonly (readonly [RegExp, string])[] = [
  [/^<(?:command-name|command-message|local-command-stdout|local-command-caveat)>/, "command"],
  [/^<bash-(?:input|stdout|stderr)>/, "command"],
  [/^<task-notification>/, "task-notification"],
  [/^<system-reminder>/, "reminder"],
  [/^\[Request interrupted/, "interrupt"],
  [/^This session is being continued/, "compact-summary"],
  [/^Stop hook feedback:/, "hook"],
];

/** An editor says where the person is, and then the person speaks, in one record. */
const EDITOR_ENVELOPE =
  /^(?:<ide_(?:opened_file|selection)>[\s\S]*?<\/ide_(?:opened_file|selection)>\s*)+/;

function userLine(line: Fields): Said {
  const message = fieldsOf(line["message"]) ?? {};
  const parts = partsOf(message["content"]);
  if (parts.some((part) => part.type === "tool_call_response")) return toolResult(line, parts);
  const text = readable(parts).trimStart();
  const machine = machineKind(line, text);
  if (machine !== null)
    return { role: "system", name: "claude-code", kind: "message", parts, meta: { machine } };
  return { role: "user", name: "user", kind: "message", parts };
}

function machineKind(line: Fields, text: string): string | null {
  if (line["isCompactSummary"] === true) return "compact-summary";
  const spoken = text.replace(EDITOR_ENVELOPE, "");
  if (spoken === "" && text !== "") return "editor";
  const origin = textOf(fieldsOf(line["origin"])?.["kind"]);
  if (origin !== null && origin !== "human") return origin;
  for (const [start, kind] of MACHINE) if (start.test(spoken)) return kind;
  return line["isMeta"] === true ? "meta" : null;
}

function toolResult(line: Fields, parts: readonly Part[]): Said {
  const result = fieldsOf(line["toolUseResult"]);
  return {
    role: "tool",
    name: "tool",
    kind: "message",
    parts,
    meta: { agent_id: result?.["agentId"], source_tool_use_id: line["sourceToolUseID"] },
  };
}

function assistantLine(line: Fields): Said {
  const message = fieldsOf(line["message"]) ?? {};
  const model = textOf(message["model"]);
  const usage = usageOf(message, line);
  return {
    role: "assistant",
    name: model ?? "assistant",
    kind: "message",
    parts: partsOf(message["content"]),
    meta: {
      call_id: message["id"],
      request_id: line["requestId"],
      stop_reason: message["stop_reason"],
      api_error: line["isApiErrorMessage"],
    },
    extra: { ...(model === null ? {} : { model }), ...(usage === undefined ? {} : { usage }) },
  };
}

function attachmentLine(line: Fields): Said {
  const attachment = fieldsOf(line["attachment"]) ?? {};
  const type = textOf(attachment["type"]) ?? "unknown";
  if (type === "queued_command" && attachment["commandMode"] === "prompt") {
    return {
      role: "user",
      name: "user",
      kind: "message",
      parts: partsOf(attachment["prompt"]),
      meta: { queued: true },
    };
  }
  return record("", { attachment: type });
}

function messageFrom(line: Fields, said: Said, place: Place): Message {
  const { entry, sub } = place;
  const stream = streamOf(entry.key);
  const session = textOf(line["sessionId"]) ?? stream;
  const uuid = textOf(line["uuid"]);
  const at = utcOf(line["timestamp"] ?? fieldsOf(line["snapshot"])?.["timestamp"]);
  const parent = textOf(line["parentUuid"]);
  return {
    id: uuid === null ? `${unnamedId(place, session)}` : `${session}/${uuid}`,
    session_id: session,
    source: entry.source,
    author: { name: said.name, role: said.role },
    said_at: at ?? entry.at,
    heard_at: entry.at,
    seq: entry.seq,
    sub,
    ...(parent === null ? {} : { parent_id: `${session}/${parent}` }),
    kind: said.kind,
    parts: said.parts,
    text: said.text ?? readable(said.parts),
    ...said.extra,
    meta: metaOf(line, said, { stream, session, heard: at === null }),
  };
}

/** Where copies of a file may lie anywhere: the stream, the offset and the bytes are the name. */
function unnamedId({ entry, sub, sha256 }: Place, session: string): string {
  const offset = fileKeyOf(entry.key)?.offset ?? 0;
  return `${session}@${offset}${sub === 0 ? "" : `.${sub}`}~${sha256(entry.raw).slice(0, 8)}`;
}

/** The file's name without its ending: the session, or the agent whose stream it is. */
function streamOf(key: string): string {
  const path = fileKeyOf(key)?.path ?? key;
  return path.slice(path.lastIndexOf("/") + 1).replace(/[.]jsonl$/, "");
}

function metaOf(
  line: Fields,
  said: Said,
  known: { stream: string; session: string; heard: boolean },
): Fields {
  const meta = present({
    type: line["type"],
    ...said.meta,
    cwd: line["cwd"],
    git_branch: line["gitBranch"],
    version: line["version"],
    is_sidechain: line["isSidechain"] === true ? true : undefined,
    agent: line["agentId"],
    stream: known.stream === known.session ? undefined : known.stream,
    logical_parent: line["logicalParentUuid"],
    said_at: known.heard ? "heard" : undefined,
  });
  return fieldsOf(wellFormedDeep(meta)) ?? {};
}

function blankLine(entry: Entry, sha256: Sha256): Message {
  const said = record("", { type: "blank" });
  return messageFrom({}, said, { entry, sub: 0, sha256 });
}
