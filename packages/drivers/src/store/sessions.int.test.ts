import { afterAll, beforeEach, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { makeSettle, type Settled } from "@verbatim/core";
import {
  type Citation,
  conversationFrom,
  type EventFields,
  type EventName,
  type Happened,
  makeSnapshot,
  messagesIn,
  newLedger,
  type PagedAsk,
  type SessionName,
  type SessionState,
  stateOf,
  withEvents,
} from "@verbatim/core/sessions";
import { aHappened, anEntry, anEventEntry, anyHistory, aUuid } from "@verbatim/core/testing";
import fc from "fast-check";
import { Client } from "pg";
import { testDatabaseUrl } from "../../test/services.ts";
import { openDeepStore } from "./deep.ts";
import { openSessionLibrary } from "./session-library.ts";

const sha256 = (data: Uint8Array | string): string =>
  createHash("sha256").update(data).digest("hex");
const settle = makeSettle({ sha256 });
const url = await testDatabaseUrl();
const deep = openDeepStore(url);
const library = openSessionLibrary(url, { scheme: "test" });
const client = new Client({ connectionString: url });
await client.connect();
const ADA: SessionName = { user_id: "ada", session_id: "s-1" };

beforeEach(async () => {
  await deep.clear();
  await deep.claim("journal-1");
});
afterAll(async () => {
  await client.end();
  for (const one of [deep, library]) await one[Symbol.asyncDispose]();
});

const entryOf = (one: Happened): Settled => settle(anEventEntry(one));
const isOf = ({ event }: Happened, { user_id, session_id }: SessionName): boolean =>
  event.user_id === user_id && event.session_id === session_id;

/** Saves events in a few stretches, entries of others between them. */
async function save(events: readonly Happened[]): Promise<void> {
  const from = (await deep.cursor()) + 1;
  const of = new Map(events.map((one) => [one.moment.seq, one]));
  const to = events.at(-1)?.moment.seq ?? 0;
  const all = Array.from({ length: Math.max(0, to - from + 1) }, (_, at) => {
    const one = of.get(from + at);
    return one === undefined ? settle(anEntry(from + at)) : entryOf(one);
  });
  const middle = all.length >> 1;
  await deep.save(all.slice(0, middle));
  await deep.save(all.slice(middle));
}

/** Everything the tables hold of sessions. */
async function tables(): Promise<unknown> {
  const all: Record<string, unknown> = {};
  for (const table of ["session_events", "session_heads", "conversations", "citations"]) {
    const found = await client.query(`SELECT row_to_json(t)::text AS row FROM verbatim.${table} t`);
    all[table] = found.rows.map(({ row }) => row).toSorted();
  }
  return all;
}

/** Every row of a list, page by page. */
async function paged<Row>(
  read: (ask: PagedAsk) => Promise<{ rows: readonly Row[]; next_seq: number | null }>,
  limit: number,
  newestFirst = false,
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  let next: number | null = newestFirst ? Number.MAX_SAFE_INTEGER : -1;
  while (next !== null) {
    const page = await read({
      limit,
      ...(newestFirst ? { before_seq: next } : { after_seq: next }),
    });
    rows.push(...page.rows);
    next = page.next_seq;
  }
  return rows;
}

const heard = <Name extends EventName>(
  number: number,
  event: Name,
  fields: EventFields[Name],
  over: { readonly user_id?: string; readonly session_id?: string } = {},
): Happened => aHappened(number, event, fields, over);
const said = (number: number, over = {}): Happened =>
  heard(
    number,
    "message_said",
    { message_id: `m-${number}`, role: "user", content: `word ${number}` },
    over,
  );
const opened = (number: number, generation: number, conversation_id = "telegram:1"): Happened =>
  heard(
    number,
    "conversation_opened",
    { conversation_id, owner: "bot", generation, reason: "first" },
    { session_id: `s-${number}` },
  );

test("D3: what is given of a session is the fold of what was saved, and its rows agree with it", async () => {
  await fc.assert(
    fc.asyncProperty(anyHistory, async (events) => {
      await deep.clear();
      await deep.claim("journal-1");
      await save(events);
      const up_to = events.at(-1)?.moment.seq ?? 0;
      expect(await library.whole(ADA)).toEqual({ name: ADA, events, up_to });
      const state = stateOf(withEvents(newLedger("ada", "s-1"), events));
      const isThere = events.length > 0;
      expect(await library.state(ADA)).toEqual(isThere ? state : null);
      expect(await library.sessionsOf("ada", 5)).toEqual(isThere ? [state.metadata] : []);
      expect(await paged((ask) => library.messages(ADA, ask), 2)).toEqual(
        messagesIn(events).filter(({ message_id }) => !state.deleted.includes(message_id)),
      );
      agrees(await paged((ask) => library.citations({}, ask), 3), state);
    }),
    { numRuns: 15 },
  );
}, 60_000);

/** Every change a state shows has its citation, told as the state tells it. */
function agrees(cited: readonly Citation[], state: SessionState): void {
  const known = new Map(cited.map((one) => [one.citation_id, one]));
  expect(known.size).toBe(cited.length);
  for (const { citation_id, from, emotion } of state.emotions)
    expect(known.get(citation_id)?.event).toBe(`emotion_changed_from_${from}_to_${emotion}`);
  for (const { citation_id } of [...state.milestones, ...state.breakthroughs])
    expect(known.has(citation_id)).toBe(true);
  for (const { citation_id, from, to } of state.models) {
    const one = known.get(citation_id);
    const expected =
      one?.type === "model_switch" ? `model_switched_from_${from ?? "none"}_to_${to}` : one?.event;
    expect(one?.event).toBe(expected);
  }
}

test("D1: saving twice is saving once, in whatever stretches, and making it again gives the same", async () => {
  const events = [
    opened(1, 1),
    said(2),
    heard(3, "emotion_changed", { emotion: "anxious", intensity: 0.8, confidence: 0.7 }),
    heard(4, "citation_judged", { citation_id: aUuid(3), status: "disputed" }),
    heard(5, "milestone_reached", { description: "first step", emotion: "happy" }),
    heard(6, "session_closed", {}),
  ];
  const entries = events.map(entryOf);
  await deep.save(entries.slice(0, 3));
  await deep.save(entries);
  await deep.save(entries.slice(2));
  const once = await tables();
  await deep.clear();
  expect(await library.state(ADA)).toBeNull();
  expect(await library.conversations("bot", 5)).toEqual([]);
  await deep.claim("journal-1");
  for (const entry of entries) await deep.save([entry]);
  expect(await tables()).toEqual(once);
  await deep.clear();
  await deep.claim("journal-1");
  await deep.save(entries);
  expect(await tables()).toEqual(once);
});

test("D1: a save that fails saves no event", async () => {
  const [bad] = [{ ...entryOf(said(2)), aside: null }];
  const broken = { ...bad, messages: [{ ...bad?.messages[0], said_at: "never" }] } as Settled;
  await expect(deep.save([entryOf(said(1)), broken])).rejects.toThrow();
  expect(await library.state(ADA)).toBeNull();
  expect(await deep.cursor()).toBe(0);
});

test("D2: an event that is heard again under another seq counts once", async () => {
  const first = heard(1, "milestone_reached", { description: "first step", emotion: "happy" });
  await save([first, { ...first, moment: { ...first.moment, seq: 2 } }, said(3)]);
  const state = await library.state(ADA);
  expect(state?.milestones.map(({ seq }) => seq)).toEqual([1]);
  expect((await library.sessionsOf("ada", 5))[0]?.milestone_count).toBe(1);
  expect((await library.citations({ type: "milestone_recorded" }, { limit: 5 })).rows.length).toBe(
    1,
  );
});

test("D4: pages follow each other in both directions, also where one entry has two citations", async () => {
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

test("conversations are the fold of their events, by owner, newest change first", async () => {
  const events = [
    opened(1, 1),
    opened(2, 1, "other:2"),
    opened(3, 2),
    heard(4, "conversation_deleted", {
      conversation_id: "other:2",
      owner: "bot",
      generation: 1,
    }),
  ];
  await save(events);
  const of = (conversation_id: string) =>
    conversationFrom({ owner: "bot", conversation_id }, events);
  expect(await library.conversation("bot", "telegram:1")).toEqual(of("telegram:1"));
  expect(await library.conversation("somebody else", "telegram:1")).toBeNull();
  expect(await library.conversations("bot", 5)).toEqual([of("other:2"), of("telegram:1")]);
  expect(await library.conversations("bot", 1)).toEqual([of("other:2")]);
});

test("another user's session of the same name is another session, whatever characters the names hold", async () => {
  const names = ["a", 'a","b', "é😀".repeat(200), "\\", "%"];
  const pairs = names.flatMap((user_id) => names.map((session_id) => ({ user_id, session_id })));
  const events = pairs.map((name, at) => said(at + 1, name));
  await save(events);
  for (const name of pairs) {
    const own = events.filter((one) => isOf(one, name));
    expect((await library.whole(name)).events).toEqual(own);
  }
  expect((await library.sessionsOf("a", 50)).length).toBe(names.length);
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

test("a snapshot comes back as it was saved, and is made again the same when it is no longer kept", async () => {
  const messages = Array.from({ length: 9 }, (_, at) => said(at + 1));
  await save(messages);
  const made = makeSnapshot(ADA, (await library.whole(ADA)).events, sha256);
  if (made === null) throw new Error("no snapshot");
  const { messages: count, ...snapshot } = made;
  expect(count).toBe(9);
  await library.saveSnapshot(snapshot);
  await library.saveSnapshot(snapshot);
  expect(await library.readSnapshot(snapshot.snapshot_id)).toEqual(snapshot);
  const { snapshot_id, seq, sha256: digest } = snapshot;
  await save([
    heard(10, "snapshot_taken", { snapshot_id, seq, sha256: digest, messages: count }),
    said(11),
  ]);
  await client.query("TRUNCATE verbatim.snapshots");
  expect(await library.readSnapshot(snapshot_id)).toEqual(snapshot);
  expect(await library.readSnapshot(aUuid(77))).toBeNull();
  expect(await library.readSnapshot("no such thing")).toBeNull();
});

test("of a session's snapshots the newest are kept", async () => {
  for (const number of [1, 2, 3, 4, 5]) {
    await save([said(number)]);
    const made = makeSnapshot(ADA, (await library.whole(ADA)).events, sha256);
    if (made !== null) await library.saveSnapshot(made);
  }
  const kept = await client.query("SELECT seq::int FROM verbatim.snapshots ORDER BY seq");
  expect(kept.rows.map(({ seq }) => seq)).toEqual([3, 4, 5]);
});

test("a stretch without events asks Postgres nothing about sessions", async () => {
  await deep.save([settle(anEntry(1)), settle(anEntry(2))]);
  expect(await tables()).toEqual({
    session_events: [],
    session_heads: [],
    conversations: [],
    citations: [],
  });
});
