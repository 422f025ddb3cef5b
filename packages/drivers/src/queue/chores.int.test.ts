import { afterAll, beforeEach, expect, test } from "bun:test";
import { type AlertEvent, type Log, queuePrefix } from "@verbatim/core";
import { Queue } from "bullmq";
import { testRedisUrl } from "../../test/services.ts";
import { connectRedis } from "../redis/connect.ts";
import { openChores } from "./chores.ts";
import { openJobs } from "./jobs.ts";
import { type Processor, runWorker } from "./worker.ts";

const silent: Log = { info: () => {}, warn: () => {}, error: () => {} };
const url = await testRedisUrl();
const redis = connectRedis(url, "reader");
beforeEach(async () => {
  await redis.flushall();
});
afterAll(() => redis.disconnect());

const event: AlertEvent = {
  id: "alert_quiet_1_fired",
  type: "alert.fired",
  at: "2026-01-01T00:00:00.000Z",
  rule: { name: "quiet", metric: "words", below: 1, hours: 24 },
  value: 0,
  since: "2026-01-01T00:00:00.000Z",
  says: "quiet",
};

async function until(held: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 20_000;
  while (!(await held())) {
    if (Date.now() > end) throw new Error("not within 20 s");
    await Bun.sleep(20);
  }
}

test("a job by the clock comes at once and then waits for its time, however often it is asked for", async () => {
  const hour = 3_600_000;
  await using first = openChores(url);
  await first.every("report", hour);
  const ran: unknown[] = [];
  await using jobs = openJobs(url);
  await using _worker = runWorker(
    url,
    "report",
    async ({ name, data }) => {
      ran.push([name, data]);
      return null;
    },
    silent,
  );
  await until(() => ran.length === 1);
  expect(ran).toEqual([["report", { ask: {}, only_if_new: true }]]);
  await using second = openChores(url);
  await second.every("report", hour);
  await second.every("report", hour);
  await until(async () => (await jobs.list("report", "completed")).length === 1);
  expect(await jobs.list("report", "delayed")).toHaveLength(1);
  expect(ran).toHaveLength(1);
});

test("the clock is made anew after Redis was emptied", async () => {
  await using chores = openChores(url);
  await using jobs = openJobs(url);
  await chores.every("alerts", 60_000);
  await redis.flushall();
  await chores.every("alerts", 60_000);
  const due = [
    ...(await jobs.list("report", "waiting")),
    ...(await jobs.list("report", "delayed")),
  ];
  expect(due.map(({ name }) => name)).toEqual(["alerts"]);
});

test("a delivery that is added twice is one job, also after it was done", async () => {
  await using chores = openChores(url);
  await using jobs = openJobs(url);
  await chores.deliver(event);
  await chores.deliver(event);
  let told = 0;
  await using _worker = runWorker(
    url,
    "webhook",
    async () => {
      told += 1;
      return null;
    },
    silent,
  );
  await until(async () => (await jobs.show("webhook", event.id))?.state === "completed");
  await chores.deliver(event);
  expect([told, await jobs.list("webhook", "waiting")]).toEqual([1, []]);
});

test("O4: while an address that is told of an alert hangs, reports are made and alerts are looked at", async () => {
  const asked: string[] = [];
  const done: string[] = [];
  const hung = Promise.withResolvers<Response>();
  await using listener = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: ({ method }) => {
      asked.push(method);
      return hung.promise;
    },
  });
  await using chores = openChores(url);
  await using jobs = openJobs(url);
  // As the workers' main has them: one after another in each queue, and any job in either.
  const work: Processor<unknown, null> = async ({ name }, stop) => {
    if (name === "webhook") await fetch(listener.url, { method: "POST", signal: stop });
    done.push(name);
    return null;
  };
  await using _reports = runWorker(url, "report", work, silent);
  await using _deliveries = runWorker(url, "webhook", work, silent);
  await chores.deliver(event);
  await until(() => asked.length === 1);
  await chores.every("alerts", 60_000);
  await jobs.addReport({});
  await until(() => done.length >= 2);
  expect([asked.length, done.toSorted()]).toEqual([1, ["alerts", "report"]]);
  hung.resolve(new Response());
  await until(() => done.includes("webhook"));
});

test("a report that is asked for is a job of its own each time", async () => {
  await using jobs = openJobs(url);
  const ids = [await jobs.addReport({}), await jobs.addReport({ speaker: "ada" })];
  expect(new Set(ids).size).toBe(2);
  expect((await jobs.show("report", ids[1] ?? ""))?.data).toEqual({
    ask: { speaker: "ada" },
    only_if_new: false,
  });
});

test("Q3: a clock that was set to a longer interval before comes within the one it is set to", async () => {
  const [long, short] = [300_000, 5000];
  await using chores = openChores(url);
  await using jobs = openJobs(url);
  await chores.every("alerts", long);
  await chores.every("alerts", short);
  // As after a pause: the next time has passed, and the one after it is worked out.
  const due = async (): Promise<number> => {
    const [first] = await jobs.list("report", "delayed");
    const [waiting] = await jobs.list("report", "waiting");
    const id = (first ?? waiting)?.id ?? "";
    return Number(id.slice(id.lastIndexOf(":") + 1));
  };
  expect(await due()).toBeLessThanOrEqual(Date.now() + short);
  const queue = new Queue("report", { connection: redis, prefix: queuePrefix("report") });
  const there = await queue.getJobScheduler("alerts");
  expect(there?.offset ?? 0).toBeLessThan(short);
  // What an earlier version left: an offset longer than the interval.
  const [key] = (await redis.keys("*repeat:alerts")).filter((one) => one.endsWith(":alerts"));
  await redis.hset(key ?? "", "offset", 113_000);
  await chores.every("alerts", short);
  expect((await queue.getJobScheduler("alerts"))?.offset ?? 0).toBeLessThan(short);
  await queue.close();
});

test("a report that is put off comes once, however often it is asked for within its minute", async () => {
  await using chores = openChores(url);
  await using jobs = openJobs(url);
  await chores.reportLater();
  await chores.reportLater();
  const later = await jobs.list("report", "delayed");
  // Two, where a minute began between them.
  expect(new Set(later.map(({ id }) => id)).size).toBe(later.length);
  expect(later.length).toBeLessThanOrEqual(2);
  expect(later[0]?.data).toEqual({ ask: {}, only_if_new: true });
});
