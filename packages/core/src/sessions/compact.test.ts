import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { compactPlan, summaryOf } from "./compact.ts";
import { SPEAKERS } from "./event.ts";
import type { SaidMessage } from "./kept.ts";
import { newLedger, stateOf, withEvents } from "./ledger.ts";

const sha256 = (data: Uint8Array | string): string =>
  createHash("sha256").update(data).digest("hex");
const said = (role: SaidMessage["role"], content: string, seq = 1): SaidMessage => ({
  message_id: `m-${seq}`,
  role,
  content,
  model: null,
  tokens: null,
  parent_message_id: null,
  at: "2026-11-21T10:00:00.000Z",
  seq,
});
const TALK = [
  said("user", "We need to ship the importer before Friday. Which database should it use?"),
  said("assistant", "Postgres fits: the importer needs transactions. We decided on Postgres then."),
  said("user", "Nice weather today. The importer should also keep transactions small."),
  said("assistant", "I will write the migration tomorrow."),
  said("user", "Who reviews the migration?"),
];

test("K10: a summary names decisions and open questions, in the order they were said", () => {
  expect(summaryOf(TALK)).toBe(
    [
      "Decisions:",
      "- assistant: We decided on Postgres then.",
      "- assistant: I will write the migration tomorrow.",
      "",
      "Open questions:",
      "- user: Who reviews the migration?",
      "",
      "What was said:",
      "- user: We need to ship the importer before Friday.",
      "- assistant: Postgres fits: the importer needs transactions.",
      "- user: Nice weather today.",
      "- user: The importer should also keep transactions small.",
    ].join("\n"),
  );
});

test("K10: where there is little room, what matters most stays", () => {
  const short = summaryOf(TALK, 200);
  expect(short).toContain("decided on Postgres");
  expect(short).not.toContain("weather");
});

test("K10: whatever was said, the summary fits, says nothing else and is not empty", () => {
  const content = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc
      .array(fc.constantFrom("We decided. ", "Why? ", "word ", "\n", "!", "x".repeat(50)))
      .map((all) => all.join("")),
  );
  const talk = fc.array(fc.tuple(fc.constantFrom(...SPEAKERS), content), { maxLength: 12 });
  fc.assert(
    fc.property(talk, fc.integer({ min: 1, max: 600 }), (turns, charsMax) => {
      const messages = turns.map(([role, text], at) => said(role, text, at));
      const summary = summaryOf(messages, charsMax);
      expect(summary.length).toBeLessThanOrEqual(charsMax);
      expect(summary.isWellFormed()).toBe(true);
      const words = messages.map((one) => one.content.replaceAll(/\s+/gu, " ")).join(" ");
      expect(summary === "").toBe(words.trim() === "");
      for (const line of summary.split("\n").filter((one) => one.startsWith("- ")))
        expect(words).toContain(line.replace(/^- \w+: /, "").replace(/…$/, ""));
    }),
    { numRuns: 500 },
  );
});

test("compacting opens the next generation, and links it to the one before", () => {
  const conversation = {
    owner: "bot",
    conversation_id: "telegram:1",
    session_id: "s-1",
    generation: 4,
    history: [],
  };
  const ask = { conversation, user_id: "ada", messages: TALK, sha256 };
  const plan = compactPlan(ask);
  if (plan.kind !== "open") throw new Error(plan.why);
  expect(plan.event).toMatchObject({
    event: "conversation_opened",
    generation: 5,
    reason: "compacted",
    previous_session_id: "s-1",
    summary: summaryOf(TALK),
  });
  expect(compactPlan(ask)).toEqual(plan);
  const given = compactPlan({ ...ask, summary: " ours " });
  expect(given).toMatchObject({ kind: "open", event: { summary: "ours" } });
  expect(compactPlan({ ...ask, summary: "  " })).toEqual(plan);
  expect(compactPlan({ ...ask, messages: TALK.slice(0, 2) }).kind).toBe("nothing");
  expect(compactPlan({ ...ask, conversation: { ...conversation, session_id: null } }).kind).toBe(
    "nothing",
  );
});

test("K20: what was summed up before goes on, and the model with it, once", () => {
  const conversation = {
    owner: "bot",
    conversation_id: "telegram:1",
    session_id: "s-2",
    generation: 2,
    history: [],
  };
  const ask = { conversation, user_id: "ada", messages: TALK, sha256, model: "opus" };
  const opened = (over: { summary?: string; earlier?: string }) => {
    const { earlier, ...more } = over;
    const before = earlier === undefined ? {} : { earlier: { summary: earlier } };
    const plan = compactPlan({ ...ask, ...more, ...before });
    if (plan.kind !== "open") throw new Error(plan.why);
    const moment = { seq: 9, at: "2026-11-21T10:00:00.000Z" };
    const { user_id, session_id } = plan.event;
    const ledger = newLedger(user_id, session_id);
    return stateOf(withEvents(ledger, [{ event: plan.event, moment }]));
  };
  const state = opened({ summary: "new", earlier: "old" });
  expect(state.opened?.summary).toBe("old\n\nnew");
  expect(state.metadata.last_model).toBe("opus");
  expect(opened({ summary: "old and new", earlier: "old" }).opened?.summary).toBe("old and new");
  expect(opened({ earlier: "old" }).opened?.summary).toBe(`old\n\n${summaryOf(TALK)}`);
  const long = opened({ summary: "new", earlier: "x".repeat(200_000) });
  expect(long.opened?.summary?.length).toBe(50_000 + 5);
});
