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

await deep.claim("journal-1");
await deep.save([
  said(1, "calm", { model: "model-a" }),
  said(2, "calm", answer(false)),
  said(3, "torn", { author: { name: "eve", role: "agent" }, model: "model-b" }),
  said(4, "torn", answer(true)),
]);

test("A44: what is hidden finds a session for nobody", async () => {
  const eve = { agent: "eve" };
  expect((await library.sessions(eve, { limit: 10 })).rows.length).toBe(1);
  await client.query("UPDATE verbatim.messages SET hidden = true WHERE author_name = 'eve'");
  expect((await library.sessions(eve, { limit: 10 })).rows).toEqual([]);
  await client.query("UPDATE verbatim.messages SET hidden = false WHERE author_name = 'eve'");
});

test("A44: sessions are found by who spoke, by model and by tools that failed, and by all of it at once", async () => {
  const found = async (filter: Parameters<typeof library.sessions>[0]) =>
    (await library.sessions(filter, { limit: 10 })).rows.map(({ session_id }) => session_id);
  expect((await found({})).toSorted()).toEqual(["calm", "torn"]);
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
