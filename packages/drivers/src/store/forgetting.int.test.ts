/** Forgetting in Postgres: against a database made anew from the erased journal. */
import { afterAll, afterEach, beforeEach, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { type Entry, makeSettle, openSettledReader, SEGMENT_SEQS } from "@verbatim/core";
import { aHappened, anEntry, anEventEntry, anyHistory } from "@verbatim/core/testing";
import fc from "fast-check";
import { Client } from "pg";
import { testDatabaseUrl } from "../../test/services.ts";
import { checkFolds } from "./check-folds.ts";
import { openDeepStore } from "./deep.ts";
import { openForgetting } from "./forgetting.ts";
import { openLibrary } from "./library.ts";
import { openRebuilding } from "./rebuilding.ts";

const sha256 = (data: Uint8Array | string): string =>
  createHash("sha256").update(data).digest("hex");
const settle = makeSettle({ sha256 });
const url = await testDatabaseUrl();
const deep = openDeepStore(url);
const forgetting = openForgetting(url);
const library = openLibrary(url);
const client = new Client({ connectionString: url });
await client.connect();
beforeEach(begin);
// However they came to be, folds are what their events come to (V26).
afterEach(async () => {
  expect(await checkFolds(url)).toEqual([]);
});
afterAll(async () => {
  await client.end();
  for (const one of [deep, forgetting, library]) await one[Symbol.asyncDispose]();
});

async function begin(): Promise<void> {
  await deep.clear();
  await deep.claim("journal-1");
}

/** A journal in memory, and the same with some of it erased. */
const journalOf = (entries: readonly Entry[]) => ({
  read: async ({ from, to, entries: most }: { from: number; to: number; entries: number }) =>
    entries.filter(({ seq }) => seq >= from && seq <= to).slice(0, most),
});
const erasedIn = (entries: readonly Entry[], gone: ReadonlySet<number>): readonly Entry[] =>
  entries.map((entry) =>
    gone.has(entry.seq)
      ? { ...entry, key: "forgotten", raw: new Uint8Array(entry.raw.length).fill(32), erased: true }
      : entry,
  );

async function saveAll(entries: readonly Entry[]): Promise<void> {
  const reader = openSettledReader(journalOf(entries), settle);
  for (let from = 1; from <= entries.length; ) {
    const stretch = { from, to: entries.length, entries: 500, bytes: 1 << 30 };
    const settled = await reader.read(stretch);
    await deep.save(settled);
    from += settled.length;
  }
  while ((await deep.indexSome()) > 0);
}

/** Takes out what is gone, `most` entries at a time. */
async function forget(entries: readonly Entry[], gone: ReadonlySet<number>, most: number) {
  const after = openSettledReader(journalOf(erasedIn(entries, gone)), settle);
  const settleAll = async (seqs: readonly number[]) => {
    const found = seqs.map((seq) => after.read({ from: seq, to: seq, entries: 1, bytes: 1 }));
    return (await Promise.all(found)).flat();
  };
  const seqs = [...gone].toSorted((a, b) => a - b);
  const rest = { isGone: (seq: number) => gone.has(seq), settle: settleAll };
  for (let at = 0; at < seqs.length; at += most)
    await forgetting.part(await settleAll(seqs.slice(at, at + most)), rest);
  await forgetting.finish(seqs.map((seq) => [seq, seq]));
}

const TABLES = [
  ["messages", "seq, sub"],
  ["message_ids", "uid"],
  ["repeats", "seq, sub"],
  ["asides", "seq"],
  ["sessions", "session_id"],
  ["search_postings", "term, segment"],
  ["search_tail", "term, seq, sub"],
  ["session_events", "seq"],
  ["session_heads", "uid"],
  ["session_members", "uid, list, id"],
  ["conversations", "uid"],
  ["citations", "citation_id, seq"],
  ["snapshots", "snapshot_id"],
] as const;

async function everything(): Promise<Readonly<Record<string, unknown>>> {
  const found: Record<string, unknown> = {};
  for (const [table, order] of TABLES) {
    found[table] = (await client.query(`SELECT * FROM verbatim.${table} ORDER BY ${order}`)).rows;
  }
  const cursor = await client.query(
    "SELECT settled_to, stored, aside, repeats, messages, sealed_to, indexed_to FROM verbatim.cursors",
  );
  return { ...found, cursor: cursor.rows };
}

/** What the database holds after forgetting, and what one made from the erased journal holds. */
async function bothWays(entries: readonly Entry[], gone: ReadonlySet<number>, most: number) {
  await begin();
  await saveAll(entries);
  await forget(entries, gone, most);
  const forgotten = await everything();
  await forget(entries, gone, most);
  expect(await everything()).toEqual(forgotten);
  await begin();
  await saveAll(erasedIn(entries, gone));
  return { forgotten, anew: await everything() };
}

type Said = { readonly id: number; readonly session: string; readonly text: string };
const said: fc.Arbitrary<Said> = fc.record({
  id: fc.integer({ min: 1, max: 6 }),
  session: fc.constantFrom("s", "t"),
  text: fc.constantFrom("the wisteria", "a test of the queue", ""),
});

function posted(seq: number, { id, session, text }: Said): Entry {
  const item = { id: `m-${id}`, session_id: session, author: { name: "ada", role: "user" }, text };
  return anEntry(seq, { raw: new TextEncoder().encode(JSON.stringify(item)) });
}

test("S21: whatever is forgotten of messages, repeats and rubbish, the database is as if made anew without it", async () => {
  const rubbish = fc.constant(null);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof({ weight: 5, arbitrary: said }, rubbish), { minLength: 1, maxLength: 14 }),
      fc.uniqueArray(fc.integer({ min: 1, max: 14 }), { minLength: 1 }),
      fc.integer({ min: 1, max: 5 }),
      async (lines, chosen, most) => {
        const entries = lines.map((line, at) =>
          line === null ? anEntry(at + 1, { source: "nobody" }) : posted(at + 1, line),
        );
        // Whole sessions are forgotten: what one message means does not hang on another session's.
        const sessions = new Set(chosen.map((seq) => lines[seq - 1]?.session));
        const gone = new Set(
          lines.flatMap((line, at) => (sessions.has(line?.session) ? [at + 1] : [])),
        );
        if (gone.size === 0) return;
        const { forgotten, anew } = await bothWays(entries, gone, most);
        expect(forgotten).toEqual(anew);
      },
    ),
    { numRuns: 25 },
  );
}, 120_000);

