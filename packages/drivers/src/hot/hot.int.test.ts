import { afterAll, beforeEach, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { HOT_MESSAGES, KEYS, makeSettle, type Settled } from "@verbatim/core";
import { anEntry } from "@verbatim/core/testing";
import { testRedisUrl } from "../../test/services.ts";
import { connectRedis } from "../redis/connect.ts";
import { openLiveFeed } from "./live.ts";
import { openHotStore } from "./store.ts";

const url = await testRedisUrl();
const redis = connectRedis(url, "reader");
const hot = openHotStore(url);
const settle = makeSettle({ sha256: (data) => createHash("sha256").update(data).digest("hex") });
const stretch = (from: number, to: number): Settled[] =>
  Array.from({ length: to - from + 1 }, (_, one) => settle(anEntry(from + one)));

beforeEach(async () => {
  await redis.flushall();
});
afterAll(async () => {
  redis.disconnect();
  await hot[Symbol.asyncDispose]();
});

async function state(): Promise<unknown> {
  return [
    await redis.zrange(KEYS.messagesSorted, "0", "-1", "WITHSCORES"),
    Object.entries(await redis.hgetall(KEYS.messagesData)).toSorted(),
    await redis.zrange(KEYS.sessionsActive, "0", "-1", "WITHSCORES"),
    await redis.get(KEYS.cursor),
    await redis.xlen(KEYS.liveStream),
  ];
}

test("M1: a stretch and its cursor are one step, and a hole is refused", async () => {
  await hot.apply(stretch(1, 3));
  expect(await hot.cursor()).toBe(3);
  await expect(hot.apply(stretch(5, 6))).rejects.toMatchObject({ code: "conflict" });
  expect(await hot.cursor()).toBe(3);
});

test("M2: applying again, or overlapping, changes nothing", async () => {
  await hot.apply(stretch(1, 10));
  const before = await state();
  await hot.apply(stretch(1, 10));
  await hot.apply(stretch(4, 8));
  expect(await state()).toEqual(before);
});

test("M3: the window is the newest by said_at whatever order they came in, and trimmed in both keys", async () => {
  const backwards = Array.from({ length: HOT_MESSAGES + 50 }, (_, one) => {
    const said = HOT_MESSAGES + 50 - one;
    return settle({ ...anEntry(said), seq: one + 1 });
  });
  await hot.apply(backwards);
  const window = await hot.window(HOT_MESSAGES * 2);
  expect(window).toHaveLength(HOT_MESSAGES);
  expect(window[0]?.id).toBe(`k-${HOT_MESSAGES + 50}`);
  expect(window.at(-1)?.id).toBe("k-51");
  expect(await redis.hlen(KEYS.messagesData)).toBe(HOT_MESSAGES);
});

test("M4: wiped and applied from the beginning it is the same again", async () => {
  await hot.apply(stretch(1, 40));
  const before = await state();
  await hot.clear();
  expect(await hot.cursor()).toBe(0);
  await hot.apply(stretch(1, 25));
  await hot.apply(stretch(26, 40));
  expect(await state()).toEqual(before);
});

test("file positions follow the newest record of each file", async () => {
  await hot.apply(
    [1, 2].map((seq) =>
      settle(
        anEntry(seq, {
          source: "jsonl",
          key: `a/b.jsonl#g@${(seq - 1) * 100}`,
          raw: new Uint8Array(100),
        }),
      ),
    ),
  );
  expect(await redis.hgetall(KEYS.filePositions)).toEqual({ "jsonl/a/b.jsonl": "g@200" });
  expect(await redis.smembers(KEYS.processedFiles)).toEqual(["jsonl/a/b.jsonl"]);
});

test("another journal's Redis is refused by name", async () => {
  await hot.claim("one");
  await hot.claim("one");
  await expect(hot.claim("two")).rejects.toMatchObject({
    code: "journal_foreign",
    facts: { theirs: "one" },
  });
});

test("a follower gets what it missed, what comes, and a gap where nobody knows any more", async () => {
  await using feed = openLiveFeed(url);
  await hot.apply(stretch(1, 5));
  const stop = new AbortController();
  const seen: unknown[] = [];
  const following = (async () => {
    for await (const event of feed.follow(2, stop.signal)) {
      seen.push(event.kind === "message" ? event.message.seq : event);
      if (seen.length === 3) await hot.apply(stretch(6, 7));
      if (seen.length === 5) break;
    }
  })();
  await following;
  expect(seen).toEqual([3, 4, 5, 6, 7]);
  expect(feed.followers()).toBe(0);

  await redis.xtrim(KEYS.liveStream, "MINID", "5-0");
  for await (const event of feed.follow(1, stop.signal)) {
    expect(event).toEqual({ kind: "gap", from: 2, to: 4 });
    break;
  }
});

test("what the stream has forgotten comes from the deep store where there is one", async () => {
  await hot.apply(stretch(1, 6));
  await redis.xtrim(KEYS.liveStream, "MINID", "5-0");
  const all = stretch(1, 6).flatMap((one) => one.messages);
  await using feed = openLiveFeed(url, {
    older: async (after, limit) => all.filter((one) => one.seq > after).slice(0, limit),
  });
  const seen: number[] = [];
  for await (const event of feed.follow(0, new AbortController().signal)) {
    if (event.kind === "message") seen.push(event.message.seq);
    if (seen.length === 6) break;
  }
  expect(seen).toEqual([1, 2, 3, 4, 5, 6]);
});
