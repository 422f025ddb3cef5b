import { expect, test } from "bun:test";
import fc from "fast-check";
import type { Part } from "../message/message.ts";
import type { Shown } from "./facts.ts";
import { type Step, tell } from "./telling.ts";

function message(id: string, parts: readonly Part[], meta: object = {}): Shown {
  return {
    id,
    session_id: "s",
    source: "x",
    author: { name: "a", role: "assistant" },
    said_at: "2026-01-01T00:00:00.000Z",
    heard_at: "2026-01-01T00:00:00.000Z",
    seq: 1,
    sub: 0,
    kind: "message",
    parts,
    text: id,
    meta: { ...meta },
  };
}

const call = (id: string): Part => ({ type: "tool_call", id, name: "n", arguments: {} });
const answer = (id: string): Part => ({ type: "tool_call_response", id, response: id });

async function told(
  streams: Readonly<Record<string, readonly Shown[] | undefined>>,
): Promise<readonly Step[]> {
  const steps: Step[] = [];
  const read = async function* (name: string): AsyncGenerator<readonly Shown[]> {
    for (const one of streams[name] ?? []) yield [one];
  };
  const names = Object.keys(streams).filter((name) => name !== "");
  for await (const some of tell({ names, read })) steps.push(...some);
  return steps;
}

const DEPTH: Readonly<Record<Step["kind"], number>> = { apart: 1, back: -1, message: 0 };
type Any = { readonly parts: Part[]; readonly agent: number; readonly stream: number };

function spoken({ parts, agent, stream }: Any, at: number): Shown & { readonly stream: string } {
  const meta = agent === 0 ? {} : { agent_id: String(agent) };
  return {
    ...message(`m${at}`, parts, meta),
    stream: ["", "agent-1", "agent-2", "full"][stream] ?? "",
  };
}

test("X6: every call, answer and word is told once, whatever belongs to what and wherever it comes", async () => {
  const part = fc.oneof(
    fc.nat(5).map((id) => call(`t${id}`)),
    fc.nat(5).map((id) => answer(`t${id}`)),
    fc.constant<Part>({ type: "text", content: "word" }),
  );
  const any = fc.record({
    parts: fc.array(part, { maxLength: 3 }),
    agent: fc.nat(4),
    stream: fc.nat(3),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(any, { maxLength: 200 }), async (all) => {
      const streams = Object.groupBy(all.map(spoken), ({ stream }) => stream);
      const steps = await told(streams);
      const parts = steps.flatMap((step) =>
        step.kind === "message" ? [...step.message.parts, ...step.answers.values()] : [],
      );
      const count = (list: readonly Part[]): readonly string[] =>
        list.map((one) => JSON.stringify(one)).toSorted();
      expect(count(parts)).toEqual(count(all.flatMap((one) => one.parts)));
      const turns = steps.map(({ kind }) => DEPTH[kind]);
      const depths = turns.map((_, at) =>
        turns.slice(0, at + 1).reduce((sum, one) => sum + one, 0),
      );
      expect(depths.every((depth) => depth >= 0)).toBe(true);
      expect(depths.at(-1) ?? 0).toBe(0);
    }),
  );
});

test("an agent's words stand below the call that sent it, and those of nobody's at the end", async () => {
  const steps = await told({
    "": [
      message("a", [call("t")]),
      message("b", [answer("t")], { agent_id: "1" }),
      message("c", [{ type: "text", content: "after" }]),
    ],
    "agent-1": [message("d", [{ type: "text", content: "within" }])],
    "agent-2": [message("e", [{ type: "text", content: "lost" }])],
  });
  expect(steps.map((step) => (step.kind === "message" ? step.message.id : step.kind))).toEqual([
    "a",
    "apart",
    "d",
    "back",
    "c",
    "apart",
    "e",
    "back",
  ]);
});

test("a session whose file is not named as it is told open, with its agents below their calls", async () => {
  const steps = await told({
    "agent-1": [message("d", [{ type: "text", content: "within" }], { is_sidechain: true })],
    full: [message("a", [call("t")]), message("b", [answer("t")], { agent_id: "1" })],
  });
  expect(steps.map((step) => (step.kind === "message" ? step.message.id : step.kind))).toEqual([
    "a",
    "apart",
    "d",
    "back",
  ]);
});

test("a call that is never answered holds up nothing for long", async () => {
  const many = Array.from({ length: 200 }, (_, at) => message(`m${at}`, []));
  const steps = await told({
    "": [message("a", [call("t")]), ...many, message("z", [answer("t")])],
  });
  expect(steps.length).toBe(202);
});
