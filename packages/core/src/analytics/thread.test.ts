import { expect, test } from "bun:test";
import type { EnrichedMessage, Part } from "../message/message.ts";
import { aMessage, type MessageOver } from "../testing/memory-numbers.ts";
import { count, type Told } from "./counting.ts";
import { type Tally, tallySum } from "./tally.ts";

const told = (message: EnrichedMessage, isFirst = true): Told => ({ message, isFirst });
const sumAfter = (messages: readonly EnrichedMessage[]): Tally =>
  tallySum(
    count(
      messages.map((one) => told(one)),
      new Map(),
    ).rows,
  );
const by = (name: string): MessageOver => ({ author: { name, role: "agent" } });

test("turns, answers and their times are between different speakers of a thread", () => {
  const other = { ...by("bob"), session_id: "t" };
  const sum = sumAfter([aMessage(1), aMessage(2), aMessage(3, by("bob")), aMessage(4, other)]);
  expect(sum.sum).toMatchObject({ turns: 3, answers: 1, answer_ms: 60_000 });
  expect(sum.answer_within_s).toEqual({ "64": 1 });
});

test("a change of domain counts once the next two agree", () => {
  const about = (seq: number, chain_type: string): EnrichedMessage =>
    aMessage(seq, { enrichment: { chain_type } });
  const chains = ["a", "b", "a", "b", "unclassified", "b", "b", "b"];
  expect(sumAfter(chains.map((chain, at) => about(at + 1, chain))).shift).toEqual({ "a>b": 1 });
  expect(
    sumAfter(chains.slice(0, 6).map((chain, at) => about(at + 1, chain))).shift,
  ).toBeUndefined();
});

test("a question is settled by another's words, blocked work by what is ready", () => {
  const asks = aMessage(1, {
    enrichment: { shl_tags: ["@Question-Open"], dialogue_acts: ["question"] },
  });
  const asksBack = aMessage(2, {
    ...by("bob"),
    enrichment: { shl_tags: ["@Question-Open"], dialogue_acts: ["question"] },
  });
  const blocked = aMessage(3, { enrichment: { shl_tags: ["@Status-Blocked"] } });
  const ready = aMessage(4, { enrichment: { shl_tags: ["@Status-Ready"] } });
  const open = (all: readonly EnrichedMessage[]): unknown =>
    [
      ...count(
        all.map((one) => told(one)),
        new Map(),
      ).threads.values(),
    ].flatMap((one) => one.open.map(({ kind, seq }) => [kind, seq]));
  expect(open([asks, asksBack])).toEqual([
    ["question", 1],
    ["question", 2],
  ]);
  expect(open([asks, asksBack, blocked])).toEqual([
    ["question", 1],
    ["blocked", 3],
  ]);
  expect(open([asks, asksBack, blocked, ready])).toEqual([["question", 1]]);
  expect(sumAfter([asks, asksBack, blocked, ready])).toMatchObject({
    opened: { question: 2, blocked: 1 },
    settled: { question: 1, blocked: 1 },
  });
});

test("errors of tools are counted by the tool that was called", () => {
  const part = (id: string, is_error: boolean): Part => ({
    type: "tool_call_response",
    id,
    response: "",
    is_error,
  });
  const sum = sumAfter([
    aMessage(1, { parts: [{ type: "tool_call", id: "1", name: "Bash", arguments: {} }] }),
    aMessage(2, {
      author: { name: "tool", role: "tool" },
      parts: [part("1", true), part("9", true)],
    }),
  ]);
  expect(sum).toMatchObject({ tool_call: { Bash: 1 }, tool_error: { Bash: 1 } });
});

test("a fork that copies a call and its tools counts neither again; its own calls count", () => {
  const call = (seq: number, session_id: string, call_id: string): EnrichedMessage =>
    aMessage(seq, {
      session_id,
      model: "m",
      usage: { call_id, output_tokens: 10 },
      parts: [{ type: "tool_call", id: `t-${call_id}`, name: "Bash", arguments: {} }],
    });
  const failed = (seq: number, session_id: string): EnrichedMessage =>
    aMessage(seq, {
      session_id,
      author: { name: "tool", role: "tool" },
      parts: [{ type: "tool_call_response", id: "t-c1", response: "", is_error: true }],
    });
  const of = (message: EnrichedMessage, isCallKnown: boolean): Told => ({
    message,
    isFirst: true,
    isCallKnown,
  });
  const sum = tallySum(
    count(
      [
        of(call(1, "s", "c1"), false),
        of(call(2, "s", "c1"), true),
        told(failed(3, "s")),
        of(call(4, "fork", "c1"), true),
        told(failed(5, "fork")),
        of(call(6, "fork", "c2"), false),
      ],
      new Map(),
    ).rows,
  );
  expect(sum).toMatchObject({
    call: { m: 2 },
    output_tokens: { m: 20 },
    tool_call: { Bash: 3 },
    tool_error: { Bash: 1 },
  });
});
