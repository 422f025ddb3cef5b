import { afterAll, beforeEach, expect, test } from "bun:test";
import { conversationsKey, KEYS, sessionKeys, userSessionsKey } from "@verbatim/core";
import { conversationFrom, type Happened, HOT_SESSION_MESSAGES } from "@verbatim/core/sessions";
import { anyHistory } from "@verbatim/core/testing";
import fc from "fast-check";
import { testRedisUrl } from "../../test/services.ts";
import { ADA, DAY_MS, folded, heard, said, start } from "../../test/session-events.ts";
import { connectRedis } from "../redis/connect.ts";
import { openSessionStore } from "./store.ts";

const url = await testRedisUrl();
const redis = connectRedis(url, "reader");
const sessions = openSessionStore(url, "reader");
const other = openSessionStore(url, "reader");

beforeEach(async () => {
  await redis.flushall();
  await sessions.begin(0);
});
afterAll(async () => {
  redis.disconnect();
  for (const one of [sessions, other]) await one[Symbol.asyncDispose]();
});

const apply = async (...events: readonly Happened[]): Promise<boolean> => {
  let whole = false;
  for (const one of events) whole = await sessions.apply([one]);
  return whole;
};
const ownKeys = async (): Promise<readonly string[]> =>
  (await redis.keys("verbatim:session:*")).toSorted();

test("M11: events in any order, any number of times, by two writers, keep what the fold keeps", async () => {
  const history = anyHistory.map((events) => {
    const now = Date.now();
    return [start(), ...events].map(({ event, moment }, at) => ({
      event: { ...event, event_id: `00000000-0000-4000-8000-${String(at).padStart(12, "0")}` },
      moment: { seq: moment.seq + at, at: new Date(now + at).toISOString() },
    }));
  });
  const shuffled = history.chain((events) =>
    fc.tuple(
      fc.constant(events),
      fc.shuffledSubarray(events, { minLength: events.length }),
      fc.array(fc.constantFrom(...events), { maxLength: 6 }),
    ),
  );
  await fc.assert(
    fc.asyncProperty(shuffled, async ([events, once, again]) => {
      await redis.flushall();
      await sessions.begin(0);
      const order = [...once, ...again];
      const half = order.length >> 1;
      await Promise.all([
        ...order.slice(0, half).map((one) => sessions.apply([one])),
        ...order.slice(half).map((one) => other.apply([one])),
      ]);
      expect(await sessions.state(ADA)).toEqual(folded(events));
      await other.settle(events);
      expect(await sessions.state(ADA)).toEqual(folded(events));
    }),
    { numRuns: 60 },
  );
}, 60_000);

test("M11: conversations too: the highest generation holds, and two owners of one name do not meet", async () => {
  const opened = (number: number, generation: number, owner: string): Happened =>
    heard(
      number,
      "conversation_opened",
      { conversation_id: "telegram:1/2", owner, generation, reason: "cleared" },
      { session_id: `s-${number}` },
    );
  const all = [opened(1, 1, "a"), opened(2, 2, "a"), opened(3, 1, "a/b"), opened(4, 3, "a")];
  await apply(...all.toReversed(), ...all);
  for (const owner of ["a", "a/b"]) {
    const named = { owner, conversation_id: "telegram:1/2" };
    expect(await sessions.conversation(owner, "telegram:1/2")).toEqual(
      conversationFrom(named, all),
    );
  }
  expect(await sessions.conversation("b", "telegram:1/2")).toBeNull();
  expect((await sessions.ownersOf("telegram:1/2")).toSorted()).toEqual(["a", "a/b"]);
  expect(await sessions.ownersOf("nobody's")).toEqual([]);
  const fields = { conversation_id: "telegram:1/2", owner: "a", generation: 3 };
  await apply(heard(5, "conversation_deleted", fields, { session_id: "s-4" }), ...all);
  const deleted = await sessions.conversation("a", "telegram:1/2");
  expect(deleted).toMatchObject({ session_id: null, generation: 3 });
  await apply(opened(6, 4, "a"));
  expect(await sessions.conversation("a", "telegram:1/2")).toMatchObject({ session_id: "s-6" });
});

test("a conversation of which generations are missing is not here, until it is put back", async () => {
  const opened = (number: number): Happened =>
    heard(
      number,
      "conversation_opened",
      { conversation_id: "c", owner: "a", generation: number, reason: "cleared" },
      { session_id: `s-${number}` },
    );
  const all = [opened(1), opened(2), opened(3)];
  const whole = conversationFrom({ owner: "a", conversation_id: "c" }, all);
  await apply(opened(3));
  expect(await sessions.conversation("a", "c")).toBeNull();
  await sessions.restoreConversation(whole);
  expect(await sessions.conversation("a", "c")).toEqual(whole);
  expect(await redis.pttl(conversationsKey("c"))).toBeGreaterThan(6 * DAY_MS);
});

