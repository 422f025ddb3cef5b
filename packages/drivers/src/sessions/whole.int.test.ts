import { afterAll, beforeEach, expect, test } from "bun:test";
import { KEYS } from "@verbatim/core";
import type { Happened } from "@verbatim/core/sessions";
import { mortalRedis, testRedisUrl } from "../../test/services.ts";
import { ADA, folded, inParts, said, start } from "../../test/session-events.ts";
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
/** Everything up to here has been through the workers. */
const settledTo = async (seq: number): Promise<void> => void (await redis.set(KEYS.cursor, seq));

test("M13: a session that was here before is not whole by what comes after", async () => {
  const before = [start(20), said(2, 19), said(3, 18)];
  await settledTo(10);
  expect(await apply(said(11))).toBe(false);
  expect(await sessions.state(ADA)).toBeNull();
  expect(await sessions.messages(ADA, 10)).toBeNull();
  expect(await sessions.ttl(ADA)).toBeNull();
  expect(await sessions.sessionsOf("ada")).toEqual([]);
  // Somebody says again what began it: that makes nothing whole.
  expect(await apply(start())).toBe(false);
  await settledTo(12);
  // The deep store is not far enough: what lies between may be of this session.
  expect(await sessions.restore(inParts(before, 9))).toBe(false);
  expect(await sessions.state(ADA)).toBeNull();
  expect(await sessions.restore(inParts(before, 10))).toBe(true);
  expect((await sessions.state(ADA))?.counts.messages).toBe(3);
  const messages = await sessions.messages(ADA, 2);
  expect(messages?.map(({ message_id }) => message_id)).toEqual(["m-3", "m-11"]);
  expect(await apply(said(13))).toBe(true);
});

test("M13: a Redis that has not heard what it must have heard gives nothing", async () => {
  await apply(start(), said(2));
  await settledTo(10);
  expect((await sessions.state(ADA, 10))?.counts.messages).toBe(1);
  expect(await sessions.state(ADA, 11)).toBeNull();
  expect(await sessions.messages(ADA, 5, 11)).toBeNull();
});

test("M14: what was put back in outline keeps no words, and what follows it does", async () => {
  const old = [start(1), said(2), said(3)];
  await settledTo(5);
  expect(await sessions.restore(inParts(old, 0, { isOutline: true }))).toBe(false);
  expect(await sessions.restore(inParts([said(4)], 5))).toBe(true);
  expect((await sessions.state(ADA))?.counts.messages).toBe(3);
  const words = (await sessions.messages(ADA, 9))?.map(({ message_id }) => message_id);
  expect(words).toEqual(["m-4"]);
});

test("M11: what Redis has is left alone, and what it misses of it is made", async () => {
  const [began, second, third, other] = [start(), said(2), said(3), said(9)];
  await apply(began, second);
  // All known, some known, none known, and known under another seq.
  await sessions.settle([began, second]);
  expect(await sessions.state(ADA)).toEqual(folded([began, second]));
  await sessions.settle([began, second, third]);
  expect(await sessions.state(ADA)).toEqual(folded([began, second, third]));
  await sessions.settle([other]);
  expect(await sessions.state(ADA)).toEqual(folded([began, second, third, other]));
  await sessions.settle([{ ...other, moment: { ...other.moment, seq: 8 } }]);
  const [newest] = (await sessions.messages(ADA, 1)) ?? [];
  expect(newest?.seq).toBe(8);
});

test("M13: a session is restored in pieces, and whole with the last", async () => {
  const events = [start(1), ...Array.from({ length: 500 }, (_, at) => said(at + 2, 0.5))];
  await settledTo(600);
  expect(await sessions.restore(inParts(events, 599))).toBe(false);
  expect(await sessions.state(ADA)).toBeNull();
  expect(await sessions.restore(inParts(events, 600))).toBe(true);
  expect(await sessions.state(ADA)).toEqual(folded(events));
});

test("M13: wiped half way, nothing is given until the journal was gone through again", async () => {
  const events = [start(), ...Array.from({ length: 9 }, (_, at) => said(at + 2))];
  const eleventh = said(11);
  await apply(...events);
  await settledTo(10);
  await redis.flushall();
  // The API goes on before anybody has noticed.
  await apply(eleventh);
  expect(await sessions.state(ADA)).toBeNull();
  await sessions.begin(11);
  await sessions.settle(events.slice(0, 4));
  await settledTo(4);
  expect(await sessions.state(ADA)).toBeNull();
  expect(await sessions.messages(ADA, 5)).toBeNull();
  await redis.flushall();
  await sessions.begin(11);
  await sessions.settle(events.slice(0, 6));
  await settledTo(6);
  await sessions.settle([...events.slice(6), eleventh]);
  expect(await sessions.state(ADA)).toBeNull();
  await settledTo(11);
  expect(await sessions.state(ADA)).toEqual(folded([...events, eleventh]));
});

test("while Redis is away everything fails at once, and works when it is back", async () => {
  const first = await mortalRedis();
  await using hot = openSessionStore(first.url);
  await using patient = openSessionStore(first.url, "reader");
  await patient.begin(0);
  while (!(await isThere(hot))) await Bun.sleep(5);
  const began = start();
  expect(await hot.apply([began])).toBe(true);
  process.kill(first.pid, "SIGKILL");
  await first.exited;
  await expect(hot.state(ADA)).rejects.toMatchObject({ code: "redis_unreachable" });
  await expect(hot.ping()).rejects.toMatchObject({ code: "redis_unreachable" });
  const second = await first.again();
  try {
    while (!(await isThere(hot))) await Bun.sleep(5);
    await patient.begin(0);
    expect(await hot.apply([began])).toBe(true);
    expect(await hot.state(ADA)).toEqual(folded([began]));
  } finally {
    process.kill(second.pid, "SIGKILL");
  }
}, 30_000);

async function isThere(store: Pick<typeof sessions, "ping">): Promise<boolean> {
  return await store.ping().then(
    () => true,
    () => false,
  );
}
