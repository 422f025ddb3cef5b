import { afterAll, beforeEach, expect, test } from "bun:test";
import {
  type Citation,
  type Happened,
  makeSnapshot,
  type PagedAsk,
  type SessionName,
} from "@verbatim/core/sessions";
import { aUuid } from "@verbatim/core/testing";
import { Client } from "pg";
import { heard, paged, said, saveIn, sha256 } from "../../test/saved-events.ts";
import { testDatabaseUrl } from "../../test/services.ts";
import { openDeepStore } from "./deep.ts";
import { openSessionLibrary } from "./session-library.ts";

const url = await testDatabaseUrl();
const deep = openDeepStore(url);
const library = openSessionLibrary(url, { scheme: "test" });
const client = new Client({ connectionString: url });
await client.connect();
const ADA: SessionName = { user_id: "ada", session_id: "s-1" };
const save = (events: readonly Happened[]): Promise<void> => saveIn(deep, events);

beforeEach(async () => {
  await deep.clear();
  await deep.claim("journal-1");
});
afterAll(async () => {
  await client.end();
  for (const one of [deep, library]) await one[Symbol.asyncDispose]();
});

test("S14: pages follow each other in both directions, also where one entry has two citations", async () => {
  const feel = { emotion: "exploring", intensity: 0.5, confidence: 0.75 } as const;
  const words = { role: "user", content: "oh", emotion: feel, is_breakthrough: true } as const;
  const events = Array.from({ length: 9 }, (_, at) =>
    heard(at + 1, "message_said", { message_id: `m-${at + 1}`, ...words }),
  );
  const gone = heard(10, "message_deleted", { message_id: "m-4" });
  await save([...events, gone]);
  const ids = [1, 2, 3, 5, 6, 7, 8, 9].map((number) => `m-${number}`);
  for (const limit of [1, 2, 3, 8, 100]) {
    const read = (ask: PagedAsk): ReturnType<typeof library.messages> => library.messages(ADA, ask);
    expect((await paged(read, limit)).map((one) => one.message_id)).toEqual(ids);
    expect((await paged(read, limit, true)).map((one) => one.message_id)).toEqual(ids.toReversed());
    expect((await paged((ask) => library.events(ADA, ask), limit)).length).toBe(10);
    const cited = await paged((ask) => library.citations({ user_id: "ada" }, ask), limit);
    expect(cited.map((one) => one.seq)).toEqual([
      ...[1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((seq) => [seq, seq]),
      10,
    ]);
  }
});

test("citations are found by session, user, type, time and status, and a session judges only its own", async () => {
  const feel = { emotion: "anxious", intensity: 0.5, confidence: 0.75 } as const;
  await save([
    heard(1, "emotion_changed", { ...feel, evidence: ["m-1"] }),
    heard(2, "milestone_reached", { description: "step", emotion: "happy" }, { user_id: "bob" }),
    heard(3, "citation_judged", { citation_id: aUuid(1), status: "verified", why: "seen" }),
    heard(4, "citation_judged", { citation_id: aUuid(1), status: "revoked" }, { user_id: "bob" }),
    heard(5, "citation_judged", { citation_id: aUuid(2), status: "revoked" }, { user_id: "bob" }),
    heard(6, "citation_judged", { citation_id: aUuid(2), status: "verified" }, { user_id: "bob" }),
  ]);
  const one = await library.citation(aUuid(1));
  expect(one).toMatchObject({
    status: "verified",
    uri: `test://citation/${aUuid(1)}`,
    evidence: ["m-1"],
    trail: [{ status: "verified", why: "seen", counted: true }],
  });
  const ids = async (filter: Parameters<typeof library.citations>[0]): Promise<readonly string[]> =>
    (await library.citations(filter, { limit: 9 })).rows.map((row: Citation) => row.citation_id);
  expect(await ids({ user_id: "ada" })).toEqual([aUuid(1)]);
  expect(await ids({ session_id: "s-1" })).toEqual([aUuid(1), aUuid(2)]);
  expect(await ids({ type: "milestone_recorded" })).toEqual([aUuid(2)]);
  expect(await ids({ status: "revoked" })).toEqual([aUuid(2)]);
  expect(await ids({ status: "verified" })).toEqual([aUuid(1)]);
  expect(await ids({ since: one?.at ?? "", until: new Date().toISOString() })).toContain(aUuid(1));
  expect(await ids({ until: one?.at ?? "" })).toEqual([]);
  expect(await library.citation("no such thing")).toBeNull();
  expect(await library.citation(aUuid(99))).toBeNull();
});

test("what was felt and reached off the record is in no list", async () => {
  const step = { description: "step", emotion: "happy" } as const;
  const events = [
    heard(1, "session_started", {}),
    heard(2, "off_record_set", { on: true }),
    heard(3, "milestone_reached", step),
    heard(4, "emotion_changed", { emotion: "anxious", intensity: 1, confidence: 1 }),
    heard(5, "off_record_set", { on: false }),
    heard(6, "milestone_reached", step),
    heard(7, "emotion_changed", { emotion: "curious", intensity: 1, confidence: 1 }),
  ];
  await save(events);
  expect((await library.sessionsOf("ada", 1))[0]?.milestone_count).toBe(1);
  const { rows } = await library.citations({}, { limit: 20 });
  expect(rows.map(({ seq }) => seq)).toEqual([1, 2, 5, 6, 7]);
  expect(rows.at(-1)?.event).toBe("emotion_changed_from_neutral_to_curious");
});

test("a snapshot is due after fifteen messages and at a close, and not again for itself", async () => {
  const messages = Array.from({ length: 14 }, (_, at) => said(at + 1));
  await save(messages);
  expect(await library.due(9)).toEqual([]);
  await save([said(15)]);
  expect(await library.due(9)).toEqual([ADA]);
  const taken = (number: number, seq: number): Happened =>
    heard(number, "snapshot_taken", {
      snapshot_id: aUuid(number),
      seq,
      sha256: "0".repeat(64),
      messages: 15,
    });
  await save([taken(16, 15)]);
  expect(await library.due(9)).toEqual([]);
  await save([said(17), heard(18, "session_closed", {})]);
  expect(await library.due(9)).toEqual([ADA]);
  await save([taken(19, 18)]);
  expect(await library.due(9)).toEqual([]);
});

test("S15: a snapshot comes back as it was saved, and is made again the same when it is no longer kept", async () => {
  await save(Array.from({ length: 9 }, (_, at) => said(at + 1)));
  const { snapshot, taken } = await made();
  expect(JSON.parse(snapshot.content).message_ids).toEqual(
    Array.from({ length: 9 }, (_, at) => `m-${at + 1}`),
  );
  await library.saveSnapshot(snapshot);
  await library.saveSnapshot(snapshot);
  expect(await library.readSnapshot(snapshot.snapshot_id)).toEqual(snapshot);
  const at = "2026-11-21T12:00:00.000Z";
  await save([{ event: taken, moment: { seq: 10, at } }, said(11)]);
  await client.query("TRUNCATE verbatim.snapshots");
  expect(await library.readSnapshot(snapshot.snapshot_id)).toEqual(snapshot);
  await client.query(
    'UPDATE verbatim.session_events SET event = event || \'{"content":"x","message_id":"y"}\' WHERE seq = 3',
  );
  expect(await library.readSnapshot(snapshot.snapshot_id)).toBeNull();
  expect(await library.readSnapshot(aUuid(77))).toBeNull();
  expect(await library.readSnapshot("no such thing")).toBeNull();
});

test("of a session's snapshots the newest are kept", async () => {
  for (const number of [1, 2, 3, 4, 5]) {
    await save([said(number)]);
    await library.saveSnapshot((await made()).snapshot);
  }
  const kept = await client.query("SELECT seq::int FROM verbatim.snapshots ORDER BY seq");
  expect(kept.rows.map(({ seq }) => seq)).toEqual([3, 4, 5]);
});

async function made(): Promise<NonNullable<ReturnType<typeof makeSnapshot>>> {
  const one = makeSnapshot(ADA, (await library.whole(ADA)).events, sha256);
  if (one === null) throw new Error("nothing to take a snapshot of");
  return one;
}
