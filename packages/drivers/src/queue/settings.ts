/**
 * How our queues behave, and why. BullMQ's defaults are for jobs that carry
 * work; ours only carry hints.
 */
import { type QueueName, queuePrefix } from "@verbatim/core";
import type { JobsOptions, QueueOptions, WorkerOptions } from "bullmq";
import { connectRedis } from "../redis/connect.ts";

/** A worker that was killed holds its job this long: a hint waits no longer than that. */
const LOCK_MS = 10_000;
const STALLED_CHECK_MS = 5_000;

/** Done jobs are only of interest to somebody looking on; failed ones a little longer. */
export const JOB_OPTIONS: JobsOptions = {
  attempts: 5,
  backoff: { type: "exponential", delay: 500, jitter: 0.5 },
  removeOnComplete: { count: 100, age: 24 * 3600 },
  removeOnFail: { count: 500, age: 7 * 24 * 3600 },
};

/** A queue to add to: it must not hang a caller while Redis is away. */
export function queueOptions(url: string, queue: QueueName): QueueOptions {
  return {
    connection: connectRedis(url, "producer"),
    prefix: queuePrefix(queue),
    skipWaitingForReady: true,
    defaultJobOptions: JOB_OPTIONS,
    // Events carry return values; nobody reads far back in them.
    streams: { events: { maxLen: 1000 } },
  };
}

/** A worker: one job at a time, because one journal has one order. */
export function workerOptions(url: string, queue: QueueName): WorkerOptions {
  return {
    connection: connectRedis(url, "worker"),
    prefix: queuePrefix(queue),
    concurrency: 1,
    lockDuration: LOCK_MS,
    stalledInterval: STALLED_CHECK_MS,
    // A job that stalled is run again however often: it is idempotent, and its next hint would do the same.
    maxStalledCount: 1000,
  };
}
