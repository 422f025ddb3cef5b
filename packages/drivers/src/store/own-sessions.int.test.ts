/** What one user's key finds in a database that others' messages are in as well. */
import { afterAll, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { apiSourceOf, makeSettle, type Settled } from "@verbatim/core";
import { Client } from "pg";
import { testDatabaseUrl } from "../../test/services.ts";
import { openDeepStore } from "./deep.ts";
import { openLibrary } from "./library.ts";

const sha256 = (data: Uint8Array | string): string =>
  createHash("sha256").update(data).digest("hex");
const settle = makeSettle({ sha256 });

const url = await testDatabaseUrl();
const deep = openDeepStore(url);
const library = openLibrary(url);
const client = new Client({ connectionString: url });
await client.connect();
afterAll(async () => {
  await client.end();
  for (const one of [deep, library]) await one[Symbol.asyncDispose]();
});

const LONG = "l".repeat(300);

type Said = {
  readonly user?: string;
  readonly id?: string;
  readonly source?: string;
  readonly session?: string;
  readonly usage?: object;
};

/** One message of POST /v1/messages as it lies in the journal. */
function said(
  seq: number,
  { user, id = "the-same-id", source = "api", session = "s", usage }: Said,
): Settled {
  const item = {
    id,
    session_id: session,
    author: { name: "somebody", role: "user" },
    said_at: `2026-01-01T00:00:${String(seq).padStart(2, "0")}.000Z`,
    text: `words number${seq}`,
    ...(user === undefined ? {} : { meta: { user_id: user } }),
    ...(usage === undefined ? {} : { usage }),
  };
  const raw = new TextEncoder().encode(JSON.stringify(item));
  return settle({ seq, at: "2026-01-01T00:01:00.000Z", source, key: `k-${seq}`, raw });
}

const own = (user: string): string => apiSourceOf(user, sha256);

await deep.claim("journal-1");
await deep.save([
  said(1, { user: "ada", source: own("ada") }),
  said(2, { user: "bob", source: own("bob") }),
  said(3, { user: "ada" }),
  said(4, { source: own("nobody"), session: "other" }),
  said(5, { user: "ada", source: "bus" }),
  said(6, { user: `${LONG}1`, source: own("1") }),
  said(7, { user: `${LONG}2`, source: own("2"), session: "long" }),
  said(8, { user: "eve", source: own("eve"), session: "e", usage: { call_id: "a", cost_usd: 1 } }),
  said(9, { user: "eve", id: "another-id", session: "e", usage: { call_id: "a", cost_usd: 2 } }),
  said(10, { user: "dan", source: own("dan"), session: "e", usage: { cost_usd: 9 } }),
]);
while ((await deep.indexSome()) > 0);
const ASK = { limit: 10 } as const;
/** Of the messages above those that are the first of their ids: a source's ids are its own. */
const NEW_IDS = 9;

test("D2: the same id of two users is two messages, and each finds his own alone", async () => {
  const seqs = async (whose: string): Promise<readonly number[]> =>
    (await library.messages({ whose }, ASK)).rows.map((one) => one.seq);
  expect(await seqs("ada")).toEqual([1, 3]);
  expect(await seqs("bob")).toEqual([2]);
  expect(await seqs("carol")).toEqual([]);
  expect((await library.messages({ whose: "bob", session: "s" }, ASK)).rows.length).toBe(1);
  expect((await library.messages({}, { limit: 20 })).rows.length).toBe(NEW_IDS);
});

test("D3: search finds a user's own, also where names begin alike", async () => {
  const found = async (whose: string): Promise<readonly number[]> =>
    (await library.search("words", { whose }, ASK)).rows.map((one) => one.message.seq);
  expect(await found("ada")).toEqual([3, 1]);
  expect(await found("bob")).toEqual([2]);
  expect(await found("carol")).toEqual([]);
  expect(await found(`${LONG}1`)).toEqual([6]);
  expect(await found(`${LONG}2`)).toEqual([7]);
  expect((await library.search("number1", { whose: "bob" }, ASK)).rows).toEqual([]);
});

test("D3: a session that two users share by name is counted for each alone", async () => {
  const sessions = await library.sessions({ whose: "ada" }, ASK);
  expect(
    sessions.rows.map((one) => [one.session_id, one.messages, one.first_seq, one.last_seq]),
  ).toEqual([["s", 2, 1, 3]]);
  expect(await library.session("s", "bob")).toMatchObject({
    messages: 1,
    title: "words number2",
    first_seq: 2,
    last_seq: 2,
    models: [],
  });
  expect(await library.session("long", "bob")).toBeNull();
  expect((await library.sessions({ whose: "bob", q: "number2" }, ASK)).rows.length).toBe(1);
  expect((await library.sessions({ whose: "bob", q: "number1" }, ASK)).rows.length).toBe(0);
  expect((await library.sessions({ whose: "bob", project: "p" }, ASK)).rows).toEqual([]);
  const after = { seq: 3, sub: 0 };
  expect((await library.sessions({ whose: "ada" }, { ...ASK, after })).rows).toEqual([]);
});

test("D3: a session costs a user what was called for him", async () => {
  expect((await library.session("e", "eve"))?.cost_micro_usd).toBe(2_000_000);
  expect((await library.session("e", "dan"))?.cost_micro_usd).toBe(9_000_000);
  expect((await library.session("s", "ada"))?.cost_micro_usd).toBeNull();
  const ask = { whose: "eve", min_cost_micro_usd: 2_000_001 };
  expect((await library.sessions(ask, ASK)).rows).toEqual([]);
  expect((await library.sessions({ ...ask, min_cost_micro_usd: 2_000_000 }, ASK)).rows.length).toBe(
    1,
  );
});

test("a user's own are found by the index, not by looking at everybody's", async () => {
  await client.query("SET enable_seqscan = off");
  const whose = "CASE WHEN source ~ '^(session|api|api-[0-9a-f]{32})$' THEN meta->>'user_id' END";
  const plan = await client.query(
    `EXPLAIN SELECT seq FROM verbatim.messages WHERE ${whose} = 'ada' AND session_id = 's'`,
  );
  const text = plan.rows.map((row) => String(Object.values(row)[0])).join("\n");
  expect(text).toContain("Index Scan using messages_0_case_session_id");
  expect(text).toContain("session_id = 's'");
});
