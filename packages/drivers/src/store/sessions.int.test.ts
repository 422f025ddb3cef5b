import { afterAll, beforeEach, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { makeSettle, type Settled } from "@verbatim/core";
import {
  type Citation,
  conversationFrom,
  type EventFields,
  type EventName,
  type Happened,
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

test("S13: what is given of a session is the fold of what was saved, and its rows agree with it", async () => {
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

test("S13: a breakthrough that nobody put into words shows those of its message", async () => {
  const content = `${"wörter 😀 ".repeat(60)}end`;
  const words = { message_id: "m-1", role: "user", content, is_breakthrough: true } as const;
  const events = [heard(1, "message_said", words)];
  await save(events);
  const state = stateOf(withEvents(newLedger("ada", "s-1"), events));
  expect((await library.state(ADA))?.breakthroughs).toEqual(state.breakthroughs);
});

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

test("S11: saving twice is saving once, in whatever stretches, and making it again gives the same", async () => {
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

test("S11: a save that fails saves no event", async () => {
  const [bad] = [{ ...entryOf(said(2)), aside: null }];
  const broken = { ...bad, messages: [{ ...bad?.messages[0], said_at: "never" }] } as Settled;
  await expect(deep.save([entryOf(said(1)), broken])).rejects.toThrow();
  expect(await library.state(ADA)).toBeNull();
  expect(await deep.cursor()).toBe(0);
});

test("S12: an event that is heard again under another seq counts once", async () => {
  const first = heard(1, "milestone_reached", { description: "first step", emotion: "happy" });
  await save([first, { ...first, moment: { ...first.moment, seq: 2 } }, said(3)]);
  const state = await library.state(ADA);
  expect(state?.milestones.map(({ seq }) => seq)).toEqual([1]);
  expect((await library.sessionsOf("ada", 5))[0]?.milestone_count).toBe(1);
  expect((await library.citations({ type: "milestone_recorded" }, { limit: 5 })).rows.length).toBe(
    1,
  );
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

test("a stretch without events asks Postgres nothing about sessions", async () => {
  await deep.save([settle(anEntry(1)), settle(anEntry(2))]);
  expect(await tables()).toEqual({
    session_events: [],
    session_heads: [],
    conversations: [],
    citations: [],
  });
});
