/**
 * What the workers add: to queues `report`, `retention` and `checkpoint` the jobs
 * that come by the clock, to queue `webhook` deliveries of alerts.
 *
 *   O4  Somebody who answers a webhook slowly, or never, holds up nobody's report
 *       and no look at the alerts.
 *
 * The clock lies in Redis, so that a restart neither doubles a job nor puts it
 * off:
 *
 *   Q3  However often it was set, and to whatever before, a job of the clock
 *       comes within its interval of being set.
 *
 * After Redis was emptied, `every` makes it anew. A delivery is named by its
 * id: added again it is the same job, as long as Redis remembers it.
 */
import type { AlertEvent, Chores, ReportJob } from "@verbatim/core";
import type { CheckpointWish } from "@verbatim/core/checkpoints";
import type { JobSchedulerJson, JobsOptions } from "bullmq";
import { guarded } from "../redis/failures.ts";
import { lazyQueue } from "./settings.ts";

/** Tries of a delivery: the last one comes after about twenty minutes. */
const DELIVERY: JobsOptions = {
  attempts: 8,
  backoff: { type: "exponential", delay: 10_000, jitter: 0.2 },
};

/** Jobs that come every few minutes are not kept, or they would push others out of the list. */
const UNSEEN: JobsOptions = { attempts: 1, removeOnComplete: true, removeOnFail: true };

/** The clock's report. */
const BY_CLOCK: ReportJob = { ask: {}, only_if_new: true };
const MINUTE_MS = 60_000;

/** The jobs that come by the clock. */
const CLOCKED = {
  report: { name: "report", data: BY_CLOCK },
  alerts: { name: "alerts", data: null, opts: UNSEEN },
  checkpoint: { name: "checkpoint", data: { label: "auto", by_clock: true }, opts: UNSEEN },
  retention: { name: "retention", data: null },
} as const;

type Clocked = ReportJob | CheckpointWish | null;

/** Opens the queues for them. Fails with `redis_unreachable` while Redis is away. */
export function openChores(url: string): Chores & AsyncDisposable {
  const queue = lazyQueue<Clocked>(url, "report");
  const own = {
    retention: lazyQueue<Clocked>(url, "retention"),
    checkpoint: lazyQueue<Clocked>(url, "checkpoint"),
  };
  const deliveries = lazyQueue<AlertEvent>(url, "webhook");
  return {
    every: (name, ms) =>
      guarded(async () => {
        const at = name === "retention" || name === "checkpoint" ? own[name] : queue;
        const opened = await at.get();
        const there = await opened.getJobScheduler(name);
        if (there !== undefined && keepsTime(there, ms)) return;
        // Changed in place it would keep its old offset, and come late after every pause.
        await opened.removeJobScheduler(name);
        await opened.upsertJobScheduler(name, { every: ms }, CLOCKED[name]);
      }),
    reportLater: () =>
      guarded(async () => {
        const now = Date.now();
        const due = (Math.floor(now / MINUTE_MS) + 1) * MINUTE_MS;
        const options = { ...UNSEEN, jobId: `report_later_${due}`, delay: due - now };
        await (await queue.get()).add("report", BY_CLOCK, options);
      }),
    deliver: (event) =>
      guarded(async () => {
        await (await deliveries.get()).add("webhook", event, { ...DELIVERY, jobId: event.id });
      }),
    [Symbol.asyncDispose]: async () => {
      await queue.close();
      await own.retention.close();
      await own.checkpoint.close();
      await deliveries.close();
    },
  };
}

/** Whether a clock that is there comes within the interval, now and after a pause. (Q3) */
function keepsTime({ every, offset, next }: JobSchedulerJson, ms: number): boolean {
  return every === ms && (offset ?? 0) < ms && (next ?? 0) <= Date.now() + ms;
}
