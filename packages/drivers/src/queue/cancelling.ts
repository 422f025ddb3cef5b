/**
 * Stopping a job that somebody no longer wants.
 *
 *   Q4  A job that was cancelled does not run, or stops within seconds, and is
 *       not tried again; one that is over is left as it is.
 *   Q10 Who asks for a job that was cancelled is told that, for a day, whether it
 *       ran or waited.
 *
 * The wish lies in Redis beside the queue, because whoever works on the job is
 * another process. It is looked for while a job runs, so that a wish costs no
 * connection of its own until there is a job that takes long.
 */
import { type JobRow, type QueueName, queuePrefix, VerbatimError } from "@verbatim/core";
import type { Job } from "bullmq";
import type { Redis } from "ioredis";
import { connectRedis } from "../redis/connect.ts";

/** How soon a wish is heard. */
const LOOK_MS = 500;
/** A wish for a job that is never worked on is forgotten, and so is what was cancelled. */
const KEPT_S: number = 24 * 3600;

/** What a job failed of that was stopped where it ran. */
export const CANCELLED = "it was cancelled";

function keyOf(queue: QueueName, id: string): string {
  return `${queuePrefix(queue)}:cancel:${id}`;
}

function rememberedKey(queue: QueueName, id: string): string {
  return `${queuePrefix(queue)}:cancelled:${id}`;
}

/** Takes a job out of its queue, or has it stopped where it runs; `row` is what is told of it. Throws `conflict` when it is over. */
export async function cancelJob(
  { job, row }: { readonly job: Job; readonly row: JobRow },
  redis: Redis,
): Promise<void> {
  const { queue, id, state } = row;
  if (state === "completed" || state === "failed" || state === "cancelled")
    throw new VerbatimError(
      "conflict",
      `job ${id} of ${queue} is ${state} already; only one that waits or runs can be cancelled`,
    );
  if (state !== "active") {
    // Remembered first: dying in between, the job is still there and is what is shown.
    const told: JobRow = {
      ...row,
      state: "cancelled",
      finished_at: new Date().toISOString(),
      failed_why: CANCELLED,
    };
    await redis.set(rememberedKey(queue, id), JSON.stringify(told), "EX", KEPT_S);
    if (await removed(job)) return;
    await redis.del(rememberedKey(queue, id));
  }
  await redis.set(keyOf(queue, id), "1", "EX", KEPT_S);
}

/** A job that was cancelled while it waited; null when there was none. */
export async function cancelledJob(
  queue: QueueName,
  id: string,
  redis: Redis,
): Promise<JobRow | null> {
  const told = await redis.get(rememberedKey(queue, id));
  return told === null ? null : JSON.parse(told);
}

/** Whether it was still waiting; one that was taken in hand meanwhile cannot be removed. */
async function removed(job: Job): Promise<boolean> {
  try {
    await job.remove();
    return true;
  } catch (error) {
    if ((await job.getState()) === "active") return false;
    throw error;
  }
}

/** Looks for the wish that a job be stopped, as long as it runs. */
export type Cancels = {
  /** Calls `stop` once somebody wants that; ends when disposed. */
  watch(id: string, stop: () => void): Disposable;
  close(): void;
};

/** The wishes of one queue. */
export function openCancels(url: string, queue: QueueName): Cancels {
  let redis: Redis | null = null;
  const isWanted = async (id: string): Promise<boolean> => {
    redis ??= connectRedis(url, "reader");
    return (await redis.getdel(keyOf(queue, id))) !== null;
  };
  return {
    watch: (id, stop) => {
      // Redis away: the job goes on, and the wish is still there when Redis is back.
      const look = (): void =>
        void isWanted(id).then(
          (wanted) => wanted && stop(),
          () => undefined,
        );
      const timer = setInterval(look, LOOK_MS);
      return { [Symbol.dispose]: () => clearInterval(timer) };
    },
    close: () => redis?.disconnect(),
  };
}
