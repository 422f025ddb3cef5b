/** How the queues are doing, as BullMQ remembers it (core/queue/looks.ts says what of it is told). */
import { QUEUES, type QueueCounts, type QueueName } from "@verbatim/core";
import {
  MINUTES,
  minutesOf,
  type QueueLook,
  type QueuesLook,
  type Remembered,
  type Scheduled,
  spansOf,
} from "@verbatim/core/queue";
import type { Job, Queue } from "bullmq";

/** Jobs whose times are looked at. */
const SAMPLE = 50;

type Counted = {
  readonly queueOf: (name: QueueName) => Promise<Queue>;
  readonly countsOf: (name: QueueName, queue: Queue) => Promise<QueueCounts>;
};

/** All of them, asked at once. */
export async function lookAt(
  { queueOf, countsOf }: Counted,
  nowMs: number = Date.now(),
): Promise<QueuesLook> {
  const looked = await Promise.all(
    QUEUES.map(async (name) => {
      const queue = await queueOf(name);
      const [counts, look, schedulers] = await Promise.all([
        countsOf(name, queue),
        lookOf(queue, nowMs),
        scheduledIn(name, queue),
      ]);
      return { look: { ...counts, ...look }, schedulers };
    }),
  );
  return {
    queues: looked.map(({ look }) => look),
    schedulers: looked.flatMap(({ schedulers }) => schedulers),
  };
}

async function lookOf(queue: Queue, nowMs: number): Promise<Omit<QueueLook, keyof QueueCounts>> {
  const [paused, completed, failed, done, [first], [lost]] = await Promise.all([
    queue.isPaused(),
    rememberedOf(queue, "completed"),
    rememberedOf(queue, "failed"),
    queue.getJobs(["completed"], 0, SAMPLE - 1),
    queue.getJobs(["waiting"], 0, 0, true),
    queue.getJobs(["failed"], 0, 0, true),
  ]);
  const minutes = minutesOf(completed, nowMs);
  return {
    paused,
    done_by_minute: minutes,
    done_last_hour: sum(minutes),
    failed_last_hour: sum(minutesOf(failed, nowMs)),
    waited: spansOf(done.map((job) => (job.processedOn ?? Number.NaN) - dueOf(job))),
    took: spansOf(done.map((job) => (job.finishedOn ?? Number.NaN) - (job.processedOn ?? 0))),
    waiting_since: first === undefined ? null : utcOf(dueOf(first)),
    oldest_failed:
      lost === undefined
        ? null
        : {
            id: lost.id ?? "",
            failed_at: lost.finishedOn === undefined ? null : utcOf(lost.finishedOn),
            failed_why: lost.failedReason ?? null,
          },
  };
}

async function rememberedOf(queue: Queue, what: "completed" | "failed"): Promise<Remembered> {
  const { data, meta } = await queue.getMetrics(what, 0, MINUTES - 1);
  return { points: data, pointsToMs: meta.prevTS, since: meta.count - meta.prevCount };
}

async function scheduledIn(queue: QueueName, from: Queue): Promise<readonly Scheduled[]> {
  const found = await from.getJobSchedulers();
  return found.map(({ key, name, every, next }) => ({
    queue,
    name: name === undefined || name === "" ? key : name,
    every_ms: every ?? null,
    next_at: next === undefined ? null : utcOf(next),
  }));
}

function dueOf(job: Job): number {
  return job.timestamp + (job.opts.delay ?? 0);
}

function utcOf(ms: number): string {
  return new Date(ms).toISOString();
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
