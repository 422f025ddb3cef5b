import { afterAll, beforeEach, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { makeSettle, type Settled } from "@verbatim/core";
import { anEntry } from "@verbatim/core/testing";
import fc from "fast-check";
import { Client } from "pg";
import { testDatabaseUrl } from "../../test/services.ts";
import { copyRows } from "./copy.ts";
import { openDeepStore } from "./deep.ts";
import { openLibrary } from "./library.ts";
import { openWitness } from "./witness.ts";

const sha256 = (data: Uint8Array | string): string =>
  createHash("sha256").update(data).digest("hex");
const settle = makeSettle({ sha256 });
const stretch = (from: number, to: number): Settled[] =>
  Array.from({ length: to - from + 1 }, (_, one) => settle(anEntry(from + one)));

const url = await testDatabaseUrl();
const deep = openDeepStore(url);
const library = openLibrary(url);
const witness = openWitness(url);
const client = new Client({ connectionString: url });
await client.connect();
beforeEach(async () => {
  await deep.clear();
  await deep.claim("journal-1");
});
afterAll(async () => {
  await client.end();
  for (const one of [deep, library, witness]) await one[Symbol.asyncDispose]();
});

test("S1: saving is all or nothing, moves the cursor with it, and twice is once", async () => {
  await deep.save(stretch(1, 5));
  await deep.save(stretch(1, 5));
  await deep.save(stretch(3, 8));
  expect(await deep.cursor()).toBe(8);
  expect(await library.totals()).toMatchObject({ stored: 8, messages: 8, repeats: 0 });
  const [bad] = stretch(9, 9);
  const broken = {
    ...bad,
    messages: bad?.messages.map((one) => ({ ...one, said_at: "not a time" })),
  };
  await expect(
    deep.save([...stretch(9, 9), { ...broken, entry: anEntry(10) } as Settled]),
  ).rejects.toThrow();
  expect(await library.totals()).toMatchObject({ settled_to: 8, stored: 8 });
  await expect(deep.save(stretch(10, 11))).rejects.toMatchObject({ code: "conflict" });
});

test("S1: two writers at once save once", async () => {
  await using other = openDeepStore(url);
  await Promise.all([
    deep.save(stretch(1, 200)),
    other.save(stretch(1, 200)),
    deep.save(stretch(1, 200)),
  ]);
  expect(await library.totals()).toMatchObject({ settled_to: 200, stored: 200, messages: 200 });
});

test("S2: the first record of an id wins, later ones are repeats with their own bytes where these differ", async () => {
  const first = settle(anEntry(1));
  const same = settle({ ...anEntry(1), seq: 2, key: "copy" });
  const other = settle({
    ...anEntry(1),
    seq: 3,
    raw: new TextEncoder().encode(
      '{"id":"k-1","session_id":"s","author":{"name":"b","role":"user"},"text":"other"}',
    ),
  });
  await deep.save([first, same, other]);
  const { rows } = await library.messages({}, { limit: 10 });
  expect(rows.map((one) => [one.seq, one.text])).toEqual([[1, first.messages[0]?.text ?? ""]]);
  expect(await library.totals()).toMatchObject({ stored: 3, repeats: 2, messages: 1 });
  expect((await witness.traces(1, 10)).map((one) => [one.outcome, one.sha256])).toEqual([
    ["stored", sha256(first.entry.raw)],
    ["repeat", sha256(same.entry.raw)],
    ["repeat", sha256(other.entry.raw)],
  ]);
});

test("S3: every entry is stored, a repeat or aside, and real counts say the same", async () => {
  const odd = settle(anEntry(3, { source: "nobody" }));
  await deep.save([...stretch(1, 2), odd, settle({ ...anEntry(1), seq: 4 }), ...stretch(5, 6)]);
  const totals = await library.totals();
  expect(totals.stored + totals.aside).toBe(totals.settled_to);
  expect(totals).toMatchObject({ stored: 5, aside: 1, repeats: 1, messages: 4 });
  const { rows } = await client.query(
    "SELECT (SELECT count(*)::int FROM verbatim.messages) AS m, (SELECT count(*)::int FROM verbatim.repeats) AS r, (SELECT count(*)::int FROM verbatim.asides) AS a",
  );
  expect(rows[0]).toEqual({ m: 4, r: 1, a: 1 });
  expect((await library.aside({ limit: 5 })).rows).toMatchObject([
    { seq: 3, why: "no parser for source nobody" },
  ]);
});

test("S4: the raw bytes of every entry come back, whatever they are", async () => {
  const raws = fc.sample(fc.uint8Array({ maxLength: 2000 }), 40);
  const settled = raws.map((raw, at) =>
    settle(
      anEntry(at + 1, {
        source: at % 2 === 0 ? "nobody" : "claude-code",
        key: `f.jsonl#1@${at * 5000}`,
        raw,
      }),
    ),
  );
  await deep.save(settled);
  expect((await witness.traces(1, 100)).map((one) => one.sha256)).toEqual(raws.map(sha256));
});

test("S4: names with NUL are kept as far as Postgres has text for them, and stop nothing", async () => {
  const key = "a\0b\ud800";
  const item = { session_id: "s", author: { name: "ada", role: "user" }, text: "no id of its own" };
  const raw = new TextEncoder().encode(JSON.stringify(item));
  const first = settle(anEntry(1, { key, raw }));
  const again = settle({ ...anEntry(2, { key, raw }) });
  const odd = settle(anEntry(3, { key, source: "no\0body" }));
  await deep.save([first, again, odd]);
  const clean = "a\ufffdb\ufffd";
  expect((await library.messages({}, { limit: 5 })).rows).toMatchObject([{ seq: 1, id: clean }]);
  expect((await library.aside({ limit: 5 })).rows).toMatchObject([
    { seq: 3, key: clean, source: "no\ufffdbody" },
  ]);
  const { rows } = await client.query("SELECT key FROM verbatim.repeats");
  expect(rows).toEqual([{ key: clean }]);
  expect((await witness.traces(1, 5)).map((one) => one.outcome)).toEqual([
    "stored",
    "repeat",
    "aside",
  ]);
});

test("S5: every message is found by its words from the moment it is indexed, before and after sealing", async () => {
  const total = 8192 + 300;
  for (let from = 1; from <= total; from += 2000)
    await deep.save(stretch(from, Math.min(total, from + 1999)));
  while ((await deep.indexSome()) > 0);
  expect((await library.totals()).indexed_to).toBe(total);
  for (const seq of [1, 77, 8192, 8193, total]) {
    const found = await library.search(`number ${seq}`, {}, { limit: 5 });
    expect(found.rows.map((one) => one.message.seq)).toContain(seq);
  }
  const broad = await library.search("journal", {}, { limit: 20 });
  expect(broad.rows.map((one) => one.message.seq)).toEqual(
    Array.from({ length: 20 }, (_, one) => total - one),
  );
  expect(broad).toMatchObject({ count: 1000, count_capped: true });
}, 60_000);

test("pages of a search follow each other without a hole or a repeat, with filters and phrases", async () => {
  await deep.save(stretch(1, 100));
  while ((await deep.indexSome()) > 0);
  const seen: number[] = [];
  for (let after: { seq: number; sub: number } | null | undefined; after !== null; ) {
    const page: Awaited<ReturnType<typeof library.search>> = await library.search(
      "message about",
      { session: "s-1" },
      { limit: 7, ...(after === undefined ? {} : { after }) },
    );
    seen.push(...page.rows.map((one) => one.message.seq));
    after = page.next;
  }
  expect(seen).toEqual(Array.from({ length: 34 }, (_, one) => 100 - one * 3));
  expect(
    (await library.search('"number 42 about"', {}, { limit: 5 })).rows.map(
      (one) => one.message.seq,
    ),
  ).toEqual([42]);
  expect((await library.search("message -journal", {}, { limit: 5 })).rows).toEqual([]);
  expect(
    (await library.search("numb* 9", {}, { limit: 5 })).rows.map((one) => one.message.seq),
  ).toEqual([9]);
  await expect(library.search("-x", {}, { limit: 5 })).rejects.toMatchObject({
    code: "input_invalid",
  });
});

test("sessions come by what was said in them last; bookkeeping says nothing and has no time", async () => {
  const one = (seq: number, session: string, kind: "message" | "record", day: string): Settled[] =>
    stretch(seq, seq).map((settled) => ({
      ...settled,
      messages: settled.messages.map((message) => ({
        ...message,
        session_id: session,
        kind,
        said_at: `2026-01-${day}T00:00:00.000Z`,
      })),
    }));
  await deep.save(one(1, "newest", "message", "09"));
  await deep.save(one(2, "empty", "record", "20"));
  await deep.save(one(3, "old", "record", "20"));
  await deep.save([...one(4, "old", "message", "03"), ...one(5, "old", "record", "21")]);
  await deep.save([...one(6, "older", "record", "21"), ...one(7, "older", "message", "02")]);
  const seen: (readonly [string, string])[] = [];
  for (let after: { seq: number; sub: number } | null | undefined; after !== null; ) {
    const ask = { limit: 1, ...(after === undefined ? {} : { after }) };
    const page: Awaited<ReturnType<typeof library.sessions>> = await library.sessions({}, ask);
    for (const row of page.rows) seen.push([row.session_id, row.last_said_at.slice(8, 10)]);
    after = page.next;
  }
  expect(seen).toEqual([
    ["newest", "09"],
    ["old", "03"],
    ["older", "02"],
    ["empty", "20"],
  ]);
  expect(await library.totals()).toMatchObject({ messages: 7, said: 3, sessions: 4 });
});

test("sessions are summed up the same whatever stretches they came in", async () => {
  await deep.save(stretch(1, 30));
  const whole = await library.sessions({}, { limit: 10 });
  await deep.clear();
  await deep.claim("journal-1");
  for (let seq = 1; seq <= 30; seq += 7) await deep.save(stretch(seq, Math.min(30, seq + 6)));
  expect(await library.sessions({}, { limit: 10 })).toEqual(whole);
  expect(whole.rows[0]).toMatchObject({
    session_id: "s-0",
    messages: 10,
    user_turns: 10,
    last_seq: 30,
  });
});

test("a dropped schema is made again by the next claim, and another journal is refused", async () => {
  await deep.save(stretch(1, 3));
  await expect(deep.claim("journal-2")).rejects.toMatchObject({ code: "journal_foreign" });
  await client.query("DROP SCHEMA verbatim CASCADE");
  await expect(deep.cursor()).rejects.toMatchObject({ code: "postgres_unreachable" });
  await deep.claim("journal-2");
  expect(await deep.cursor()).toBe(0);
});

test("known ids are told with the journal they are of, and nothing beyond its cursor", async () => {
  const entries = stretch(1, 5);
  await deep.save(entries);
  const of = (seq: number) => ({
    seq,
    sha256: sha256(entries[seq - 1]?.entry.raw ?? ""),
    journal_id: "journal-1",
    settled_to: 5,
  });
  expect([...(await library.known("api", ["k-2", "k-5", "k-9"]))].toSorted()).toEqual([
    ["k-2", of(2)],
    ["k-5", of(5)],
  ]);
  expect((await library.known("claude-code", ["k-2"])).size).toBe(0);
  await client.query("UPDATE verbatim.cursors SET settled_to = 3");
  expect([...(await library.known("api", ["k-2", "k-5"])).keys()]).toEqual(["k-2"]);
  await client.query("DELETE FROM verbatim.cursors");
  expect((await library.known("api", ["k-2"])).size).toBe(0);
});

test("migrators that race make one schema", async () => {
  const fresh = await testDatabaseUrl();
  const stores = Array.from({ length: 5 }, () => openDeepStore(fresh));
  await Promise.all(stores.map((store) => store.claim("j")));
  expect(await stores[0]?.cursor()).toBe(0);
  for (const store of stores) await store[Symbol.asyncDispose]();
}, 60_000);

test("C1: any text and any bytes arrive by COPY as they were put in", async () => {
  await client.query("CREATE TABLE IF NOT EXISTS copied (t text, b bytea, n int8, j jsonb)");
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("\0", "\ud800")) }),
      fc.uint8Array(),
      fc.maxSafeInteger(),
      async (text, bytes, number) => {
        const clean = text.replaceAll("\0", "\ufffd").toWellFormed();
        const rows = copyRows();
        rows.row(4);
        rows.text(text);
        rows.bytes(bytes);
        rows.int8(number);
        rows.json({ clean });
        const { from } = await import("pg-copy-streams");
        await client.query("TRUNCATE copied");
        const stream = client.query(from("COPY copied FROM STDIN WITH (FORMAT binary)"));
        await new Promise<void>((resolve, reject) => {
          stream.once("finish", () => resolve());
          stream.once("error", reject);
          stream.end(rows.finish());
        });
        const found = await client.query("SELECT * FROM copied");
        expect(found.rows[0]).toMatchObject({ t: clean, n: String(number), j: { clean } });
        expect([...found.rows[0].b]).toEqual([...bytes]);
      },
    ),
    { numRuns: 40 },
  );
});
