/** Sessions by what was said in them. */
import { afterAll, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { makeSettle, type Settled } from "@verbatim/core";
import { Client } from "pg";
import { testDatabaseUrl } from "../../test/services.ts";
import { openDeepStore } from "./deep.ts";
import { openLibrary } from "./library.ts";

const sha256 = (data: Uint8Array | string): string =>
  createHash("sha256").update(data).digest("hex");
const settle = makeSettle({ sha256 });
const url = await testDatabaseUrl();
const deep = openDeepStore(url);
const client = new Client({ connectionString: url });
await client.connect();
const library = openLibrary(url);
afterAll(async () => {
  await client.end();
  for (const one of [deep, library]) await one[Symbol.asyncDispose]();
});

function said(seq: number, session_id: string, more: object): Settled {
  const item = {
    id: `m-${seq}`,
    session_id,
    author: { name: "ada", role: "user" },
    text: "x",
    ...more,
  };
  const raw = new TextEncoder().encode(JSON.stringify(item));
  return settle({ seq, at: "2026-01-01T00:01:00.000Z", source: "api", key: `k-${seq}`, raw });
}
const answer = (is_error: boolean) => ({
  author: { name: "tool", role: "tool" },
  parts: [{ type: "tool_call_response", id: "t", response: "no", is_error }],
});
const call = (call_id: string, cost_usd: number) => ({
  model: "model-c",
  usage: { call_id, output_tokens: 1, cost_usd },
});

await deep.claim("journal-1");
await deep.save([
  said(1, "calm", { model: "model-a" }),
  said(2, "calm", answer(false)),
  said(3, "torn", { author: { name: "eve", role: "agent" }, model: "model-b" }),
  said(4, "torn", answer(true)),
  said(5, "paid", call("c-1", 1)),
  said(6, "paid", call("c-1", 1.5)),
  said(7, "paid", { ...call("c-2", 0.25), meta: { stream: "helper" } }),
  said(8, "free", call("c-3", 0)),
  said(9, "copied", call("c-1", 1.5)),
]);

test("A30: a project in a question leaves what was said in its sessions", async () => {
  await client.query("UPDATE verbatim.sessions SET project = '/deck' WHERE session_id = 'calm'");
  const seqs = async (project: string) =>
    (await library.messages({ project }, { limit: 10 })).rows.map(({ seq }) => seq);
  expect(await seqs("/deck")).toEqual([1, 2]);
  expect(await seqs("/de")).toEqual([]);
});

test("A30: a keyword in a question leaves what has it among the few that are counted", async () => {
  const four = ["keel", "mast", "sail", "rope"];
  await client.query(
    `UPDATE verbatim.messages SET enrichment = jsonb_set(enrichment, '{keywords}', $1) WHERE seq = 3`,
    [JSON.stringify(four)],
  );
  const seqs = async (keyword: string) =>
    (await library.messages({ keyword }, { limit: 10 })).rows.map(({ seq }) => seq);
  expect(await Promise.all(four.map(seqs))).toEqual([[3], [3], [3], []]);
  expect(await seqs("kee")).toEqual([]);
});

test("A30: of what counts in the numbers words are listed where they were said first", async () => {
  const seqs = async (counted: boolean) =>
    (await library.messages({ counted }, { limit: 10 })).rows.map(({ seq }) => seq);
  expect(await seqs(true)).toEqual([1]);
  expect((await seqs(false)).length).toBe(9);
});

test("A44: what is hidden finds a session for nobody", async () => {
  const eve = { agent: "eve" };
  expect((await library.sessions(eve, { limit: 10 })).rows.length).toBe(1);
  await client.query("UPDATE verbatim.messages SET hidden = true WHERE author_name = 'eve'");
  expect((await library.sessions(eve, { limit: 10 })).rows).toEqual([]);
  await client.query("UPDATE verbatim.messages SET hidden = false WHERE author_name = 'eve'");
});

test("A44: sessions are found by what they cost: each call once, where it was heard first, as its last message has it", async () => {
  const cost = async (min: number) => {
    const { rows } = await library.sessions({ min_cost_micro_usd: min }, { limit: 10 });
    return rows.map((row) => [row.session_id, row.cost_micro_usd]);
  };
  expect(await cost(1_750_000)).toEqual([["paid", 1_750_000]]);
  expect(await cost(1_750_001)).toEqual([]);
  expect((await cost(0)).toSorted()).toEqual([
    ["free", 0],
    ["paid", 1_750_000],
  ]);
  expect((await library.session("calm"))?.cost_micro_usd).toBeNull();
  expect((await library.session("paid"))?.cost_micro_usd).toBe(1_750_000);
});

test("A44: sessions are found by who spoke, by model and by tools that failed, and by all of it at once", async () => {
  const found = async (filter: Parameters<typeof library.sessions>[0]) =>
    (await library.sessions(filter, { limit: 10 })).rows.map(({ session_id }) => session_id);
  expect((await found({ until: "2027-01-01T00:00:00Z" })).length).toBe(5);
  expect(await found({ agent: "eve" })).toEqual(["torn"]);
  expect(await found({ model: "model-a" })).toEqual(["calm"]);
  expect(await found({ failed: true })).toEqual(["torn"]);
  expect(await found({ agent: "ada", failed: true })).toEqual([]);
  expect(await found({ agent: "eve", model: "model-b", failed: true, q: "to" })).toEqual(["torn"]);
  expect(await found({ project: "/elsewhere" })).toEqual([]);
  const first = await library.sessions({ agent: "tool" }, { limit: 1 });
  const second = await library.sessions(
    { agent: "tool" },
    { limit: 1, ...(first.next === null ? {} : { after: first.next }) },
  );
  expect([first, second].flatMap(({ rows }) => rows).length).toBe(2);
});
