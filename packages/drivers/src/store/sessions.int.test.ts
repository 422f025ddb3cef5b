import { afterAll, afterEach, beforeEach, expect, test } from "bun:test";
import type { Settled } from "@verbatim/core";
import {
  type Citation,
  conversationFrom,
  eventWithoutWords,
  type Happened,
  messagesIn,
  newLedger,
  openHidden,
  type SessionName,
  type SessionState,
  shownMessages,
  stateOf,
  withEvents,
} from "@verbatim/core/sessions";
import { anEntry, anyHistory, aUuid } from "@verbatim/core/testing";
import fc from "fast-check";
import { Client } from "pg";
import { entryOf, heard, paged, said, saveIn, settle } from "../../test/saved-events.ts";
import { testDatabaseUrl } from "../../test/services.ts";
import { checkFolds } from "./check-folds.ts";
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
// However they came to be, folds are what their events come to (V26).
afterEach(async () => {
  expect(await checkFolds(url)).toEqual([]);
});
afterAll(async () => {
  await client.end();
  for (const one of [deep, library]) await one[Symbol.asyncDispose]();
});

const isOf = ({ event }: Happened, { user_id, session_id }: SessionName): boolean =>
  event.user_id === user_id && event.session_id === session_id;

/** Everything the tables hold of sessions. */
async function tables(): Promise<unknown> {
  const all: Record<string, unknown> = {};
  for (const table of [
    "session_events",
    "session_heads",
    "session_members",
    "conversations",
    "citations",
  ]) {
    const found = await client.query(`SELECT row_to_json(t)::text AS row FROM verbatim.${table} t`);
    all[table] = found.rows.map(({ row }) => row).toSorted();
  }
  return all;
}

const opened = (number: number, generation: number, conversation_id = "telegram:1"): Happened =>
  heard(
    number,
    "conversation_opened",
    { conversation_id, owner: "bot", generation, reason: "first" },
    { session_id: `s-${number}` },
  );

/** Events as they are kept: of what is hidden, without the words. */
function kept(events: readonly Happened[]): readonly Happened[] {
  const hidden = openHidden();
  for (const one of events) hidden.take(one);
  return events.map(({ event, moment }) => {
    return { event: hidden.has(event, moment.seq) ? eventWithoutWords(event) : event, moment };
  });
}

test("S13: what is given of a session is the fold of what was saved, and its rows agree with it", async () => {
  await fc.assert(
    fc.asyncProperty(anyHistory, async (history) => {
      await deep.clear();
      await deep.claim("journal-1");
      await save(history);
      const events = kept(history);
      const up_to = events.at(-1)?.moment.seq ?? 0;
      const state = stateOf(withEvents(newLedger("ada", "s-1"), events));
      const whole = await library.whole(ADA);
      expect(whole.up_to).toBe(up_to);
      expect(whole.events.map(({ moment }) => moment)).toEqual(events.map(({ moment }) => moment));
      // The words of what is hidden are gone, and change nothing of it.
      expect(stateOf(withEvents(newLedger("ada", "s-1"), whole.events))).toEqual(state);
      const isThere = events.length > 0;
      expect(await library.state(ADA)).toEqual(isThere ? state : null);
      expect(await library.sessionsOf("ada", 5)).toEqual(isThere ? [state.metadata] : []);
      const said = await paged((ask) => library.messages(ADA, ask), 2);
      expect(shownMessages(state, said)).toEqual(shownMessages(state, messagesIn(events)));
      const ids = messagesIn(events).map(({ message_id }) => message_id);
      const left = ids.filter((id) => !state.deleted.includes(id));
      expect(said.map(({ message_id }) => message_id)).toEqual(left);
      expect(await checkFolds(url)).toEqual([]);
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

test("S11: a judgement that comes before its citation counts, however they are cut", async () => {
  const entries = [
    heard(1, "citation_judged", { citation_id: aUuid(3), status: "disputed" }),
    heard(2, "citation_judged", { citation_id: aUuid(3), status: "verified" }),
    heard(3, "emotion_changed", { emotion: "anxious", intensity: 0.8, confidence: 0.7 }),
  ].map(entryOf);
  for (const entry of entries) await deep.save([entry]);
  const cut = await tables();
  expect((await library.citations({ status: "verified" }, { limit: 5 })).rows).toHaveLength(1);
  await deep.clear();
  await deep.claim("journal-1");
  await deep.save(entries);
  expect(await tables()).toEqual(cut);
});

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
  expect(await library.conversations(null, 5)).toEqual([of("other:2"), of("telegram:1")]);
  expect(await library.settledTo()).toBe(4);
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
    session_members: [],
    conversations: [],
    citations: [],
  });
});
