import { afterAll, beforeEach, expect, test } from "bun:test";
import type { Hint, Log } from "@verbatim/core";
import { mortalRedis, testRedisUrl } from "../../test/services.ts";
import { connectRedis } from "../redis/connect.ts";
import { openHints } from "./hints.ts";
import { openJobs } from "./jobs.ts";
import { runWorker } from "./worker.ts";

const silent: Log = { info: () => {}, warn: () => {}, error: () => {} };
const url = await testRedisUrl();
const redis = connectRedis(url, "reader");
beforeEach(async () => {
  await redis.flushall();
});
afterAll(() => redis.disconnect());

async function until(held: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 20_000;
  while (!(await held())) {
    if (Date.now() > end) throw new Error("not within 20 s");
    await Bun.sleep(20);
  }
}

test("Q1: announcing neither fails nor waits while Redis is away, and is counted", async () => {
  await using hints = openHints("redis://127.0.0.1:1/0", silent);
  const started = performance.now();
  for (let seq = 1; seq <= 1000; seq += 1) hints.announce(seq);
  expect(performance.now() - started).toBeLessThan(1000);
  await until(() => hints.dropped() > 0);
});

test("Q2: however often it is announced, one job runs and one waits, with the newest hint", async () => {
  await using hints = openHints(url, silent);
  await using jobs = openJobs(url);
  const seen: number[] = [];
  const release = Promise.withResolvers<void>();
  await using _worker = runWorker<Hint, void>(
    url,
    "archive",
    async ({ data }) => {
      seen.push(data.up_to);
      if (seen.length === 1) await release.promise;
    },
    silent,
  );
  hints.announce(1);
  await until(() => seen.length === 1);
  for (let seq = 2; seq <= 200; seq += 1) {
    hints.announce(seq);
    if (seq % 40 === 0) await Bun.sleep(30);
  }
  await until(async () =>
    (await jobs.counts()).some((one) => one.queue === "enrichment" && one.waiting === 1),
  );
  release.resolve();
  await until(() => seen.at(-1) === 200);
  expect(seen.length).toBeLessThanOrEqual(3);
});

test("a worker closes within its deadline although Redis is gone", async () => {
  const server = await mortalRedis();
  const worker = runWorker(server.url, "archive", async () => undefined, silent);
  await Bun.sleep(50);
  process.kill(server.pid, "SIGKILL");
  await server.exited;
  const closed = worker[Symbol.asyncDispose]();
  expect(
    await Promise.race([
      Promise.resolve(closed).then(() => "closed"),
      Bun.sleep(9000).then(() => "late"),
    ]),
  ).toBe("closed");
}, 30_000);

test("a failed job is seen with its reason, and can be tried again; one that has not failed cannot", async () => {
  await using jobs = openJobs(url);
  const id = await jobs.addImport({ paths: ["/nowhere"], source: "auto" });
  await using _worker = runWorker(
    url,
    "ingest",
    async () => {
      throw new Error("there is no /nowhere");
    },
    silent,
  );
  await until(async () => (await jobs.show("ingest", id))?.state === "failed");
  expect(await jobs.list("ingest", "failed")).toMatchObject([
    { id, failed_why: "there is no /nowhere" },
  ]);
  await jobs.retry("ingest", id);
  await expect(jobs.retry("ingest", "no-such")).rejects.toMatchObject({ code: "not_found" });
}, 30_000);
