import { afterAll, beforeEach, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import {
  type EnrichedMessage,
  KEYS,
  type LiveEvent,
  type LiveFeed,
  makeSettle,
  type Settled,
} from "@verbatim/core";
import { anEntry } from "@verbatim/core/testing";
import { mortalRedis, testRedisUrl } from "../../test/services.ts";
import { connectRedis } from "../redis/connect.ts";
import { type Older, openLiveFeed } from "./live.ts";
import { openHotStore } from "./store.ts";

const url = await testRedisUrl();
const redis = connectRedis(url, "reader");
const hot = openHotStore(url);
const settle = makeSettle({ sha256: (data) => createHash("sha256").update(data).digest("hex") });
const stretch = (from: number, to: number): Settled[] =>
  Array.from({ length: to - from + 1 }, (_, one) => settle(anEntry(from + one)));
const upTo = (seq: number): number[] => Array.from({ length: seq }, (_, one) => one + 1);

beforeEach(async () => {
  await redis.flushall();
});
afterAll(async () => {
  redis.disconnect();
  await hot[Symbol.asyncDispose]();
});

type Shown = number | string;
const shownOf = (event: LiveEvent): Shown =>
  event.kind === "message" ? event.message.seq : `gap ${event.from}-${event.to}`;

/** What a follower sees from a place on, until seq `last`; `each` is waited for after every event. */
async function seen(
  feed: LiveFeed,
  after: number,
  last: number,
  each: (seq: Shown) => Promise<void> = async () => {},
): Promise<readonly Shown[]> {
  const all: Shown[] = [];
  for await (const event of feed.follow(after, AbortSignal.timeout(20_000))) {
    all.push(shownOf(event));
    await each(shownOf(event));
    if (all.at(-1) === last) break;
  }
  return all;
}

/** A deep store that is settled so far. */
function deepTo(settled: number): {
  readonly older: Older;
  readonly olderTo: () => Promise<number>;
} {
  const all: EnrichedMessage[] = stretch(1, settled).flatMap((one) => one.messages);
  return {
    older: async (after, limit) => all.filter((one) => one.seq > after).slice(0, limit),
    olderTo: async () => settled,
  };
}

test("M6: a follower gets what it missed, and then what comes", async () => {
  await using feed = openLiveFeed(url);
  await hot.apply(stretch(1, 5));
  const all = await seen(feed, 2, 7, async (seq) => {
    if (seq === 5) await hot.apply(stretch(6, 7));
  });
  expect(all).toEqual([3, 4, 5, 6, 7]);
  expect(feed.followers()).toBe(0);
  expect(await feed.head()).toBe(7);
});

test("M6: what the stream has forgotten and nobody else has is a gap, named exactly", async () => {
  await using feed = openLiveFeed(url);
  await hot.apply(stretch(1, 6));
  await redis.xtrim(KEYS.liveStream, "MINID", "5-0");
  expect(await seen(feed, 1, 6)).toEqual(["gap 2-4", 5, 6]);
  expect(await seen(feed, 4, 6)).toEqual([5, 6]);
});

test("M6: what the stream has forgotten comes from the deep store where there is one", async () => {
  await hot.apply(stretch(1, 1200));
  await redis.xtrim(KEYS.liveStream, "MINID", "1150-0");
  await using feed = openLiveFeed(url, deepTo(1180));
  expect(await seen(feed, 0, 1200)).toEqual(upTo(1200));
});

test("M6: a deep store that is behind gives what it has, and the rest is a gap and not silence", async () => {
  await hot.apply(stretch(1, 10));
  await redis.xtrim(KEYS.liveStream, "MINID", "8-0");
  await using feed = openLiveFeed(url, deepTo(4));
  expect(await seen(feed, 0, 10)).toEqual([1, 2, 3, 4, "gap 5-7", 8, 9, 10]);
});

test("M6: a deep store that does not say how far it is has what it does not give told as a gap", async () => {
  await hot.apply(stretch(1, 10));
  await redis.xtrim(KEYS.liveStream, "MINID", "8-0");
  await using feed = openLiveFeed(url, { older: deepTo(4).older });
  expect(await seen(feed, 0, 10)).toEqual([1, 2, 3, 4, "gap 5-7", 8, 9, 10]);
});

test("M6: a deep store that is away is a gap, and the feed goes on", async () => {
  await hot.apply(stretch(1, 10));
  await redis.xtrim(KEYS.liveStream, "MINID", "8-0");
  const away = async (): Promise<never> => {
    throw new Error("away");
  };
  await using feed = openLiveFeed(url, { older: away, olderTo: away });
  expect(await seen(feed, 0, 10)).toEqual(["gap 1-7", 8, 9, 10]);
});

test("M6: entries that hold no message are no gap", async () => {
  const silent = (seq: number): Settled => ({ entry: anEntry(seq), messages: [], aside: "none" });
  await hot.apply([silent(1), silent(2), ...stretch(3, 4), silent(5), ...stretch(6, 6)]);
  await using feed = openLiveFeed(url);
  expect(await seen(feed, 0, 6)).toEqual([3, 4, 6]);
});

test("M6: several messages of one entry are told apart, also where the stream was cut between them", async () => {
  const [first, ...rest] = stretch(1, 3);
  const three = [0, 1, 2].flatMap((sub) =>
    (first?.messages ?? []).map((message) => ({ ...message, id: `part-${sub}`, sub })),
  );
  await hot.apply([{ entry: anEntry(1), messages: three, aside: null }, ...rest]);
  await redis.xtrim(KEYS.liveStream, "MINID", "1-1");
  await using feed = openLiveFeed(url);
  expect(await seen(feed, 0, 3)).toEqual(["gap 1-1", 2, 3]);
  await using whole = openLiveFeed(url, {
    older: async () => three,
    olderTo: async () => 1,
  });
  expect(await seen(whole, 0, 3)).toEqual([1, 1, 1, 2, 3]);
});

test("two hundred followers all get everything, and those at one place share a read", async () => {
  await using feed = openLiveFeed(url);
  await redis.config("RESETSTAT");
  const last = 40;
  const all = Array.from({ length: 200 }, () => seen(feed, 0, last));
  while (feed.followers() < 200) await Bun.sleep(1);
  for (let seq = 1; seq <= last; seq += 4) await hot.apply(stretch(seq, seq + 3));
  for (const one of await Promise.all(all)) expect(one).toEqual(upTo(last));
  const stats = await redis.info("commandstats");
  const reads = Number(/cmdstat_xrange:calls=(\d+)/.exec(stats)?.[1] ?? 0);
  expect(reads).toBeLessThan(200);
});

test("a follower that is slow loses nothing and holds up nobody", async () => {
  await using feed = openLiveFeed(url);
  const release = Promise.withResolvers<void>();
  const slow = seen(feed, 0, 3000, async (seq) => {
    if (seq === 1) await release.promise;
  });
  const quick = seen(feed, 0, 3000);
  for (let seq = 1; seq <= 3000; seq += 500) await hot.apply(stretch(seq, seq + 499));
  expect(await quick).toEqual(upTo(3000));
  release.resolve();
  expect(await slow).toEqual(upTo(3000));
});

test("followers stay while Redis is killed and started again, and get what comes after", async () => {
  const first = await mortalRedis();
  await using store = openHotStore(first.url);
  await using feed = openLiveFeed(first.url);
  const stop = new AbortController();
  const all: Shown[] = [];
  const following = (async () => {
    for await (const event of feed.follow(0, stop.signal)) all.push(shownOf(event));
  })();
  await store.apply(stretch(1, 3));
  while (all.at(-1) !== 3) await Bun.sleep(5);
  process.kill(first.pid, "SIGKILL");
  await first.exited;
  const second = await first.again();
  const from = (await store.cursor()) + 1;
  await store.apply(stretch(from, 6));
  while (all.at(-1) !== 6) await Bun.sleep(5);
  expect(all).toEqual(upTo(6));
  stop.abort();
  await following;
  process.kill(second.pid, "SIGKILL");
}, 30_000);

test("a Redis that was flushed is followed on from where the follower was, without a repeat", async () => {
  await using feed = openLiveFeed(url);
  await hot.apply(stretch(1, 5));
  const all = await seen(feed, 0, 7, async (seq) => {
    if (seq !== 5) return;
    await redis.flushall();
    await hot.apply(stretch(1, 3));
    await hot.apply(stretch(4, 7));
  });
  expect(all).toEqual(upTo(7));
});

test("a feed that is closed lets its followers go, also while Redis is away", async () => {
  const feed = openLiveFeed("redis://127.0.0.1:1/0");
  const following = seen(feed, 0, 1);
  while (feed.followers() < 1) await Bun.sleep(1);
  await feed[Symbol.asyncDispose]();
  expect(await following).toEqual([]);
});