test("S21: sessions and conversations of one user go with heads, citations and all; another's stay as they are", async () => {
  await fc.assert(
    fc.asyncProperty(anyHistory, fc.integer({ min: 1, max: 7 }), async (history, most) => {
      const entries = history.map((happened, at) => ({ ...anEventEntry(happened), seq: at + 1 }));
      const [first] = history;
      if (first === undefined) return;
      const mine = history.map(
        ({ event }) =>
          event.user_id === first.event.user_id && event.session_id === first.event.session_id,
      );
      const gone = new Set(mine.flatMap((isMine, at) => (isMine ? [at + 1] : [])));
      const { forgotten, anew } = await bothWays(entries, gone, most);
      expect(forgotten).toEqual(anew);
    }),
    { numRuns: 20 },
  );
}, 120_000);

test("S21: what was forgotten is not found in sealed parts of the text index, and everything else still is", async () => {
  const count = SEGMENT_SEQS + 20;
  const entries = Array.from({ length: count }, (_, at) => {
    const session = at % 500 === 0 ? "s" : "t";
    return posted(at + 1, {
      id: at + 1,
      session,
      text: session === "s" ? "wisteria" : `oak ${at}`,
    });
  });
  await saveAll(entries);
  const page = { limit: 5 };
  expect((await library.search("wisteria", {}, page)).rows.length).toBe(5);
  const gone = new Set(entries.flatMap(({ seq }) => ((seq - 1) % 500 === 0 ? [seq] : [])));
  await forget(entries, gone, 100);
  const { rows } = await client.query(
    "SELECT (SELECT count(*) FROM verbatim.search_postings WHERE term = 'wisteria') + (SELECT count(*) FROM verbatim.search_tail WHERE term = 'wisteria') AS n",
  );
  expect(Number(rows[0]?.n)).toBe(0);
  expect((await library.search("oak", { session: "t" }, page)).count).toBeGreaterThan(5);
  expect(await library.session("s")).toBe(null);
}, 60_000);

test("S21: an entry that has other words now is as if it always had them", async () => {
  const head = { conversation_id: "c", owner: "ada", generation: 1, reason: "compacted" } as const;
  const opened = (summary: string) =>
    anEventEntry(aHappened(2, "conversation_opened", { ...head, summary }));
  const first = anEventEntry(aHappened(1, "session_started", {}));
  const last = posted(3, { id: 1, session: "s", text: "x" });
  await saveAll([first, opened("to Zanzibar"), last]);
  const settled = settle(opened("nothing"));
  const rest = { isGone: () => false, settle: async () => [settled], reworded: [2] };
  for (const _ of [1, 2]) {
    expect(await forgetting.part([], rest)).toMatchObject({ messages: 0 });
    await forgetting.finish([[2, 2]]);
  }
  const forgotten = await everything();
  expect(JSON.stringify(forgotten)).not.toContain("Zanzibar");
  await begin();
  await saveAll([first, opened("nothing"), last]);
  expect(forgotten).toEqual(await everything());
});

test("S22: what is not saved yet is not taken out, and is asked for again", async () => {
  await saveAll([anEntry(1)]);
  const rest = { isGone: () => true, settle: async () => [] };
  await expect(forgetting.part([settle(anEntry(2))], rest)).rejects.toMatchObject({ code: "busy" });
});

test("S22: while the database is rebuilt nothing is taken out, and afterwards it is", async () => {
  const entries = [posted(1, { id: 1, session: "s", text: "wisteria" })];
  await saveAll(entries);
  const [erased] = erasedIn(entries, new Set([1]));
  const rest = { isGone: () => true, settle: async () => [] };
  const part = () => forgetting.part(erased === undefined ? [] : [settle(erased)], rest);
  const rebuilding = await openRebuilding(url);
  await expect(part()).rejects.toMatchObject({ code: "busy" });
  await rebuilding.abandon();
  await rebuilding[Symbol.asyncDispose]();
  expect(await part()).toMatchObject({ messages: 1 });
});

test("S22: a part that fails half-way leaves everything as it was", async () => {
  const entries = [1, 2, 3].map((seq) =>
    posted(seq, { id: 1, session: seq === 1 ? "s" : "t", text: "x" }),
  );
  await saveAll(entries);
  const before = await everything();
  const settled = erasedIn(entries, new Set([1]))
    .slice(0, 1)
    .map((entry) => settle(entry));
  const fails = async () => {
    throw new Error("the journal cannot be read");
  };
  const rest = { isGone: (seq: number) => seq === 1, settle: fails };
  await expect(forgetting.part(settled, rest)).rejects.toThrow("cannot be read");
  expect(await everything()).toEqual(before);
});

test("S21: asking Postgres to write over what went harms nothing", async () => {
  await saveAll([anEventEntry(aHappened(1, "session_closed", {}))]);
  const before = await everything();
  expect(await forgetting.wipe()).toBe(true);
  expect(await everything()).toEqual(before);
});
