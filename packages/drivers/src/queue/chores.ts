/**
 * What the workers add to queue `report`: jobs that come by the clock, and
 * deliveries of alerts.
 *
 * The clock lies in Redis, so that a restart neither doubles a job nor puts it
 * off; after Redis was emptied `every` makes it anew. A delivery is named by its
 * id: added again it is the same job, as long as Redis remembers it.
 */
import type { AlertEvent, Chores, ReportJob } from "@verbatim/core";
import type { JobsOptions } from "bullmq";
import { guarded } from "../redis/failures.ts";
import { lazyQueue } from "./settings.ts";

/** Tries of a delivery: the last one comes after about twenty minutes. */
const DELIVERY: JobsOptions = {
  attempts: 8,
  backoff: { type: "exponential", delay: 10_000, jitter: 0.2 },
};

/** Jobs that come every few minutes are not kept, or they would push others out of the list. */
const UNSEEN: JobsOptions = { attempts: 1, removeOnComplete: true, removeOnFail: true };

/** Opens the queue for them. Fails with `redis_unreachable` while Redis is away. */
export function openChores(url: string): Chores & AsyncDisposable {
  const queue = lazyQueue<ReportJob | AlertEvent | null>(url, "report");
  return {
    every: (name, ms) =>
      guarded(async () => {
        const opened = await queue.get();
        const there = await opened.getJobScheduler(name);
        if (there?.every === ms) return;
        const job =
          name === "report"
            ? { name, data: { ask: {}, only_if_new: true } }
            : { name, data: null, opts: UNSEEN };
        await opened.upsertJobScheduler(name, { every: ms }, job);
      }),
    deliver: (event) =>
      guarded(async () => {
        await (await queue.get()).add("webhook", event, { ...DELIVERY, jobId: event.id });
      }),
    [Symbol.asyncDispose]: () => queue.close(),
  };
}
