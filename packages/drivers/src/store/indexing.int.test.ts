/** Filling the text index on a real Postgres: what it holds in memory, and that everything is found all the same. */
import { afterAll, expect, spyOn, test } from "bun:test";
import { createHash } from "node:crypto";
import { makeSettle, type Settled } from "@verbatim/core";
import { anEntry } from "@verbatim/core/testing";
import { testDatabaseUrl } from "../../test/services.ts";
import { openPool } from "./connect.ts";
import { openDeepStore } from "./deep.ts";
import { indexSome } from "./indexing.ts";
import { openLibrary } from "./library.ts";

const MB = 1024 * 1024;
const settle = makeSettle({ sha256: (data) => createHash("sha256").update(data).digest("hex") });
const url = await testDatabaseUrl();
const deep = openDeepStore(url);
const library = openLibrary(url);
const pool = openPool(url, { max: 1 });
afterAll(async () => {
  for (const one of [deep, library]) await one[Symbol.asyncDispose]();
  await pool.end();
});

/** A message of about a megabyte that has one word of its own; a quarter of it is looked at for words. */
function long(seq: number): Settled {
  const item = {
    id: `long-${seq}`,
    session_id: "s",
    conversation_id: "telegram:1",
    author: { name: "ada", role: "user" },
    text: `only${seq} ${"lorem ipsum ".repeat(MB / 12)}`,
  };
  return settle(anEntry(seq, { raw: new TextEncoder().encode(JSON.stringify(item)) }));
}

/** Bytes of the rows of one answer, as far as it has rows. */
function bytesOf(answer: unknown): number {
  const rows = typeof answer === "object" && answer !== null && "rows" in answer ? answer.rows : [];
  return JSON.stringify(rows).length;
}

test("long messages are read a few megabytes at a time, none is left out, and all are found by words and filters", async () => {
  await deep.claim("journal-1");
  const COUNT = 14;
  for (let seq = 1; seq <= COUNT; seq += 1) await deep.save([long(seq)]);
  const client = await pool.connect();
  const asked = spyOn(client, "query");
  await client.query("BEGIN");
  expect(await indexSome(client)).toBe(COUNT);
  await client.query("COMMIT");
  const answers: unknown[] = await Promise.all(asked.mock.results.map(async (one) => one.value));
  asked.mockRestore();
  client.release();
  const most = Math.max(...answers.map(bytesOf));
  expect(most).toBeGreaterThan(MB / 2);
  expect(most).toBeLessThan(2 * MB);
  for (let seq = 1; seq <= COUNT; seq += 1) {
    const found = await library.search(`only${seq}`, { session: "s" }, { limit: 5 });
    expect(found.rows.map((one) => one.message.seq)).toEqual([seq]);
  }
  const all = await library.search("lorem", { user: "ada", role: "user" }, { limit: 50 });
  expect(all.rows).toHaveLength(COUNT);
}, 60_000);

test("words of a tail that is sent in pieces are found, of the first message and of the last", async () => {
  await deep.clear();
  await deep.claim("journal-1");
  const words = Array.from({ length: 600 }, (_, one) => `word${one}x${"y".repeat(50)}`).join(" ");
  const many = Array.from({ length: 100 }, (_, at) => {
    const item = { session_id: "s", author: { name: "ada", role: "user" }, text: words };
    return settle(anEntry(at + 1, { raw: new TextEncoder().encode(JSON.stringify(item)) }));
  });
  await deep.save(many);
  while ((await deep.indexSome()) > 0);
  for (const number of [0, 599]) {
    const word = `word${number}x${"y".repeat(50)}`;
    const found = await library.search(word, {}, { limit: 200 });
    expect(found.rows).toHaveLength(many.length);
  }
}, 60_000);
