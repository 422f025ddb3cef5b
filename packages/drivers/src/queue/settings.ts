/**
 * How our queues behave, and why. BullMQ's defaults are for jobs that carry
 * work; ours only carry hints.
 */
import { type QueueName, queuePrefix, VerbatimError } from "@verbatim/core";
import { MINUTES } from "@verbatim/core/queue";
import { type JobsOptions, Queue, type WorkerOptions } from "bullmq";
import { connectRedis } from "../redis/connect.ts";

/** A worker that was killed holds its job this long: a hint waits no longer than that. */
const LOCK_MS = 10_000;
const STALLED_CHECK_MS = 5_000;

/** Done jobs are only of interest to somebody looking on; failed ones a little longer. */
const JOB_OPTIONS: JobsOptions = {
  attempts: 5,
  backoff: { type: "exponential", delay: 500, jitter: 0.5 },
  removeOnComplete: { count: 100, age: 24 * 3600 },
  removeOnFail: { count: 500, age: 7 * 24 * 3600 },
};

/** A connection that is not ready by then is away, for whoever asks. */
const READY_MS = 1000;

/** A queue to add to and look at. */
export type LazyQueue<Data> = {
  /** The queue, built once Redis was there; rejects at once, or within a second at first, while it is not. */
  get(): Promise<Queue<Data>>;
  close(): Promise<void>;
};

/**
 * Commands of a producer fail at once while Redis is away. BullMQ can only be
 * given such a connection when it is up, so the queue is built on first use.
 */
export function lazyQueue<Data>(url: string, name: QueueName): LazyQueue<Data> {
  const connection = connectRedis(url, "producer");
  let queue: Queue<Data> | null = null;
  let waiting: Promise<void> | null = null;
  return {
    get: async () => {
      if (connection.status !== "ready") {
        waiting ??= readySoon(connection).finally(() => {
          waiting = null;
        });
        await waiting;
      }
      if (queue === null) {
        queue = new Queue<Data>(name, {
          connection,
          prefix: queuePrefix(name),
          defaultJobOptions: JOB_OPTIONS,
          // Events carry return values; nobody reads far back in them.
          streams: { events: { maxLen: 1000 } },
        });
        queue.on("error", () => {});
      }
      return queue;
    },
    close: async () => {
      connection.disconnect();
    },
  };
}

async function readySoon(connection: ReturnType<typeof connectRedis>): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      connection.off("ready", done);
      reject(
        new VerbatimError(
          "redis_unreachable",
          "Redis does not answer; recording goes on, and what waits for it catches up by itself",
        ),
      );
    }, READY_MS);
    const done = (): void => {
      clearTimeout(timer);
      resolve();
    };
    connection.once("ready", done);
  });
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
    // So that somebody who looks sees how much was done, minute by minute.
    metrics: { maxDataPoints: MINUTES },
  };
}
