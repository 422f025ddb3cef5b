import { expect, test } from "bun:test";
import type { Log } from "@verbatim/core";
import { testRedisUrl } from "../../test/services.ts";
import { openJobs } from "./jobs.ts";
import { runWorker } from "./worker.ts";

const silent: Log = { info: () => {}, warn: () => {}, error: () => {} };
const url = await testRedisUrl();

async function until(held: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 20_000;
  while (!(await held())) {
    if (Date.now() > end) throw new Error("not within 20 s");
    await Bun.sleep(20);
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));

test("Q4: a job that runs is stopped when it is cancelled, and not tried again", async () => {
  await using jobs = openJobs(url);
  let begun = 0;
  await using _worker = runWorker<unknown, void>(
    url,
    "ingest",
    async (_, signal) => {
      begun += 1;
      await aborted(signal);
      throw new Error("half done");
    },
    silent,
  );
  const id = await jobs.addImport({ paths: ["/nowhere"], source: "auto" });
  await until(() => begun === 1);
  await jobs.cancel("ingest", id);
  await until(async () => (await jobs.show("ingest", id))?.state === "cancelled");
  expect(await jobs.show("ingest", id)).toMatchObject({
    failed_why: "it was cancelled",
    attempts: 1,
  });
  await expect(jobs.cancel("ingest", id)).rejects.toMatchObject({ code: "conflict" });
  // A job is only tried again by being delayed first; this one is over.
  expect((await jobs.list("ingest", "delayed")).length).toBe(0);
  expect(begun).toBe(1);
});

test("Q4, Q10: a job that waits is taken out when it is cancelled, and is still told of; one there never was is not found", async () => {
  await using jobs = openJobs(url);
  const id = await jobs.addReport({});
  await jobs.cancel("report", id);
  expect(await jobs.list("report", "waiting")).toEqual([]);
  expect(await jobs.show("report", id)).toMatchObject({
    ...{ queue: "report", id, state: "cancelled", failed_why: "it was cancelled" },
    data: { ask: {} },
  });
  await expect(jobs.cancel("report", id)).rejects.toMatchObject({ code: "conflict" });
  expect(await jobs.show("report", "no such job")).toBeNull();
  await expect(jobs.cancel("report", "no such job")).rejects.toMatchObject({
    code: "not_found",
  });
});

test("a job that its worker was stopped in is taken up by the next one, at no cost of an attempt", async () => {
  await using jobs = openJobs(url);
  const begun: string[] = [];
  const stopping = async (_: unknown, signal: AbortSignal): Promise<void> => {
    begun.push("first");
    await aborted(signal);
    throw new Error("stopped half way");
  };
  const first = runWorker<unknown, void>(url, "recount", stopping, silent);
  const { lazyQueue } = await import("./settings.ts");
  const queue = lazyQueue<object>(url, "recount");
  await until(async () => (await queue.get().catch(() => null)) !== null);
  const { id = "" } = await (await queue.get()).add("recount", {}, { attempts: 1 });
  await until(() => begun.length === 1);
  await first[Symbol.asyncDispose]();
  await using _second = runWorker<unknown, void>(
    url,
    "recount",
    async () => void begun.push("second"),
    silent,
  );
  await until(async () => (await jobs.show("recount", id))?.state === "completed");
  expect(begun).toEqual(["first", "second"]);
  await queue.close();
});
