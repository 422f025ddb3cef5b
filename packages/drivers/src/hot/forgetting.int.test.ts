/** Forgetting in Redis: what is gone, what stays, and that the feed goes on. */
import { afterAll, beforeEach, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { conversationsKey, KEYS, makeSettle, type Settled, sessionMember } from "@verbatim/core";
import { messageName } from "@verbatim/core/sessions";
import { anEntry } from "@verbatim/core/testing";
import { testRedisUrl } from "../../test/services.ts";
import { connectRedis } from "../redis/connect.ts";
import { openHotForgetting } from "./forgetting.ts";
import { openHotStore } from "./store.ts";

const url = await testRedisUrl();
const redis = connectRedis(url, "reader");
const hot = openHotStore(url);
const forgetting = openHotForgetting(url);
const settle = makeSettle({ sha256: (data) => createHash("sha256").update(data).digest("hex") });
const stretch = (from: number, to: number): Settled[] =>
  Array.from({ length: to - from + 1 }, (_, one) => settle(anEntry(from + one)));

beforeEach(async () => {
  await redis.flushall();
});
afterAll(async () => {
  redis.disconnect();
  for (const one of [hot, forgetting]) await one[Symbol.asyncDispose]();
});

const seqsOf = async (): Promise<readonly number[]> =>
  (await hot.window(100)).map(({ seq }) => seq).toSorted((a, b) => a - b);
const dumped = async (): Promise<string> => {
  const keys = await redis.keys("*");
  const dumps = await Promise.all(keys.map((key) => redis.dumpBuffer(key)));
  return dumps.map((dump) => dump?.toString("latin1") ?? "").join("") + keys.join(" ");
};

test("M21: messages of these places are in no key, not even as bytes; the others are where they were", async () => {
  await hot.apply(stretch(1, 12));
  expect(await dumped()).toContain("number 12 ");
  expect(
    await forgetting.messages([
      [2, 3],
      [11, 12],
    ]),
  ).toBe(4);
  expect(await seqsOf()).toEqual([1, 4, 5, 6, 7, 8, 9, 10]);
  expect((await redis.xrange(KEYS.liveStream, "-", "+")).map(([id]) => id)).toEqual(
    [1, 4, 5, 6, 7, 8, 9, 10].map((seq) => `${seq}-0`),
  );
  const bytes = await dumped();
  for (const gone of ['k-2"', 'k-3"', 'k-11"', 'k-12"', "api/k-12"])
    expect(bytes).not.toContain(gone);
});

test("M21: doing it again changes nothing, and what comes after is given as ever, and nothing of before again", async () => {
  await hot.apply(stretch(1, 3));
  for (let again = 0; again < 2; again += 1) await forgetting.messages([[1, 3]]);
  expect(await redis.get(KEYS.liveGiven)).toBe("0");
  await redis.set(KEYS.cursor, 0);
  await hot.apply(stretch(1, 4));
  expect((await redis.xrange(KEYS.liveStream, "-", "+")).map(([id]) => id)).toEqual(["4-0"]);
});

test("M21: a conversation of one owner goes, and the same name of another stays", async () => {
  const key = conversationsKey("tg:1");
  await redis.hset(key, {
    "g/1/a%2Fda": "1 {}",
    "d/a%2Fda": "2 null",
    "g/1/bob": "1 {}",
    "g/1/da": "1 {}",
  });
  await redis.zadd(KEYS.sessionsActive, 1, "s", 2, "t");
  await forgetting.conversation("a/da", "tg:1");
  const hidden = ["ada", "bob"].flatMap((user) => [
    `session/${messageName(user, "s", "m-1")}`,
    `off ${sessionMember(user, "s")}`,
  ]);
  await redis.sadd(KEYS.messagesHidden, ...hidden);
  await forgetting.sessions([
    { user_id: "ada", session_id: "s" },
    { user_id: null, session_id: "none" },
  ]);
  expect((await redis.smembers(KEYS.messagesHidden)).toSorted()).toEqual(
    hidden.slice(2).toSorted(),
  );
  expect((await redis.hkeys(key)).toSorted()).toEqual(["g/1/bob", "g/1/da"]);
  expect(await redis.zrange(KEYS.sessionsActive, "0", "-1")).toEqual(["t"]);
});

test("M21: what is not applied yet is not taken out, and is asked for again", async () => {
  await hot.apply(stretch(1, 2));
  await expect(forgetting.messages([[1, 3]])).rejects.toMatchObject({ code: "busy" });
  expect(await seqsOf()).toEqual([1, 2]);
});
