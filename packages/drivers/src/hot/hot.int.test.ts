import { afterAll, beforeEach, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import {
  conversationsKey,
  HOT_MESSAGES,
  KEYS,
  makeSettle,
  type Settled,
  sessionKeys,
  sessionMember,
  userSessionsKey,
} from "@verbatim/core";
import { aHappened, anEntry, anEventEntry, hotContract } from "@verbatim/core/testing";
import { mortalRedis, testRedisUrl } from "../../test/services.ts";
import { connectRedis } from "../redis/connect.ts";
import { openHotStore } from "./store.ts";

const url = await testRedisUrl();
const redis = connectRedis(url, "reader");
const hot = openHotStore(url);
/** It claims, and writes only to what it has claimed. */
const claiming = openHotStore(url);
const opened: AsyncDisposable[] = [];
const settle = makeSettle({ sha256: (data) => createHash("sha256").update(data).digest("hex") });
const stretch = (from: number, to: number): Settled[] =>
  Array.from({ length: to - from + 1 }, (_, one) => settle(anEntry(from + one)));

beforeEach(async () => {
  await redis.flushall();
});
afterAll(async () => {
  redis.disconnect();
  for (const one of [hot, claiming, ...opened]) await one[Symbol.asyncDispose]();
});

hotContract("redis", async () => {
  await redis.flushall();
  const fresh = openHotStore(url);
  opened.push(fresh);
  return fresh;
});

async function state(): Promise<unknown> {
  return {
    window: await redis.zrange(KEYS.messagesSorted, "0", "-1", "WITHSCORES"),
    data: Object.entries(await redis.hgetall(KEYS.messagesData)).toSorted(),
    sessions: await redis.zrange(KEYS.sessionsActive, "0", "-1", "WITHSCORES"),
    files: Object.entries(await redis.hgetall(KEYS.filePositions)).toSorted(),
    cursor: await redis.get(KEYS.cursor),
    live: await redis.xrange(KEYS.liveStream, "-", "+"),
    known: await redis.zrange(KEYS.liveKnown, "0", "-1", "WITHSCORES"),
  };
}

/** Entries of which every third repeats an earlier message, said at another time, with a file and a session each. */
function tangled(count: number): readonly Settled[] {
  return Array.from({ length: count }, (_, at) => {
    const number = at % 3 === 2 ? (at * 7) % (at + 1) : at;
    const minute = String((at * 13) % 60).padStart(2, "0");
    const item = {
      id: `m-${number}`,
      session_id: `s-${at % 7}`,
      author: { name: "ada", role: "user" },
      said_at: `2026-01-01T${String((at * 5) % 24).padStart(2, "0")}:${minute}:00.000Z`,
      text: `entry ${at}`,
    };
    const raw = new TextEncoder().encode(JSON.stringify(item));
    return settle({ ...anEntry(at + 1), raw, key: `f-${at % 5}#g@${at}` });
  });
}

test("M4: a Redis that was emptied since it was claimed takes nothing until it is claimed again", async () => {
  await claiming.claim("one");
  await redis.flushall();
  await expect(claiming.apply(stretch(1, 5))).rejects.toMatchObject({ code: "conflict" });
  expect(await redis.dbsize()).toBe(0);
  await claiming.claim("one");
  await claiming.apply(stretch(1, 5));
  expect(await claiming.cursor()).toBe(5);
});

test("M4: no key of Redis shows how the entries were cut into stretches, also beyond the window", async () => {
  const all = tangled(HOT_MESSAGES * 2);
  await hot.apply(all);
  const whole = await state();
  for (const length of [1000, 333, 17]) {
    await hot.clear();
    for (let at = 0; at < all.length; at += length) await hot.apply(all.slice(at, at + length));
    expect(await state()).toEqual(whole);
  }
});

test("M4: a copy heard much later is a message again, and cutting does not show in that either", async () => {
  const LATE = 30_000;
  const item = (at: number, minute: number): Settled => {
    const said_at = `2026-01-01T00:${minute}:00.000Z`;
    const author = { name: "ada", role: "user" };
    const raw = { id: "copy", session_id: "s", author, said_at, text: `heard as ${at}` };
    const bytes = new TextEncoder().encode(JSON.stringify(raw));
    return settle({ ...anEntry(at), raw: bytes, seq: at });
  };
  const silent = (seq: number): Settled => ({ entry: anEntry(seq), messages: [], aside: "none" });
  const all = [item(1, 10), silent(2), silent(LATE - 1), item(LATE, 20), item(LATE + 1, 30)];
  await hot.apply(all);
  const whole = await state();
  expect((await hot.window(10)).map((one) => one.seq)).toEqual([LATE]);
  expect(await redis.xlen(KEYS.liveStream)).toBe(2);
  await hot.clear();
  await hot.apply(all.slice(0, 1));
  await hot.apply(all.slice(1, 3));
  await hot.apply(all.slice(3, 4));
  await hot.apply(all.slice(4));
  expect(await state()).toEqual(whole);
});

test("M7: of what is hidden Redis keeps no word: not in the window, not in the live feed, cut or not", async () => {
  const of = (seq: number, event: "message_said" | "message_deleted", id: string): Settled => {
    const said = { message_id: id, role: "user", content: `zanzibar ${id}` } as const;
    const fields = event === "message_said" ? said : { message_id: id };
    return settle(anEventEntry(aHappened(seq, event, fields)));
  };
  const all = [
    ...stretch(1, 3),
    of(4, "message_said", "m-1"),
    of(5, "message_said", "m-2"),
    of(6, "message_deleted", "m-1"),
    of(7, "message_deleted", "m-3"),
    of(8, "message_said", "m-3"),
    ...stretch(9, 9),
  ];
  const whole = async () => ({
    ...((await state()) as object),
    given: await redis.get(KEYS.liveGiven),
    hidden: (await redis.smembers(KEYS.messagesHidden)).toSorted(),
  });
  await hot.apply(all);
  const before = await whole();
  expect(await redis.xlen(KEYS.liveStream)).toBe(5);
  expect(await redis.get(KEYS.liveGiven)).toBe("5");
  expect(JSON.stringify(before)).not.toContain("zanzibar m-1");
  expect(JSON.stringify(before)).not.toContain("zanzibar m-3");
  expect(JSON.stringify(before)).toContain("zanzibar m-2");
  for (const length of [1, 2, 5]) {
    await hot.clear();
    for (let at = 0; at < all.length; at += length) await hot.apply(all.slice(at, at + length));
    expect(await whole()).toEqual(before);
  }
});

test("M7: a message that is much older than what is known as a repeat leaves the feed while the feed holds it", async () => {
  const silent = (seq: number): Settled => ({ entry: anEntry(seq), messages: [], aside: "none" });
  const LATE = 30_000;
  const fields = { message_id: "m-1", role: "user", content: "zanzibar" } as const;
  await hot.apply([settle(anEventEntry(aHappened(1, "message_said", fields))), silent(2)]);
  await hot.apply([{ ...silent(3), entry: anEntry(3) }, silent(LATE)]);
  const gone = aHappened(LATE + 1, "message_deleted", { message_id: "m-1" });
  await hot.apply([settle(anEventEntry(gone))]);
  expect(await redis.xlen(KEYS.liveStream)).toBe(0);
  expect(JSON.stringify(await state())).not.toContain("zanzibar");
});

test("M2: a message heard again is not told to followers again", async () => {
  const told: string[] = [];
  const listener = connectRedis(url, "worker");
  listener.on("message", (_channel: string, json: string) => told.push(JSON.parse(json).id));
  await listener.subscribe(KEYS.live);
  await hot.apply([...stretch(1, 3), settle({ ...anEntry(2), seq: 4 })]);
  await hot.apply([settle({ ...anEntry(3), seq: 5 }), settle({ ...anEntry(6), seq: 6 })]);
  while (told.at(-1) !== "k-6") await Bun.sleep(5);
  listener.disconnect();
  expect(told).toEqual(["k-1", "k-2", "k-3", "k-6"]);
  expect(await redis.xlen(KEYS.liveStream)).toBe(4);
});

test("wiping takes sessions, their indexes and conversations away too", async () => {
  await hot.apply(stretch(1, 3));
  await redis.hset(sessionKeys("ada", "a:b").metadata, "@whole", "1");
  await redis.zadd(userSessionsKey("ada"), 1, "a:b");
  await redis.zadd(KEYS.sessionsGlobal, 1, sessionMember("ada", "a:b"));
  await redis.hset(conversationsKey("telegram:1"), "g/1/bot", "1 {}");
  await redis.set(KEYS.sessionsMadeTo, 0);
  await hot.clear();
  expect(await redis.keys("*")).toEqual([]);
});

test("the window is trimmed in both of its keys", async () => {
  await hot.apply(stretch(1, HOT_MESSAGES + 50));
  expect(await redis.zcard(KEYS.messagesSorted)).toBe(HOT_MESSAGES);
  expect(await redis.hlen(KEYS.messagesData)).toBe(HOT_MESSAGES);
});

test("file positions follow the newest record of each file", async () => {
  const record = (seq: number): Settled =>
    settle(
      anEntry(seq, {
        source: "jsonl",
        key: `a/b.jsonl#g@${(seq - 1) * 100}`,
        raw: new Uint8Array(100),
      }),
    );
  await hot.apply([record(1), record(2)]);
  await hot.apply([record(1)]);
  expect(await redis.hgetall(KEYS.filePositions)).toEqual({ "jsonl/a/b.jsonl": "g@200" });
  expect(await redis.smembers(KEYS.processedFiles)).toEqual(["jsonl/a/b.jsonl"]);
});

test("M5: a full Redis refuses for now, half of nothing is in it, and the same stretch is taken later", async () => {
  await hot.apply(stretch(1, 5));
  const before = await state();
  await redis.config("SET", "maxmemory", "1");
  try {
    await expect(hot.apply(stretch(6, 9))).rejects.toMatchObject({ code: "redis_unreachable" });
  } finally {
    await redis.config("SET", "maxmemory", "0");
  }
  expect(await state()).toEqual(before);
  await hot.apply(stretch(6, 9));
  expect(await hot.cursor()).toBe(9);
});

test("a Redis that is killed and comes back is applied to as if nothing had been", async () => {
  const first = await mortalRedis();
  await using store = openHotStore(first.url);
  await store.apply(stretch(1, 5));
  process.kill(first.pid, "SIGKILL");
  await first.exited;
  await expect(store.apply(stretch(6, 9))).rejects.toMatchObject({ code: "redis_unreachable" });
  const second = await first.again();
  try {
    const from = (await store.cursor()) + 1;
    expect(from).toBeLessThanOrEqual(6);
    await store.apply(stretch(from, 9));
    expect(await store.cursor()).toBe(9);
    expect((await store.window(20)).map((one) => one.seq)).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1]);
  } finally {
    process.kill(second.pid, "SIGKILL");
  }
}, 30_000);
