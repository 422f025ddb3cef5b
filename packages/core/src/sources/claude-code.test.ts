import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import fc from "fast-check";
import type { Entry } from "../message/heard.ts";
import { makeSettle } from "../settle/settle.ts";
import { anEntry } from "../testing/samples.ts";
import { sniffSource } from "./sniff.ts";

const settle = makeSettle({ sha256: (data) => createHash("sha256").update(data).digest("hex") });
const SESSION = "0f1e2d3c-0000-4000-8000-000000000001";

const line = (fields: object): string =>
  JSON.stringify({
    parentUuid: null,
    sessionId: SESSION,
    cwd: "/home/ada/engine",
    version: "2.1.40",
    gitBranch: "main",
    uuid: "u-1",
    timestamp: "2026-11-20T10:00:00.000+02:00",
    ...fields,
  });
const heard = (text: string, key = `-home-ada/${SESSION}.jsonl#g1@0`): Entry =>
  anEntry(1, { source: "claude-code", key, raw: new TextEncoder().encode(text) });
const read = (text: string, key?: string) => settle(heard(text, key));
const one = (text: string) => {
  const { messages } = read(text);
  expect(messages).toHaveLength(1);
  return messages[0];
};

test("what a person typed is theirs, with its session, place and time in UTC", () => {
  const message = one(line({ type: "user", message: { role: "user", content: "why is it red?" } }));
  expect(message).toMatchObject({
    id: `${SESSION}/u-1`,
    session_id: SESSION,
    author: { role: "user" },
    said_at: "2026-11-20T08:00:00.000Z",
    kind: "message",
    text: "why is it red?",
    meta: { cwd: "/home/ada/engine", git_branch: "main" },
  });
});

test("an answer has its parts, its model, and its usage with both cache prices apart", () => {
  const message = one(
    line({
      type: "assistant",
      message: {
        id: "msg_1",
        role: "assistant",
        model: "claude-opus-5",
        content: [
          { type: "thinking", thinking: "hm", signature: "s" },
          { type: "text", text: "because" },
          { type: "tool_use", id: "t1", name: "Bash", input: { command: "ls" } },
        ],
        usage: {
          input_tokens: 3,
          output_tokens: 5,
          cache_read_input_tokens: 7,
          cache_creation_input_tokens: 12,
          cache_creation: { ephemeral_5m_input_tokens: 4, ephemeral_1h_input_tokens: 8 },
        },
      },
    }),
  );
  expect(message?.parts.map((part) => part.type)).toEqual(["reasoning", "text", "tool_call"]);
  expect(message?.usage).toEqual({
    input_tokens: 3,
    output_tokens: 5,
    cache_read_tokens: 7,
    cache_write_5m_tokens: 4,
    cache_write_1h_tokens: 8,
    call_id: "msg_1",
  });
});

test("what an older version said a call cost is kept", () => {
  const usage = { input_tokens: 3, output_tokens: 5 };
  const said = (message: object) =>
    one(
      line({
        type: "assistant",
        costUSD: 0.0123,
        message: { model: "m", content: "hi", ...message },
      }),
    );
  expect(said({ usage })?.usage).toEqual({ ...usage, cost_usd: 0.0123 });
  expect(said({})?.usage).toEqual({ cost_usd: 0.0123 });
  expect(said({})?.enrichment.cost_micro_usd).toBe(12_300);
  expect(one(line({ type: "assistant", message: { content: "hi" } }))?.usage).toBeUndefined();
});

test("tool results, commands, interruptions and summaries are not a person's", () => {
  const roles = [
    { content: [{ type: "tool_result", tool_use_id: "t1", content: "done", is_error: false }] },
    { content: "<command-name>/clear</command-name>" },
    { content: "[Request interrupted by user]" },
    { content: "This session is being continued from an earlier one" },
    { content: "<ide_opened_file>a.ts</ide_opened_file>" },
    { content: "<ide_opened_file>a.ts</ide_opened_file>\nplease fix it" },
  ].map(
    (message) => one(line({ type: "user", message: { role: "user", ...message } }))?.author.role,
  );
  expect(roles).toEqual(["tool", "system", "system", "system", "system", "user"]);
});

test("a queued prompt is a person's message, other attachments are records", () => {
  const queued = {
    type: "attachment",
    attachment: { type: "queued_command", commandMode: "prompt", prompt: "and then?" },
  };
  expect(one(line(queued))).toMatchObject({
    kind: "message",
    author: { role: "user" },
    text: "and then?",
  });
  expect(one(line({ type: "attachment", attachment: { type: "file" } }))?.kind).toBe("record");
});

