/** Sessions through both settlers on a real journal, Redis and Postgres, with Redis emptied in between. */
import { afterAll, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Heard, type Log, makeSettle, type Offered, type Receipt } from "@verbatim/core";
import { type Happened, offeredEvent, type SessionName } from "@verbatim/core/sessions";
import { aHappened, aHeard } from "@verbatim/core/testing";
import { openHotStore } from "@verbatim/drivers/hot";
import { openJournal, openJournalReader } from "@verbatim/drivers/journal";
import { openSessionStore } from "@verbatim/drivers/sessions";
import { openDeepStore, openSessionLibrary } from "@verbatim/drivers/store";
import { testDatabaseUrl, testRedisUrl } from "@verbatim/drivers/testing";
import type { Consumer } from "./pipeline.ts";
import { takeHot } from "./sessions.ts";
import { settlerOf } from "./settler.ts";
import { doSnapshots } from "./snapshots.ts";

const log: Log = { info: () => {}, warn: () => {}, error: () => {} };
const sha256 = (data: Uint8Array | string): string =>
  createHash("sha256").update(data).digest("hex");
const redisUrl = await testRedisUrl();
const databaseUrl = await testDatabaseUrl();
const hot = openHotStore(redisUrl);
const sessions = openSessionStore(redisUrl, "reader");
const deep = openDeepStore(databaseUrl);
const library = openSessionLibrary(databaseUrl);
const folder = mkdtempSync(join(tmpdir(), "verbatim-sessions-"));
const writer = await openJournal({ dir: folder, program: "test" });
const journal = openJournalReader(folder);
const never = new AbortController().signal;
afterAll(async () => {
  await writer.close();
  await journal.close();
  for (const one of [hot, sessions, deep, library]) await one[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const ADA: SessionName = { user_id: "ada", session_id: "telegram:1" };
const parts = {
  ...{ afterwards: async () => {}, tell: () => {}, journal, log },
  settling: async () => makeSettle({ sha256 }),
};
const hotConsumer = (into: Pick<typeof sessions, "settle">): Consumer => ({
  ...hot,
  name: "redis",
  take: (stretch) => takeHot(stretch, hot, into),
});
const hotParts = {
  claim: async () => {
    await hot.claim("journal");
    await sessions.begin(await journal.last());
  },
  ...parts,
};
const hotSettler = settlerOf({ ...hotParts, consumer: hotConsumer(sessions) });
const deepSettler = settlerOf({
  consumer: { ...deep, name: "postgres", take: (stretch) => deep.save(stretch) },
  claim: () => deep.claim("journal"),
  ...parts,
});

/** An event as it is heard now. */
function heardOf({ event }: Pick<Happened, "event">): Heard {
  return heardNow(offeredEvent(event));
}

function heardNow({ source, key, raw }: Offered): Heard {
  return { source, key, raw, at: new Date().toISOString() };
}

test("M13: what the settlers make of a session is the same in both stores, and after Redis was emptied", async () => {
  const start = aHappened(1, "session_started", { model: "opus" }, ADA);
  const messages = Array.from({ length: 40 }, (_, at) =>
    aHappened(
      at + 2,
      "message_said",
      { message_id: `m-${at}`, role: "user", content: `word ${at}`, is_breakthrough: at % 9 === 0 },
      ADA,
    ),
  );
  const heard = [start, ...messages].flatMap((one, at) => [heardOf(one), aHeard(at + 1)]);
  await writer.append(heard);
  const upTo = writer.durable();
  await Promise.all([hotSettler.reach(upTo, never), deepSettler.reach(upTo, never)]);
  const state = await sessions.state(ADA);
  expect(state?.counts.messages).toBe(40);
  expect(await library.state(ADA)).toEqual(state);

  await hot.clear();
  expect(await sessions.state(ADA)).toBeNull();
  const late = aHappened(99, "emotion_changed", FEELING, ADA);
  const seq = await writer.append([heardOf(late)]);
  await sessions.apply([{ event: late.event, moment: { seq, at: new Date().toISOString() } }]);
  expect(await sessions.state(ADA)).toBeNull();
  await hotSettler.reach(seq, never);
  await deepSettler.reach(seq, never);
  const again = await sessions.state(ADA);
  expect(again?.emotion.current).toBe("curious");
  expect(again?.counts).toMatchObject({ messages: 40, events: 42 });
  expect((await sessions.messages(ADA, 100))?.length).toBe(40);
});

test("M13: Redis is emptied while it is made again, at whatever step, and has every session in the end", async () => {
  await hot.clear();
  await hotSettler.reach(writer.durable(), never);
  const whole = await sessions.state(ADA);
  expect(whole?.counts).toMatchObject({ messages: 40 });
  for (const step of ["before its sessions", "after them"] as const) {
    let isEmptied = false;
    const empty = async (at: typeof step): Promise<void> => {
      if (isEmptied || at !== step) return;
      isEmptied = true;
      await hot.clear();
    };
    const settle = async (events: readonly Happened[]): Promise<void> => {
      await empty("before its sessions");
      await sessions.settle(events);
      await empty("after them");
    };
    await hot.clear();
    const settler = settlerOf({ ...hotParts, consumer: hotConsumer({ settle }) });
    await settler.reach(writer.durable(), never);
    expect(isEmptied).toBe(true);
    expect(await sessions.state(ADA)).toEqual(whole);
  }
});

const FEELING = { emotion: "curious", intensity: 0.5, confidence: 0.5 } as const;

test("W5: a snapshot goes through Postgres and the journal, and is due no more", async () => {
  expect(await library.due(9)).toEqual([ADA]);
  const ports = {
    library,
    sessions,
    intake: { hand: offer },
    isBehind: async () => false,
    sha256,
    log,
  };
  expect(await doSnapshots(ADA, ports, never)).toEqual({ looked_at: 1, taken: 1 });
  await Promise.all([hotSettler, deepSettler].map((one) => one.reach(writer.durable(), never)));
  expect(await library.due(9)).toEqual([]);
  const taken = (await sessions.state(ADA))?.snapshot;
  expect(taken?.messages).toBe(40);
  const kept = await library.readSnapshot(taken?.snapshot_id ?? "");
  expect(kept?.sha256).toBe(taken?.sha256 ?? "");
  // Everything in Postgres is made again from the journal, snapshots too.
  await deep.clear();
  await deepSettler.reach(writer.durable(), never);
  expect(await library.readSnapshot(taken?.snapshot_id ?? "")).toEqual(kept);
  expect(await library.due(9)).toEqual([]);
});

async function offer(batch: readonly Offered[]): Promise<readonly Receipt[]> {
  const first = await writer.append(batch.map(heardNow));
  return batch.map((_, at) => ({ status: "created", seq: first + at }));
}