test("M12: all keys of a session expire together, counted from when it last went on", async () => {
  await apply(start(3), said(2, 2));
  const keys = await ownKeys();
  expect(keys.length).toBeGreaterThan(4);
  const ends = async (): Promise<ReadonlySet<number>> =>
    new Set(await Promise.all((await ownKeys()).map((key) => redis.pexpiretime(key))));
  const [end = 0, ...others] = await ends();
  expect(others).toEqual([]);
  expect(Math.abs(end - Date.now() - 5 * DAY_MS)).toBeLessThan(60_000);
  expect(await redis.zscore(KEYS.sessionsGlobal, "ada:s-1")).toBe(String(end));
  expect(await redis.pexpiretime(userSessionsKey("ada"))).toBe(end);

  await apply(heard(3, "note_written", { text: "a note" }));
  expect([...(await ends())]).toEqual([end]);
  await apply(heard(4, "milestone_reached", { description: "first", emotion: "happy" }));
  const [later = 0, ...rest] = await ends();
  expect(rest).toEqual([]);
  expect(later - end).toBeGreaterThan(1.9 * DAY_MS);

  await apply(heard(5, "ttl_changed", { ttl_days: 1 }));
  expect(await sessions.ttl(ADA)).toBeLessThan(86_400.1);
  expect(await sessions.expiring(86_401)).toEqual([ADA]);
  expect(await sessions.expiring(3600)).toEqual([]);
});

test("V35: what retention.json says counts at the next touch, and a session that said how long keeps to it", async () => {
  let days = 30;
  await using kept = openSessionStore(url, "reader", () => days);
  const leftDays = async (): Promise<number> =>
    Math.round((await redis.pttl(sessionKeys(ADA.user_id, ADA.session_id).metadata)) / DAY_MS);
  await kept.apply([start()]);
  expect(await leftDays()).toBe(30);
  expect((await kept.state(ADA))?.metadata.ttl_days).toBe(30);
  days = 2;
  await kept.touch(ADA);
  expect(await leftDays()).toBe(2);
  await kept.apply([heard(3, "ttl_changed", { ttl_days: 90 })]);
  expect(await leftDays()).toBe(90);
  expect((await kept.state(ADA))?.metadata.ttl_days).toBe(90);
});

test("M12: a touch gives every key its whole life again, and makes no session", async () => {
  expect(await sessions.touch(ADA)).toBe(false);
  expect(await ownKeys()).toEqual([]);
  await apply(start(6), said(2, 6));
  expect(await sessions.ttl(ADA)).toBeLessThan(86_401);
  expect(await sessions.touch(ADA)).toBe(true);
  const left = await Promise.all((await ownKeys()).map((key) => redis.pttl(key)));
  expect(Math.min(...left)).toBeGreaterThan(6.9 * DAY_MS);
  expect(Math.max(...left) - Math.min(...left)).toBeLessThan(5000);
});

test("M12: what is replayed after its time is not put back", async () => {
  await sessions.settle([start(9), said(2, 8)]);
  expect(await ownKeys()).toEqual([]);
  expect(await sessions.sessionsOf("ada")).toEqual([]);
  await sessions.settle([start(9), said(2, 8), said(3, 1)]);
  expect(await sessions.state(ADA)).toMatchObject({ counts: { messages: 2 } });
});

test("M14: the newest messages keep their words while all are counted, whatever was deleted and in whatever order", async () => {
  const count = HOT_SESSION_MESSAGES + 30;
  const events = [start(), ...Array.from({ length: count }, (_, at) => said(at + 2))];
  const gone = heard(500, "message_deleted", { message_id: `m-${count}` });
  await apply(...events, gone);
  const kept = await sessions.messages(ADA, 1000);
  expect(kept?.length).toBe(HOT_SESSION_MESSAGES - 1);
  expect(kept?.at(-1)?.message_id).toBe(`m-${count + 1}`);
  expect((await sessions.state(ADA))?.counts).toMatchObject({ messages: count - 1, deleted: 1 });
  expect(await redis.hlen(sessionKeys("ada", "s-1").messages)).toBe(HOT_SESSION_MESSAGES - 1);
  await redis.flushall();
  await sessions.begin(0);
  await apply(gone, ...events.toReversed());
  expect(await sessions.messages(ADA, 1000)).toEqual(kept ?? null);
  expect(await redis.hlen(sessionKeys("ada", "s-1").messages)).toBe(HOT_SESSION_MESSAGES - 1);
  await redis.flushall();
  await sessions.begin(0);
  await apply(...events.slice(0, -1), gone, ...events.slice(-1));
  expect(await sessions.messages(ADA, 1000)).toEqual(kept ?? null);
  expect((await sessions.messages(ADA, 3))?.map(({ message_id }) => message_id)).toEqual([
    `m-${count - 2}`,
    `m-${count - 1}`,
    `m-${count + 1}`,
  ]);
});

test("M15: ids of any characters have keys of their own", async () => {
  const names = [":", "a:b", "a", "a%3Ab", "*", "\n", "é/😀", "__proto__", "@whole"];
  const pairs = names.flatMap((user_id) => names.map((session_id) => ({ user_id, session_id })));
  const events = pairs.map((name, at) =>
    heard(at + 1, "session_started", { model: `model ${at}` }, name),
  );
  await sessions.settle(events);
  const states = await Promise.all(pairs.map((name) => sessions.state(name)));
  expect(states).toEqual(pairs.map((name) => folded(events, name)));
  const byUser = await Promise.all(names.map((user) => sessions.sessionsOf(user)));
  for (const ids of byUser) expect([...ids].toSorted()).toEqual(names.toSorted());
  const soon = await sessions.expiring(8 * 86_400);
  expect(soon.map((name) => JSON.stringify(name)).toSorted()).toEqual(
    pairs.map((name) => JSON.stringify(name)).toSorted(),
  );
});

test("a session that is dropped is gone from every list", async () => {
  await apply(start(), said(2));
  expect(await sessions.sessionsOf("ada")).toEqual(["s-1"]);
  await sessions.drop(ADA);
  expect(await ownKeys()).toEqual([]);
  expect(await sessions.sessionsOf("ada")).toEqual([]);
  expect(await sessions.expiring(9e6)).toEqual([]);
});