test("bookkeeping lines are records, with titles where a session summary finds them", () => {
  const types = [
    "summary",
    "custom-title",
    "ai-title",
    "progress",
    "file-history-snapshot",
    "queue-operation",
    "last-prompt",
    "system",
    "pr-link",
    "mode",
  ];
  for (const type of types)
    expect(one(line({ type, summary: "t", customTitle: "t", aiTitle: "t" }))?.kind).toBe("record");
  expect(one(line({ type: "ai-title", aiTitle: "The red test" }))?.meta["title"]).toBe(
    "The red test",
  );
});

test("a type nobody knows is set aside by name and version", () => {
  expect(read(line({ type: "hologram" })).aside).toBe(
    'unknown line type "hologram" (version 2.1.40)',
  );
});

test("P2: two records on a line, a splice, and NULs are salvaged, and what is lost is said", () => {
  const first = line({ type: "user", uuid: "a", message: { role: "user", content: "one" } });
  const second = line({ type: "user", uuid: "b", message: { role: "user", content: "two {" } });
  const both = read(first + second);
  expect(both.messages.map((message) => message.text)).toEqual(["one", "two {"]);
  expect(both.messages.map((message) => message.sub)).toEqual([0, 1]);
  expect(both.aside).toBeNull();
  const spliced = read(first.slice(0, 60) + second);
  expect(spliced.messages.map((message) => message.text)).toEqual(["two {"]);
  expect(spliced.aside).toContain("60 characters of a damaged line");
  expect(read(`\0\0\0${first}\0`).messages.map((message) => message.text)).toEqual(["one"]);
  expect(read(first.slice(0, -9))).toMatchObject({
    messages: [],
    aside: "cut off: the line ends inside a record",
  });
});

test("a blank line is a record, so that every line is accounted for", () => {
  expect(read("\r\n")).toMatchObject({ aside: null, messages: [{ kind: "record", text: "" }] });
});

test("H1: a copy elsewhere has the same id, and a line without a uuid is named by stream, offset and bytes", () => {
  const text = JSON.stringify({ type: "summary", summary: "s", leafUuid: "x" });
  const here = read(text, `-a/${SESSION}.jsonl#g1@100`).messages[0]?.id;
  expect(read(text, `copies/deep/${SESSION}.jsonl#g9@100`).messages[0]?.id).toBe(here ?? "");
  expect(read(`${text} `, `-a/${SESSION}.jsonl#g2@100`).messages[0]?.id).not.toBe(here ?? "");
  expect(here).toStartWith(`${SESSION}@100~`);
});

test("P1: whatever the bytes are, the answer is messages or a reason", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array({ maxLength: 200 }),
        fc.json().map((text) => new TextEncoder().encode(text)),
      ),
      fc.constantFrom("claude-code", "api", "jsonl"),
      (raw, source) => {
        const settled = settle(anEntry(1, { source, raw, key: "a.jsonl#1@0" }));
        expect(settled.messages.length > 0 || (settled.aside ?? "").length > 0).toBe(true);
      },
    ),
  );
});

test("P1: hostile shapes inside known types do not throw", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("user", "assistant", "attachment", "system", "progress"),
      fc.jsonValue(),
      fc.jsonValue(),
      (type, content, extra) => {
        const text = line({
          type,
          message: { content, usage: extra, model: extra },
          attachment: extra,
          data: extra,
          timestamp: extra,
        });
        expect(read(text).messages).toHaveLength(1);
      },
    ),
  );
});

test("P3: the same entry settles to the same answer", () => {
  const entry = heard(
    line({ type: "user", message: { role: "user", content: "we decided to fix the test" } }),
  );
  expect(settle(entry)).toEqual(settle(entry));
});

test("text no store could hold is made well-formed, whole messages are kept", () => {
  const message = one(
    '{"type":"user","sessionId":"s","uuid":"u","message":{"role":"user","content":"a\\u0000b\\ud83d"}}',
  );
  expect(message?.text).toBe("a\ufffdb\ufffd");
  expect(message?.meta["said_at"]).toBe("heard");
});

test("a file is recognised by any of its lines, and its relatives are not taken for it", () => {
  const bytes = (...lines: string[]) =>
    new TextEncoder().encode(lines.map((text) => `${text}\n`).join(""));
  expect(sniffSource(bytes('{"type":"summary","summary":"s","leafUuid":"l"}'))).toBe("claude-code");
  expect(
    sniffSource(bytes('{"type":"new-thing"}', line({ type: "user", message: { content: "x" } }))),
  ).toBe("claude-code");
  expect(sniffSource(bytes('{"type":"session_meta","payload":{"id":"1"}}'))).toBe("jsonl");
  expect(
    sniffSource(
      bytes(
        '{"type":"user","sessionId":"s","uuid":"u","parentUuid":null,"message":{"role":"user","parts":[]}}',
      ),
    ),
  ).toBe("jsonl");
  expect(sniffSource(new TextEncoder().encode('{"type":"us'))).toBeNull();
});
