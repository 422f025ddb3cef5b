/** How queues are doing, and the board of them, on a real Redis. */
import { afterAll, beforeEach, expect, test } from "bun:test";
import type { Log } from "@verbatim/core";
import { testRedisUrl } from "../../test/services.ts";
import { connectRedis } from "../redis/connect.ts";
import { drawn, withoutAddress } from "./board.ts";
import { openChores } from "./chores.ts";
import { openJobs } from "./jobs.ts";
import { runWorker } from "./worker.ts";

const silent: Log = { info: () => {}, warn: () => {}, error: () => {} };
const url = await testRedisUrl();
const redis = connectRedis(url, "reader");
beforeEach(async () => {
  await redis.flushall();
});
afterAll(() => redis.disconnect());

async function until(held: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 20_000;
  while (!(await held())) {
    if (Date.now() > end) throw new Error("not within 20 s");
    await Bun.sleep(20);
  }
}

test("A41: a look says what was done, what failed first, and what waits", async () => {
  await using jobs = openJobs(url);
  await using chores = openChores(url);
  await chores.every("retention", 3_600_000);
  for (const path of ["/good", "/bad", "/good"])
    await jobs.addImport({ paths: [path], source: "auto" });
  const before = (await jobs.look()).queues.find(({ queue }) => queue === "ingest");
  expect(before?.waiting).toBe(3);
  expect(before?.waiting_since).not.toBeNull();
  expect(before?.done_last_hour).toBe(0);
  {
    await using _worker = runWorker<{ readonly paths: readonly string[] }, object>(
      url,
      "ingest",
      async ({ data }) => {
        if (data.paths[0] === "/bad") throw new Error("no such file");
        return {};
      },
      silent,
    );
    await until(async () => {
      const [ingest] = await jobs.counts();
      return (ingest?.completed ?? 0) === 2 && (ingest?.failed ?? 0) === 1;
    });
  }
  const { queues, schedulers } = await jobs.look();
  const ingest = queues.find(({ queue }) => queue === "ingest");
  expect(ingest?.done_last_hour).toBe(2);
  expect(ingest?.done_by_minute.length).toBe(60);
  expect(ingest?.waited).not.toBeNull();
  expect(ingest?.oldest_failed?.failed_why).toBe("no such file");
  expect(schedulers.map(({ name, every_ms }) => [name, every_ms])).toEqual([
    ["retention", 3_600_000],
  ]);
}, 60_000);

test("A42: the board draws itself without anybody else, and answers for each queue", async () => {
  await using jobs = openJobs(url);
  await jobs.addImport({ paths: ["/a"], source: "auto" });
  const ask = { method: "GET", query: {}, body: null } as const;
  const page = await jobs.board.answer({ ...ask, path: "" });
  expect(String(page?.body)).not.toContain("https://");
  expect(String(page?.body)).toContain('<base href="/queues/"');
  const script = /src="(static\/js\/main[^"]+)"/.exec(String(page?.body))?.[1] ?? "";
  const file = await jobs.board.answer({ ...ask, path: `/${script}` });
  expect(file?.type).toBe("text/javascript;charset=utf-8");
  expect(await jobs.board.answer({ ...ask, path: "/static/../../package.json" })).toBeNull();
  const found = await jobs.board.answer({ ...ask, path: "/api/queues" });
  expect(found?.status).toBe(200);
  const { queues } = JSON.parse(String(found?.body));
  expect(queues.length).toBe(12);
  expect(queues.find((one: { name: string }) => one.name === "ingest").counts.waiting).toBe(1);
});

test("A42: where an alert is told is nobody's to read, and links to elsewhere are left out", () => {
  expect(
    withoutAddress({ id: "a", rule: { name: "r", webhook: "https://hook.example/key" } }),
  ).toEqual({ id: "a", rule: { name: "r" } });
  expect(withoutAddress(null)).toBeNull();
  const template =
    '<link href="https://fonts.example/a" rel="stylesheet">\n<p><%= a %><%- b %></p>';
  expect(drawn(template, { a: "<x>", b: "<y>" })).toBe("<p>&#60;x&#62;<y></p>");
});
