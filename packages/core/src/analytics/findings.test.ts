import { expect, test } from "bun:test";
import type { EnrichedMessage } from "../message/message.ts";
import { aMessage, type MessageOver, memoryNumbers } from "../testing/memory-numbers.ts";
import type { Numbers } from "./port.ts";
import { gather } from "./report.ts";
import type { ReportAsk } from "./report-shape.ts";

const by = (name: string): MessageOver => ({ author: { name, role: "agent" } });
const findings = async (
  messages: readonly EnrichedMessage[],
  ask: Partial<ReportAsk> = {},
  asides = 0,
): Promise<readonly string[]> => {
  const numbers = memoryNumbers(messages, asides);
  const now = "2026-01-01T12:00:00.000Z";
  return (await gather(numbers, { domains: ["ui_ux", "data"], now, ...ask })).findings;
};

const TALK = [
  aMessage(1, { enrichment: { shl_tags: ["@Question-Open"], dialogue_acts: ["question"] } }),
  aMessage(2, {
    ...by("bob"),
    model: "m-1",
    usage: { input_tokens: 9 },
    enrichment: { cost_micro_usd: 2_500_000 },
  }),
  aMessage(3, {
    ...by("bob"),
    model: "m-2",
    usage: { input_tokens: 9 },
    enrichment: { cost_micro_usd: 500_000, chain_type: "unclassified" },
  }),
  aMessage(4, {
    ...by("eve"),
    parts: [
      { type: "text", content: "no" },
      { type: "tool_call", id: "1", name: "Bash", arguments: {} },
    ],
  }),
  aMessage(5, {
    author: { name: "tool", role: "tool" },
    parts: [{ type: "tool_call_response", id: "1", response: "", is_error: true }],
  }),
  aMessage(6, { ...by("eve"), enrichment: { shl_tags: ["@Status-Blocked"] } }),
];

test("each finding names the numbers it is made of", async () => {
  expect(await findings(TALK, {}, 1)).toEqual([
    "Most was said about ui_ux: 4 of 5 messages (80 %); 1 is of no domain.",
    "bob said the most of 3 speakers: 2 of 5 messages (40 %); the collaboration score is 58.24 of 100, held back most by message_consistency (14.29 of 100).",
    "Half of 2 answers came within 64 s, 60 s in the mean.",
    "0 questions without an answer and 1 report of blocked work are open; the newest is of 2026-01-01 by eve (seq 6).",
    "Model calls cost $3.00, $2.50 (83.3 %) of it m-1 in 1 call.",
    "Bash fails the most: 1 error in 1 call, of 1 error in 1 tool call of all tools.",
    "Of 6 messages 1 is left out (16.7 %): 1 by tools and systems. 1 record could not be read and lies aside.",
  ]);
});

test("what nobody understood is of no session, project or speaker", async () => {
  for (const ask of [{ session: "s" }, { project: "/p" }, { speaker: "bob" }])
    expect((await findings(TALK, ask, 9)).join(" ")).not.toContain("aside");
});

test("a finding whose numbers are missing is left out", async () => {
  expect(await findings([aMessage(1, { enrichment: { chain_type: "unclassified" } })])).toEqual([
    "No message that counts is of a domain of the taxonomy (0 of 1).",
    "ada is the only one who speaks, in 1 message; the collaboration score is 16.19 of 100, held back most by speaker_diversity (0 of 100).",
    "The one message counts.",
  ]);
});

test("the biggest change to the period before is said, and small ones are no news", async () => {
  const hour = (h: number, many: number): readonly EnrichedMessage[] =>
    Array.from({ length: many }, (_, at) =>
      aMessage(h * 100 + at, { said_at: new Date(Date.UTC(2026, 0, 1, h, at)).toISOString() }),
    );
  const since = "2026-01-01T11:00:00Z";
  const found = await findings([...hour(10, 5), ...hour(11, 40)], { since });
  expect(found).toContain(
    "The biggest change: messages that count went from 5 to 40 (+700 %) against the period before.",
  );
  const same = await findings([...hour(10, 2), ...hour(11, 1)], { since });
  expect(same.some((one) => one.startsWith("The biggest change: messages"))).toBe(false);
});

test("where nothing counts, the reasons are said", async () => {
  const empty = [1, 2].map((seq) =>
    aMessage(seq, { text: "{}", parts: [{ type: "text", content: "{}" }] }),
  );
  expect(await findings(empty)).toEqual(["Of 2 messages 2 are left out (100 %): 2 empty."]);
});

test("where there is nothing yet, it is said what to do", async () => {
  expect((await findings([]))[0]).toStartWith("Nothing is recorded yet: `verbatim up`");
  const elsewhere = await findings(TALK, {
    since: "2025-01-01T00:00:00Z",
    until: "2025-02-01T00:00:00Z",
  });
  expect(elsewhere).toEqual([
    "Nothing was recorded of what was asked for: take a longer time, or leave out the project, speaker or session.",
  ]);
  const numbers: Numbers = {
    ...memoryNumbers([]),
    together: (read) => read(numbers),
    counted: async () => ({ counted_to: 3, settled_to: 900, taxonomy: "t@1" }),
  };
  const { findings: catching } = await gather(numbers, {
    domains: [],
    now: "2026-01-01T00:00:00Z",
  });
  expect(catching).toEqual([
    "The numbers are still being counted: 3 of 900 entries of the journal so far. Ask again in a moment.",
  ]);
  const heard = await gather(memoryNumbers([]), {
    ...{ domains: [], now: "2026-01-01T00:00:00Z", heard_to: 700 },
  });
  expect(heard.findings[0]).toContain("still being counted: 0 of 700 entries");
});
