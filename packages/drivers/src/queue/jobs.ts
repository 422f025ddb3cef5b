/** Looking at queues and their jobs, trying failed ones again, and adding imports and reports. */
import {
  type ImportJob,
  type JobRow,
  type JobState,
  type Jobs,
  QUEUES,
  type QueueCounts,
  type QueueName,
  type ReportJob,
  VerbatimError,
} from "@verbatim/core";
import type { Job, Queue } from "bullmq";
import { guarded } from "../redis/failures.ts";
import { lazyQueue } from "./settings.ts";

/** Jobs of one state that a listing shows. */
const LISTED_MAX = 100;

/** What is added here. */
type Added = ImportJob | ReportJob;

/** Opens the queues to look at. Fails with `redis_unreachable` while Redis is away. */
export function openJobs(url: string): Jobs & AsyncDisposable {
  const queues = new Map(QUEUES.map((name) => [name, lazyQueue<Added>(url, name)]));
  const queueOf = async (name: QueueName): Promise<Queue<Added>> => {
    const queue = queues.get(name);
    if (queue === undefined)
      throw new VerbatimError(
        "not_found",
        `there is no queue ${name}; there are ${QUEUES.join(", ")}`,
      );
    return await queue.get();
  };

  return {
    counts: () =>
      guarded(async () =>
        Promise.all(QUEUES.map(async (name) => await countsOf(name, await queueOf(name)))),
      ),
    list: (queue, state) =>
      guarded(async () => {
        const jobs = await (await queueOf(queue)).getJobs([state], 0, LISTED_MAX - 1);
        return await Promise.all(jobs.map((job) => rowOf(queue, job)));
      }),
    show: (queue, id) =>
      guarded(async () => {
        const job = await (await queueOf(queue)).getJob(id);
        return job === undefined ? null : await rowOf(queue, job);
      }),
    retry: (queue, id) =>
      guarded(async () => {
        const job = await (await queueOf(queue)).getJob(id);
        if (job === undefined)
          throw new VerbatimError(
            "not_found",
            `queue ${queue} has no job ${id}; see: verbatim jobs list`,
          );
        if (!(await job.isFailed()))
          throw new VerbatimError(
            "conflict",
            `job ${id} of ${queue} has not failed; only failed jobs are tried again`,
          );
        await job.retry();
      }),
    addImport: (job) =>
      guarded(async () => {
        const added = await (await queueOf("ingest")).add("import", job, { attempts: 3 });
        return added.id ?? "";
      }),
    addReport: (ask) =>
      guarded(async () => {
        const job: ReportJob = { ask, only_if_new: false };
        const added = await (await queueOf("report")).add("report", job, { attempts: 3 });
        return added.id ?? "";
      }),
    [Symbol.asyncDispose]: async () => {
      for (const queue of queues.values()) await queue.close();
    },
  };
}

async function countsOf(name: QueueName, queue: Queue<Added>): Promise<QueueCounts> {
  const found = await queue.getJobCounts("waiting", "active", "delayed", "completed", "failed");
  const count = (state: JobState): number => found[state] ?? 0;
  return {
    queue: name,
    waiting: count("waiting"),
    active: count("active"),
    delayed: count("delayed"),
    completed: count("completed"),
    failed: count("failed"),
  };
}

async function rowOf(queue: QueueName, job: Job): Promise<JobRow> {
  return {
    queue,
    id: job.id ?? "",
    name: job.name,
    state: await job.getState(),
    data: shown(job),
    progress: job.progress,
    attempts: job.attemptsMade,
    created_at: new Date(job.timestamp).toISOString(),
    finished_at: job.finishedOn === undefined ? null : new Date(job.finishedOn).toISOString(),
    failed_why: job.failedReason ?? null,
    result: job.returnvalue ?? null,
  };
}

/** Without where an alert is told: the address may hold a key. */
function shown({ name, data }: Job): unknown {
  if (name !== "webhook") return data;
  const { webhook: _, ...rule } = data.rule ?? {};
  return { ...data, rule };
}
