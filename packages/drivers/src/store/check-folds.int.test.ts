/** Folds of sessions in Postgres, damaged: told of with their place, and made again. */
import { afterAll, beforeEach, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { makeSettle } from "@verbatim/core";
import type { EventFields, EventName } from "@verbatim/core/sessions";
import { aHappened, anEventEntry } from "@verbatim/core/testing";
import { Client } from "pg";
import { testDatabaseUrl } from "../../test/services.ts";
import { checkFolds } from "./check-folds.ts";
import { openDeepStore } from "./deep.ts";
import { mendSums } from "./mend-sums.ts";
import { openWitness } from "./witness.ts";

const settle = makeSettle({ sha256: (data) => createHash("sha256").update(data).digest("hex") });
const url = await testDatabaseUrl();
const deep = openDeepStore(url);
const client = new Client({ connectionString: url });
await client.connect();

const heard = <Name extends EventName>(number: number, event: Name, fields: EventFields[Name]) =>
  aHappened(number, event, fields);

beforeEach(async () => {
  await deep.clear();
  await deep.claim("journal-1");
  const events = [
    heard(1, "session_started", { model: "opus" }),
    ...[2, 3, 4].map((number) =>
      heard(number, "message_said", { message_id: `m-${number}`, role: "user", content: "oh" }),
    ),
    heard(5, "message_deleted", { message_id: "m-3" }),
    heard(6, "note_written", { text: "a note" }),
    heard(7, "emotion_changed", { emotion: "anxious", intensity: 0.8, confidence: 0.7 }),
  ];
  for (const one of events) await deep.save([settle(anEventEntry(one))]);
});
afterAll(async () => {
  await client.end();
  await deep[Symbol.asyncDispose]();
});

const HARMS: readonly (readonly [sql: string, table: string, says: string])[] = [
  ["UPDATE verbatim.session_heads SET said = said + 1", "session_heads", "said"],
  ["UPDATE verbatim.session_heads SET kept = '{}'", "session_heads", "kept"],
  ["DELETE FROM verbatim.session_heads", "session_heads", "is missing"],
  ["DELETE FROM verbatim.session_members WHERE list <> 'removed'", "session_members", "is missing"],
  ["UPDATE verbatim.session_members SET seq = seq + 1", "session_members", "seq"],
  [
    "INSERT INTO verbatim.conversations VALUES (gen_random_uuid(), 'ada', 1)",
    "conversations",
    "is of no event",
  ],
];

test("V26: folds as they are kept are no difference, and looking changes nothing", async () => {
  expect(await checkFolds(url)).toEqual([]);
  const { rows } = await client.query("SELECT count(*)::int AS n FROM verbatim.session_events");
  expect(rows).toEqual([{ n: 7 }]);
});

test("V26, V27: each damage of a fold is told of with its table and columns, and is made again", async () => {
  for (const [sql, table, says] of HARMS) {
    await client.query(sql);
    const faults = await checkFolds(url);
    expect([sql, faults.some((one) => one.table === table && one.what.includes(says))]).toEqual([
      sql,
      true,
    ]);
    expect((await mendSums(url)).folds).toBe(1);
    expect(await checkFolds(url)).toEqual([]);
  }
});

test("V27: sessions and counts are made again from the messages that are saved", async () => {
  await client.query("UPDATE verbatim.sessions SET messages = messages + 5");
  await client.query("UPDATE verbatim.cursors SET messages = messages + 1, aside = 9");
  await using witness = openWitness(url);
  expect((await witness.disagreements()).map(({ table }) => table).toSorted()).toEqual([
    ...["cursors", "cursors", "sessions"],
  ]);
  expect(await mendSums(url)).toMatchObject({ sessions: 1, counts: 1 });
  expect(await witness.disagreements()).toEqual([]);
});

/** Until somebody waits for a lock of ours. */
async function somebodyWaits(): Promise<void> {
  const asked =
    "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
  while ((await client.query(asked)).rows.length === 0);
}

test("V47: who stops it in the middle of a statement is heard at once, and nothing is half done", async () => {
  await client.query("UPDATE verbatim.session_heads SET said = said + 1");
  const other = new Client({ connectionString: url });
  await other.connect();
  await other.query("BEGIN");
  await other.query("SELECT 1 FROM verbatim.cursors FOR UPDATE");
  const stopping = new AbortController();
  const mended = mendSums(url, stopping.signal).catch(() => "stopped");
  await somebodyWaits();
  stopping.abort();
  expect(await mended).toBe("stopped");
  await other.end();
  expect((await checkFolds(url)).length).toBeGreaterThan(0);
  await expect(mendSums(url, AbortSignal.abort())).rejects.toThrow();
  expect((await mendSums(url)).folds).toBe(1);
  expect(await checkFolds(url)).toEqual([]);
});
