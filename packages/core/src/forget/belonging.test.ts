/** Which entries belong to what is forgotten: against a plain definition, and the cases that are easy to get wrong. */
import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { apiSourceOf } from "../access/whose.ts";
import { type Entry, fileKey } from "../message/heard.ts";
import { parse } from "../sources/parse.ts";
import { anEntry } from "../testing/samples.ts";
import { aHappened, anEventEntry } from "../testing/session-samples.ts";
import { type ForgetWhat, hidden, offeredForget } from "./ask.ts";
import { openBelonging } from "./belonging.ts";
import { inParts } from "./ranges.ts";

const sha256 = (data: Uint8Array | string): string =>
  createHash("sha256").update(data).digest("hex");

function planOf(entries: readonly Entry[], what: ForgetWhat) {
  const belonging = openBelonging(hidden(what, sha256), sha256);
  const reads = entries.map((entry) => ({ entry, messages: parse(entry, sha256).messages }));
  for (const read of reads) belonging.learn(read);
  for (const read of reads) belonging.decide(read);
  const plan = belonging.plan("5a3b1c9e-0000-4000-8000-000000000001");
  return { ...plan, seqs: [...inParts(plan.ranges, 1000)].flat() };
}

const json = (value: object): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

function posted(seq: number, over: { session?: string; user?: string; source?: string }): Entry {
  const { session = "s", user, source = "api" } = over;
  const meta = user === undefined ? {} : { meta: { user_id: user } };
  const item = {
    id: `m-${seq}`,
    session_id: session,
    author: { name: "x", role: "user" },
    text: "hm",
  };
  return anEntry(seq, { source, raw: json({ ...item, ...meta }) });
}

function said(seq: number, user_id: string, session_id: string): Entry {
  const fields = { message_id: `m-${seq}`, role: "user", content: "hm" } as const;
  const happened = aHappened(seq, "message_said", fields);
  return anEventEntry({ ...happened, event: { ...happened.event, user_id, session_id } });
}

function opened(seq: number, owner: string, conversation_id: string, session_id: string): Entry {
  const fields = { conversation_id, owner, generation: 1, reason: "first" } as const;
  const happened = aHappened(seq, "conversation_opened", fields);
  return anEventEntry({ ...happened, event: { ...happened.event, user_id: owner, session_id } });
}

function line(seq: number, path: string, session: string | null): Entry {
  const key = fileKey({ path, generation: "1", offset: seq * 10 });
  const record = {
    type: "user",
    uuid: `u-${seq}`,
    sessionId: session,
    timestamp: "2026-01-01T00:00:00Z",
    message: { role: "user", content: "hm" },
  };
  const raw = session === null ? new TextEncoder().encode("rubbish\n") : json(record);
  return anEntry(seq, { source: "claude-code", key, raw });
}

test("Y12: a session is everything of its name, whoever said it; with a user, only that user's", () => {
  const entries = [
    posted(1, { user: "ada" }),
    posted(2, { user: "bob" }),
    said(3, "ada", "s"),
    said(4, "bob", "s"),
    said(5, "ada", "t"),
    posted(6, {}),
  ];
  expect(planOf(entries, { session_id: "s" }).seqs).toEqual([1, 2, 3, 4, 6]);
  expect(planOf(entries, { session_id: "s", user_id: "ada" }).seqs).toEqual([1, 3]);
  expect(planOf(entries, { session_id: "t", user_id: "bob" }).seqs).toEqual([]);
});

test("Y12: a user is all of their sessions, what their key sent, and what others recorded in sessions only they have", () => {
  const entries = [
    posted(1, { user: "ada" }),
    said(2, "ada", "only hers"),
    posted(3, { session: "z", source: apiSourceOf("ada", sha256) }),
    posted(4, { session: "z", source: apiSourceOf("bob", sha256) }),
    said(5, "bob", "s"),
    posted(6, { session: "only hers" }),
    posted(7, { session: "s" }),
    line(8, "a.jsonl", "only hers"),
    opened(9, "ada", "telegram:1", "of telegram"),
  ];
  const plan = planOf(entries, { user_id: "ada" });
  expect(plan.seqs).toEqual([1, 2, 3, 6, 8, 9]);
  expect(plan.conversations).toEqual([{ owner: "ada", conversation_id: "telegram:1" }]);
  expect(plan.sessions).toContainEqual({ user_id: "ada", session_id: "of telegram" });
});

test("Y12: a conversation is the sessions it opened and what names it, and no other of its user", () => {
  const entries = [
    opened(1, "ada", "telegram:1", "one"),
    said(2, "ada", "one"),
    said(3, "ada", "other"),
    opened(4, "bob", "telegram:1", "one"),
    said(5, "bob", "one"),
  ];
  const plan = planOf(entries, { user_id: "ada", conversation_id: "telegram:1" });
  expect(plan.seqs).toEqual([1, 2]);
});

test("Y12: what nobody could read goes with a file that holds nothing of others, and stays in one that does", () => {
  const entries = [
    line(1, "mine.jsonl", null),
    line(2, "mine.jsonl", "s"),
    line(3, "mine.jsonl", null),
    line(4, "both.jsonl", null),
    line(5, "both.jsonl", "s"),
    line(6, "both.jsonl", "t"),
    line(7, "theirs.jsonl", null),
    line(8, "theirs.jsonl", "t"),
  ];
  const plan = planOf(entries, { session_id: "s" });
  expect(plan.seqs).toEqual([1, 2, 3, 5]);
  expect(plan.files).toEqual([
    { source: "claude-code", path: "mine.jsonl", whole: true },
    { source: "claude-code", path: "both.jsonl", whole: false },
  ]);
});

test("Y11: what asks for it names nobody, and is never forgotten itself", () => {
  const what = { user_id: "ada@example.org", conversation_id: "telegram:77" };
  const asked = offeredForget({
    receipt_id: "5a3b1c9e-0000-4000-8000-000000000001",
    what: hidden(what, sha256),
    reason: null,
  });
  const text = new TextDecoder().decode(asked.raw) + asked.key;
  expect([text.includes("ada"), text.includes("77")]).toEqual([false, false]);
  const entry = anEntry(1, asked);
  expect(planOf([entry], { session_id: "verbatim" }).seqs).toEqual([]);
});

test("Y22: of one message what says it, deletes it or rests on it belongs, and nothing else of its session", () => {
  const breakthrough = aHappened(
    4,
    "breakthrough_recorded",
    { insight: "hm", category: "insight", confidence: 1, trigger_message_id: "m-1" },
    { session_id: "s" },
  );
  const deleted = aHappened(5, "message_deleted", { message_id: "m-1" }, { session_id: "s" });
  const entries = [
    said(1, "ada", "s"),
    said(2, "ada", "s"),
    { ...said(1, "ada", "t"), seq: 3 },
    anEventEntry(breakthrough),
    anEventEntry(deleted),
    { ...posted(1, { user: "bob" }), seq: 6 },
    { ...posted(1, { user: "ada" }), seq: 7 },
  ];
  const what = { session_id: "s", message_id: "m-1" };
  expect(planOf(entries, { ...what, user_id: "ada" }).seqs).toEqual([1, 4, 5, 7]);
  expect(planOf(entries, what).seqs).toEqual([1, 4, 5, 6, 7]);
  // What comes soon after it is read again: what it means may hang on it.
  const late = said(5000, "ada", "s");
  expect(planOf([...entries, late], { ...what, user_id: "ada" }).neighbours).toEqual([2, 6]);
});
