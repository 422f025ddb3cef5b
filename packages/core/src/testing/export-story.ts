/** Sessions written by hand, for exports: every kind of thing that a transcript shows, and a world to export them from. */
import { createHash } from "node:crypto";
import type { ExportPlace } from "../export/exporting.ts";
import type { ExportSource } from "../export/runs.ts";
import type { Entry } from "../message/heard.ts";
import { openSettledReader } from "../settle/reader.ts";
import { makeSettle } from "../settle/settle.ts";

const sha256 = (data: Uint8Array | string): string =>
  createHash("sha256").update(data).digest("hex");
const DAY = "2026-11-20";
const HEARD = `${DAY}T12:00:00.000Z`;

/** A line of a transcript before it is one: what is left out is as usual. */
type Said = {
  readonly type: string;
  readonly uuid?: string;
  readonly parent?: string | null;
  readonly message?: unknown;
  readonly stream?: string;
  readonly more?: object;
};

/** The session `boat-1`: code, a change, a failure, an image, an agent, a branch, a compaction. */
export function boatSession(): readonly Entry[] {
  return said([
    user(
      "u1",
      null,
      "How do I trim the **jib**?\n\n```js\nconst a = `</details>`;\n```\n# no heading <b>bold</b>",
    ),
    assistant("a1", "u1", [
      { type: "thinking", thinking: "They sail.\nA *short* answer will do." },
      { type: "text", text: "I look into `sail.ts`." },
    ]),
    assistant("a2", "a1", [
      {
        type: "tool_use",
        id: "t1",
        name: "Bash",
        input: { command: "cat sail.ts", description: "Read the sail" },
      },
    ]),
    result("r1", "a2", "t1", "````\nexport const jib = 1;\n</details>\n````"),
    assistant("a3", "r1", [
      {
        type: "tool_use",
        id: "t2",
        name: "Edit",
        input: {
          file_path: "/src/boat/sail.ts",
          old_string: "jib = 1",
          new_string: "jib = 2\nmain = 1",
        },
      },
    ]),
    result("r2", "a3", "t2", "no such file", { is_error: true }),
    user("u2", "r2", [
      { type: "text", text: "Here is a picture." },
      {
        type: "image",
        source: { type: "base64", media_type: "image/png", data: "A".repeat(4096) },
      },
    ]),
    assistant("a4", "u2", [
      {
        type: "tool_use",
        id: "t3",
        name: "Task",
        input: { description: "Ask the rigger", prompt: "Which rope?" },
      },
    ]),
    {
      type: "user",
      uuid: "s1",
      parent: null,
      stream: "agent-7f",
      message: { role: "user", content: "Which rope?" },
      more: { isSidechain: true, agentId: "7f" },
    },
    { ...assistant("s2", "s1", [{ type: "text", text: "The blue one." }]), stream: "agent-7f" },
    result("r3", "a4", "t3", "The blue one.", {}, { toolUseResult: { agentId: "7f" } }),
    assistant("a5", "r3", [
      { type: "text", text: "Take the blue rope.\n\n| a | b |\n|---|---|\n1. one\n- two" },
    ]),
    {
      type: "system",
      uuid: "c1",
      parent: null,
      more: {
        subtype: "compact_boundary",
        content: "Conversation compacted",
        compactMetadata: { trigger: "auto", preTokens: 155000 },
      },
    },
    user("u3", "r2", "Another way, please: write to ada@example.com, password: hunter2x9Zq."),
    assistant("a6", "u3", [{ type: "text", text: "I wrote to ada@example.com from 203.0.113.7." }]),
    { type: "custom-title", more: { customTitle: "Trimming the jib" } },
  ]);
}

function user(uuid: string, parent: string | null, content: unknown): Said {
  return { type: "user", uuid, parent, message: { role: "user", content } };
}

function assistant(uuid: string, parent: string, content: readonly unknown[]): Said {
  const usage = { input_tokens: 1000, output_tokens: 100, cache_read_input_tokens: 5000 };
  const message = {
    id: `msg-${uuid}`,
    role: "assistant",
    model: "claude-sonnet-4-5-20250929",
    content,
    usage,
  };
  return { type: "assistant", uuid, parent, message };
}

function result(
  uuid: string,
  parent: string,
  id: string,
  content: string,
  more: object = {},
  line: object = {},
): Said {
  const block = { type: "tool_result", tool_use_id: id, content, ...more };
  return { type: "user", uuid, parent, message: { role: "user", content: [block] }, more: line };
}

/** Lines as entries of a journal, from `seq` on. */
function said(lines: readonly Said[], seq = 1): readonly Entry[] {
  return lines.map(({ type, uuid, parent, message, stream, more }, at) => ({
    seq: seq + at,
    source: "claude-code",
    key: `boat/${stream === undefined ? "boat-1" : `boat-1/subagents/${stream}`}.jsonl#g@${at * 1000}`,
    at: HEARD,
    raw: new TextEncoder().encode(
      `${JSON.stringify({
        ...(uuid === undefined
          ? {}
          : { uuid, parentUuid: parent, cwd: "/src/boat", version: "2.1.40" }),
        sessionId: "boat-1",
        timestamp: `${DAY}T09:${String(at).padStart(2, "0")}:00.000Z`,
        type,
        ...(message === undefined ? {} : { message }),
        ...more,
      })}\n`,
    ),
  }));
}

/** What is posted, as entries from `seq` on. */
export function postedEntries(items: readonly object[], seq = 1): readonly Entry[] {
  return items.map((item, at) => ({
    seq: seq + at,
    source: "api",
    key: `m-${seq + at}`,
    at: HEARD,
    raw: new TextEncoder().encode(
      JSON.stringify({ session_id: "chat-1", author: { name: "ada", role: "user" }, ...item }),
    ),
  }));
}

/** A journal of these entries, to be exported. */
export function exportSource(entries: readonly Entry[]): ExportSource {
  const journal = {
    last: async () => entries.length,
    read: async ({ from, to }: { readonly from: number; readonly to: number }) =>
      entries.filter(({ seq }) => seq >= from && seq <= to).slice(0, 3),
  };
  const settled = openSettledReader(journal, makeSettle({ sha256 }));
  return { journal, settled, sha256, breathe: async () => {} };
}

/** A place in memory: files by their names once they are finished. */
export function memoryPlace(): ExportPlace & { readonly files: Map<string, string> } {
  const files = new Map<string, string>();
  const paper = () => {
    const pieces: Uint8Array[] = [];
    return {
      pieces,
      write: async (bytes: Uint8Array) => void pieces.push(bytes.slice()),
      written: async function* () {
        yield* pieces;
      },
      [Symbol.asyncDispose]: async () => {},
    };
  };
  return {
    files,
    draft: async () => paper(),
    sheet: async (name) => {
      const sheet = paper();
      return {
        ...sheet,
        finish: async () => {
          const whole = Buffer.concat(sheet.pieces);
          files.set(name, whole.toString("utf8"));
          return { bytes: whole.length, sha256: sha256(whole) };
        },
      };
    },
  };
}
