import { expect, test } from "bun:test";
import type { EnrichedMessage } from "../message/message.ts";
import { aMessage, type MessageOver, memoryNumbers } from "../testing/memory-numbers.ts";
import { metricOf } from "./alert-metrics.ts";
import { gather } from "./report.ts";
import type { Report, ReportAsk } from "./report-shape.ts";

const DOMAINS = ["ui_ux", "data_management"];
const NOW = "2026-01-08T12:30:00.000Z";
const at = (day: number, hour: number, minute = 0): string =>
  new Date(Date.UTC(2026, 0, day, hour, minute)).toISOString();
const by = (name: string): MessageOver => ({ author: { name, role: "agent" } });
const asked = (over: Partial<ReportAsk> = {}): ReportAsk => ({
  domains: DOMAINS,
  now: NOW,
  ...over,
});

/** Monday the 5th: two speak; Tuesday and Wednesday: work, a question, rubbish. */
const MESSAGES: readonly EnrichedMessage[] = [
  aMessage(1, { said_at: at(5, 9), receiver: "bob", meta: { cwd: "/boat" } }),
  aMessage(2, { said_at: at(5, 9, 1), ...by("bob"), receiver: "ada" }),
  aMessage(3, {
    said_at: at(6, 10),
    model: "m-1",
    usage: { call_id: "c", input_tokens: 1000, output_tokens: 50 },
    enrichment: { cost_micro_usd: 1500, chain_type: "data_management", keywords: ["table", "key"] },
  }),
  aMessage(4, {
    said_at: at(6, 10, 1),
    ...by("bob"),
    model: "m-2",
    usage: { call_id: "d", output_tokens: 7 },
    parts: [
      { type: "tool_call", id: "1", name: "Bash", arguments: {} },
      { type: "text", content: "let us see" },
    ],
  }),
  aMessage(5, {
    said_at: at(6, 10, 2),
    author: { name: "tool", role: "tool" },
    parts: [{ type: "tool_call_response", id: "1", response: "", is_error: true }],
  }),
  aMessage(6, {
    said_at: at(7, 11),
    session_id: "t",
    text: "which  one\n is it?",
    enrichment: { shl_tags: ["@Question-Open"], dialogue_acts: ["question"] },
  }),
  aMessage(7, { said_at: at(7, 11, 1), session_id: "t", ...by("unknown") }),
  aMessage(8, { said_at: at(7, 11, 2), session_id: "t", text: "words number 1" }),
  aMessage(9, { said_at: at(7, 11, 3), session_id: "t", kind: "record" }),
];

const report = (over: Partial<ReportAsk> = {}): Promise<Report> =>
  gather(memoryNumbers(MESSAGES, 2), asked(over));

test("what came up before the period and is open still is open in it; what lies aside is of no session", async () => {
  const later = await report({ since: at(8, 0), until: at(9, 0) });
  expect([later.opened.question, later.open.question, later.asides]).toEqual([0, 1, 2]);
  expect((await report({ session: "t" })).asides).toBeNull();
});

test("messages that count and those left out, by reason, are all of them", async () => {
  const { message_types, left_out, total_messages, counted_messages, ...rest } = await report();
  expect(message_types).toEqual({ counted: 5, duplicate: 1, machine: 1, record: 1, unknown: 1 });
  expect(left_out).toEqual({
    duplicate: 1,
    unknown: 1,
    wordless: 0,
    empty: 0,
    machine: 1,
    record: 1,
  });
  expect([total_messages, counted_messages, rest.duplicates, rest.asides]).toEqual([9, 5, 1, 2]);
  const out = Object.values(left_out).reduce((a, b) => a + b, 0);
  expect(counted_messages + out).toBe(total_messages);
});

test("who said what about what, when and where", async () => {
  const numbers = await report();
  expect(numbers.speakers).toEqual({ ada: 3, bob: 2 });
  expect(numbers.speaker_count).toBe(2);
  expect(numbers.chain_types).toEqual({ ui_ux: 4, data_management: 1 });
  expect(numbers.keywords).toEqual([
    ["words", 4],
    ["key", 1],
    ["table", 1],
  ]);
  expect(numbers.timeline).toEqual({ "2026-01-05": 2, "2026-01-06": 2, "2026-01-07": 1 });
  expect(numbers.hours.map(({ weekday }) => weekday).slice(0, 2)).toEqual(["Monday", "Tuesday"]);
  expect(numbers.hours[0]?.hours[9]).toBe(2);
  expect(numbers.hours[1]?.hours[10]).toBe(2);
  expect(numbers.projects).toEqual({ "/boat": 4, "(none)": 1 });
  expect(numbers.sessions).toBe(2);
  expect(numbers.roles).toEqual({ user: 4, agent: 3, tool: 1 });
});

