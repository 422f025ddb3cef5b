import { expect, test } from "bun:test";
import type { EnrichedMessage } from "../message/message.ts";
import { COLUMNS, rowOf } from "./row.ts";

const MESSAGE: EnrichedMessage = {
  id: "m-1",
  session_id: "s-1",
  source: "api",
  author: { name: "ada", role: "assistant" },
  said_at: "2026-01-02T03:04:05.006Z",
  heard_at: "2026-01-02T03:04:06.000Z",
  seq: 7,
  sub: 0,
  kind: "message",
  parts: [
    { type: "text", content: "hi" },
    { type: "tool_call", id: "t-1", name: "Read", arguments: {} },
    { type: "tool_call", id: "t-2", name: "Bash", arguments: {} },
  ],
  text: "hi",
  meta: {},
  enrichment: {
    chain_type: "data_management",
    ace_tier: "E",
    shl_tags: ["@Status-Done"],
    dialogue_acts: ["question"],
    keywords: ["journal"],
    language: "en",
    content_hash: "c",
    normal_hash: "n",
    word_count: 1,
    char_count: 2,
    secrets: [],
    taxonomy: "standard@1",
    explain: {
      chain_type: { matched: [], confidence: 1 },
      ace_tier: { matched: [], confidence: 1 },
      shl_tags: {},
      dialogue_acts: {},
    },
  },
};

function named(message: object): Readonly<Record<string, unknown>> {
  const row = rowOf({ ...MESSAGE, ...message }, { raw: new Uint8Array(42) });
  return Object.fromEntries(COLUMNS.map(({ name }, at) => [name, row[at]]));
}

test("X3: a row holds what its message says, and null where it does not say", () => {
  expect(named({})).toMatchObject({
    seq: 7,
    author: "ada",
    role: "assistant",
    said_at: Date.UTC(2026, 0, 2, 3, 4, 5, 6),
    shl_tags: ["@Status-Done"],
    tool_calls: ["Read", "Bash"],
    raw_bytes: 42,
    is_error: null,
    project: null,
    model: null,
    input_tokens: null,
    cost_micro_usd: null,
    parent_id: null,
  });
  const usage = { input_tokens: 0, output_tokens: 12, call_id: "c-1" };
  const enrichment = { ...MESSAGE.enrichment, cost_micro_usd: 1234 };
  expect(named({ usage, enrichment, meta: { cwd: "/src/boat" } })).toMatchObject({
    input_tokens: 0,
    output_tokens: 12,
    cache_read_tokens: null,
    call_id: "c-1",
    cost_micro_usd: 1234,
    project: "/src/boat",
  });
});

test("X3: text is whole, and a lone half of a pair is replaced", () => {
  const long = "x".repeat(1024 * 1024);
  expect(named({ text: `a\0b \u{1f600} \ud83d ${long}` })["text"]).toBe(
    `a\0b \u{1f600} \ufffd ${long}`,
  );
  const enrichment = { ...MESSAGE.enrichment, keywords: ["\udc00"] };
  expect(named({ enrichment })["keywords"]).toEqual(["\ufffd"]);
});

test("a tool's answer says whether it failed, and what is no number is not counted", () => {
  const answer = { type: "tool_call_response", id: "t-1", response: "" };
  expect(named({ parts: [answer] })["is_error"]).toBe(false);
  expect(named({ parts: [answer, { ...answer, is_error: true }] })["is_error"]).toBe(true);
  expect(named({ usage: { input_tokens: 1.5 }, meta: { cwd: 7 } })).toMatchObject({
    input_tokens: null,
    project: null,
  });
});

test("every column that always has a value has one in the plainest message", () => {
  const row = rowOf(MESSAGE, { raw: new Uint8Array(0) });
  const empty = COLUMNS.filter(({ always }, at) => always && row[at] === null);
  expect(empty).toEqual([]);
  expect(new Set(COLUMNS.map(({ name }) => name)).size).toBe(COLUMNS.length);
});
