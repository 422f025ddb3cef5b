import { afterAll, beforeEach, expect, test } from "bun:test";
import type { Log } from "@verbatim/core";
import { testRedisUrl } from "../../test/services.ts";
import { connectRedis } from "../redis/connect.ts";
import { openSnapshotJobs, type SnapshotJob } from "./snapshots.ts";
import { runWorker } from "./worker.ts";

const silent: Log = { info: () => {}, warn: () => {}, error: () => {} };
const url = await testRedisUrl();
const redis = connectRedis(url, "reader");
beforeEach(async () => {
  await redis.flushall();
});
afterAll(() => redis.disconnect());

async function until(held: () => boolean): Promise<void> {
  const end = Date.now() + 20_000;
  while (!held()) {
    if (Date.now() > end) throw new Error("not within 20 s");
    await Bun.sleep(20);
  }
}

test("however often a session is asked for, one job of it runs and one waits; others are not held up by name", async () => {
  await using jobs = openSnapshotJobs(url);
  const seen: string[] = [];
  const release = Promise.withResolvers<void>();
  await using _worker = runWorker<SnapshotJob, void>(
    url,
    "session-snapshot",
    async ({ data }) => {
      seen.push(JSON.stringify(data));
      if (seen.length === 1) await release.promise;
    },
    silent,
  );
  const odd = { user_id: "a:b", session_id: "telegram:1/é" };
  await jobs.ask(odd);
  await until(() => seen.length === 1);
  for (let at = 0; at < 20; at += 1) await jobs.ask(odd);
  await jobs.ask({ user_id: "a", session_id: "b:telegram:1/é" });
  release.resolve();
  await until(() => seen.length === 3);
  expect(seen.toSorted()).toEqual(
    [odd, odd, { user_id: "a", session_id: "b:telegram:1/é" }]
      .map((one) => JSON.stringify(one))
      .toSorted(),
  );
});

test("the clock is set once, and again after Redis was emptied", async () => {
  await using jobs = openSnapshotJobs(url);
  const seen: unknown[] = [];
  await using _worker = runWorker<SnapshotJob, void>(
    url,
    "session-snapshot",
    async ({ data }) => void seen.push(data),
    silent,
  );
  await jobs.every(3_600_000);
  await jobs.every(3_600_000);
  await until(() => seen.length === 1);
  await redis.flushall();
  await jobs.every(3_600_000);
  await until(() => seen.length === 2);
  expect(seen).toEqual([{}, {}]);
});