test("turns, answers, pairs and what is open", async () => {
  const numbers = await report();
  expect(numbers.turns).toEqual({ count: 5, words_per_turn: 3, messages_per_turn: 1 });
  expect(numbers.response_times).toMatchObject({ count: 2, mean_seconds: 60 });
  expect(numbers.response_times.median_within_seconds).toBe(64);
  expect(numbers.pairs).toEqual([
    { speaker: "ada", receiver: "bob", messages: 1 },
    { speaker: "bob", receiver: "ada", messages: 1 },
  ]);
  expect(numbers.open).toMatchObject({ question: 1, blocked: 0, is_bounded: false });
  expect(numbers.open.items).toMatchObject([
    { seq: 6, session_id: "t", text: "which one is it?", kind: "question" },
  ]);
});

test("tools, tokens and cost; what has no price is named and not free", async () => {
  const { tools, tokens, cost, usage } = await report();
  expect(tools).toEqual({
    calls: 1,
    errors: 1,
    error_share: 1,
    by_tool: [{ name: "Bash", calls: 1, errors: 1, error_share: 1 }],
  });
  expect(tokens).toEqual({ input: 1000, output: 57, cache_read: 0, cache_write: 0, total: 1057 });
  expect(cost).toEqual({ micro_usd: 1500, calls: 2, unpriced_calls: 1 });
  expect(usage.by_model.map(({ name, cost_micro_usd }) => [name, cost_micro_usd])).toEqual([
    ["m-1", 1500],
    ["m-2", null],
  ]);
  expect(usage.by_day.map(({ name, calls }) => [name, calls])).toEqual([["2026-01-06", 2]]);
  expect(usage.by_speaker.map(({ name }) => name)).toEqual(["ada", "bob"]);
  expect(usage.by_project).toMatchObject([{ name: "/boat", calls: 2 }]);
});

test("without since it is from the first message on, and there is nothing to compare", async () => {
  const numbers = await report();
  expect(numbers.period).toEqual({ since: at(5, 9), until: at(8, 13) });
  expect(numbers.comparison).toBeNull();
  expect([numbers.version, numbers.timestamp, numbers.counted_to]).toEqual([1, NOW, 9]);
});

test("a period is compared with the one of the same length before", async () => {
  const { period, comparison } = await report({
    since: at(6, 0, 20),
    until: "2026-01-07T01:00:00+01:00",
  });
  expect(period).toEqual({ since: at(6, 0), until: at(7, 0) });
  expect(comparison).toMatchObject({ since: at(5, 0), until: at(6, 0) });
  expect(comparison?.metrics).toMatchObject({
    counted_messages: { now: 2, before: 2, change: 0, change_share: 0 },
    "tools.calls": { now: 1, before: 0, change: 1, change_share: null },
  });
  expect(comparison?.metrics["cost.micro_usd"]).toBeUndefined();
});

test("a filter narrows the numbers and is named", async () => {
  const numbers = await report({ speaker: "bob" });
  expect(numbers.speakers).toEqual({ bob: 2 });
  expect(numbers.filter).toEqual({ project: null, speaker: "bob", session: null });
  expect((await report({ session: "t" })).counted_messages).toBe(1);
  expect((await report({ project: "/boat" })).total_messages).toBe(5);
});

test("a time that is none, and a period that ends before it begins, are refused with what is wrong", async () => {
  expect(report({ since: "yesterday" })).rejects.toMatchObject({
    code: "usage",
    message: expect.stringContaining('"since" must be a time with a zone'),
  });
  expect(report({ since: at(8, 0), until: at(7, 0) })).rejects.toMatchObject({ code: "usage" });
});

test("the same numbers give the same report", async () => {
  expect(JSON.stringify(await report())).toBe(JSON.stringify(await report()));
});

test("names beyond the bound are summed, and none is lost", async () => {
  const many = Array.from({ length: 450 }, (_, seq) =>
    aMessage(seq + 1, { ...by(`speaker ${seq}`), usage: { input_tokens: seq } }),
  );
  const { speakers, speaker_count, usage } = await gather(memoryNumbers(many), asked());
  expect(speaker_count).toBe(450);
  expect(Object.keys(speakers)).toHaveLength(201);
  expect(speakers["(other)"]).toBe(250);
  expect(Object.values(speakers).reduce((a, b) => a + b, 0)).toBe(450);
  const used = usage.by_speaker;
  expect([used.length, used[0]?.name, used.at(-1)?.name]).toEqual([201, "speaker 449", "(other)"]);
  expect(used.reduce((all, row) => all + row.input_tokens, 0)).toBe((450 * 449) / 2);
});

test("a number of the report is found by its path; what nobody knows is null", async () => {
  const some = await report();
  expect(metricOf(some, "open.question")).toBe(1);
  expect(metricOf(some, "left_out.duplicate")).toBe(1);
  expect(metricOf(some, "speakers.nobody")).toBe(0);
  expect(metricOf(some, "speakers.constructor")).toBe(0);
  expect(metricOf(some, "nothing.of.it")).toBeNull();
  const empty = await gather(memoryNumbers([]), asked());
  expect(metricOf(empty, "collaboration_score")).toBeNull();
  expect(metricOf(empty, "cost.micro_usd")).toBeNull();
  expect(metricOf(empty, "total_messages")).toBe(0);
});
