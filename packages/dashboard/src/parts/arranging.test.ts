/** A session as it is read. */
import { expect, test } from "bun:test";
import type { EnrichedMessage } from "@verbatim/core";
import fc from "fast-check";
import {
  anchorOf,
  arranged,
  forksIn,
  isCompaction,
  isShown,
  leadsTo,
  turnsIn,
  withStrayAnswers,
} from "./arranging.ts";

type Some = Partial<Omit<EnrichedMessage, "author">> & { readonly role?: string };
const message = (seq: number, { role = "assistant", ...more }: Some = {}): EnrichedMessage =>
  ({
    ...{ seq, sub: 0, id: `m-${seq}`, parts: [{ type: "text", content: "x" }], text: "x" },
    ...{ author: { name: role, role }, meta: {}, enrichment: {} },
    ...more,
  }) as unknown as EnrichedMessage;
const side = (seq: number, more: Some = {}): EnrichedMessage =>
  message(seq, { ...more, meta: { is_sidechain: true, ...more.meta } });
const call = (id: string, asked: unknown = {}) =>
  ({ type: "tool_call", id, name: "Task", arguments: asked }) as const;

test("an answer of a tool is read with its call, and bookkeeping where it came", () => {
  const rows = [
    message(1),
    message(2, { parts: [call("t-1")] }),
    message(3),
    message(4, { parts: [{ type: "tool_call_response", id: "t-1", response: "done" }] }),
    message(5, { parts: [], text: "" }),
  ];
  expect(rows.map(isShown)).toEqual([true, true, true, false, false]);
  expect(leadsTo(rows, "3.0")).toBe("3.0");
  expect(leadsTo(rows, "4.0")).toBe("2.0");
  expect(leadsTo(rows, "5.0")).toBe("3.0");
  expect(leadsTo(rows, "9.0")).toBeNull();
});

test("B40: an answer whose call is nowhere is read where it came", () => {
  const answer = (id: string) => ({ type: "tool_call_response", id, response: "done" }) as const;
  const rows = [
    message(1, { parts: [call("t-1")] }),
    message(2, { role: "tool", parts: [answer("t-1")], text: "" }),
    message(3, { role: "tool", parts: [answer("forgotten"), answer("t-1")], text: "" }),
  ];
  const read = withStrayAnswers(rows);
  expect(read.slice(0, 2)).toEqual(rows.slice(0, 2));
  expect(arranged(read).map(({ key }) => key)).toEqual(["1.0", "3.0"]);
  expect(leadsTo(read, "3.0")).toBe("3.0");
  expect(read[2]?.parts.map(({ type }) => type)).toEqual(["tool_call", "tool_call_response"]);
});

test("B40: what a subagent did is one row behind the call that sent it, or where it began", () => {
  const rows = [
    message(1, { role: "user" }),
    message(2, { parts: [call("t-1", { prompt: "look there" }), call("t-2")] }),
    side(3, { role: "user", text: "look there" }),
    message(4),
    side(5, { parent_id: "m-3" }),
    side(6, { role: "user", text: "nobody asked for this" }),
    side(7, { meta: { is_sidechain: true, agent_id: "a-7" } }),
    side(8, { parent_id: "m-unknown" }),
  ];
  const items = arranged(rows);
  expect(items.map(({ agent, messages }) => [agent, messages.map(({ seq }) => seq)])).toEqual([
    [null, [1]],
    [null, [2]],
    ["look there", [3, 5]],
    [null, [4]],
    ["nobody asked for this", [6]],
    ["x", [7, 8]],
  ]);
});

test("B40: every message to be read is in one row, however it was heard", () => {
  const one = fc.record({
    isSide: fc.boolean(),
    role: fc.constantFrom("user", "assistant"),
    parent: fc.nat(12),
    prompt: fc.constantFrom("a", "b", "c"),
    agent: fc.option(fc.constantFrom("p", "q")),
  });
  fc.assert(
    fc.property(fc.array(one, { maxLength: 12 }), (made) => {
      const rows = made.map(({ isSide, role, parent, prompt, agent }, at) =>
        message(at + 1, {
          ...{ role, text: prompt, parts: [call(`t-${at}`, { prompt })] },
          ...(parent === 0 ? {} : { parent_id: `m-${parent}` }),
          meta: {
            ...(isSide ? { is_sidechain: true } : {}),
            ...(agent ? { agent_id: agent } : {}),
          },
        }),
      );
      const shown = arranged(rows).flatMap(({ messages }) => messages.map(({ seq }) => seq));
      expect(shown.toSorted((a, b) => a - b)).toEqual(rows.map(({ seq }) => seq));
    }),
  );
});

test("B41: a turn counts a model call once, by the last that is said of it", () => {
  const used = (seq: number, call_id: string, output_tokens: number, cost_micro_usd?: number) =>
    message(seq, {
      usage: { call_id, output_tokens, input_tokens: 2 },
      enrichment: (cost_micro_usd === undefined ? {} : { cost_micro_usd }) as never,
    });
  const rows = [
    message(1, { role: "user" }),
    used(2, "c-1", 5, 100),
    used(3, "c-1", 9, 300),
    { ...used(4, "c-2", 1, 50), parts: [call("t-1")] },
    message(5, { role: "user" }),
    used(6, "c-3", 4),
  ];
  const turns = turnsIn(rows);
  expect(turns.get("1.0")).toEqual({
    ...{ calls: 2, tools: 1, input: 4, output: 10, cached: 0, costMicroUsd: 350 },
  });
  expect(turns.get("5.0")?.costMicroUsd).toBeNull();
  expect(turns.size).toBe(2);
});

test("who says something else at the same place makes a fork, a subagent does not", () => {
  const rows = [
    message(1, { role: "user", parent_id: "p" }),
    message(2, { role: "user", parent_id: "p" }),
    side(3, { role: "user", parent_id: "p" }),
    message(4, { role: "user", parent_id: "m-1" }),
  ];
  expect([...forksIn(rows)]).toEqual([
    ["1.0", ["1.0", "2.0"]],
    ["2.0", ["1.0", "2.0"]],
  ]);
  expect(anchorOf(message(4))).toBe("4.0");
  expect(isCompaction(message(1, { meta: { machine: "compact-summary" } }))).toBe(true);
});
