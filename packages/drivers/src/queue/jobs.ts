/** Looking at queues and their jobs, trying failed ones again, and adding imports, reports, checkpoints and retention. */
import {
  type Hint,
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
import type { CheckpointWish } from "@verbatim/core/checkpoints";
import type { ExportAsk } from "@verbatim/core/export";
import type { RebuildJob } from "@verbatim/core/proof";
import type { QueueWatch } from "@verbatim/core/queue";
import type { Job, JobsOptions, Queue } from "bullmq";
import type { Redis } from "ioredis";
import { connectRedis } from "../redis/connect.ts";
import { guarded } from "../redis/failures.ts";
import { type Board, boardOf, withoutAddress } from "./board.ts";
import { CANCELLED, cancelJob, cancelledJob } from "./cancelling.ts";
import { lookAt } from "./looks.ts";
import { lazyQueue } from "./settings.ts";

/** Jobs of one state that a listing shows. */
const LISTED_MAX = 100;

/** What is added here. */
type Added = Hint | ImportJob | ReportJob | ExportAsk | RebuildJob | CheckpointWish | null;

/** Opens the queues to look at, also as a board at the address `base`. Fails with `redis_unreachable` while Redis is away. */
export function openJobs(
  url: string,
  base = "/queues",
): Jobs & QueueWatch & { readonly board: Board } & AsyncDisposable {
  const wishes = connectRedis(url, "reader");
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
  const add: Add = (queue, name, data, options) =>
    guarded(async () => (await (await queueOf(queue)).add(name, data, options)).id ?? "");

  return {
    look: () => guarded(() => lookAt({ queueOf, countsOf })),
    board: boardOf(queueOf, base),
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
        return job === undefined ? await cancelledJob(queue, id, wishes) : await rowOf(queue, job);
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
    cancel: (queue, id) =>
      guarded(async () => {
        const job = await (await queueOf(queue)).getJob(id);
        if (job === undefined) throw await whyNotCancelled(queue, id, wishes);
        await cancelJob({ job, row: await rowOf(queue, job) }, wishes);
      }),
    ...adding(add),
    [Symbol.asyncDispose]: async () => {
      wishes.disconnect();
      for (const queue of queues.values()) await queue.close();
    },
  };
}

async function whyNotCancelled(queue: QueueName, id: string, wishes: Redis): Promise<Error> {
  return (await cancelledJob(queue, id, wishes)) === null
    ? new VerbatimError(
        "not_found",
        `queue ${queue} has no job ${id}; see: verbatim jobs list --state active`,
      )
    : new VerbatimError("conflict", `job ${id} of ${queue} is cancelled already`);
}

type Add = (queue: QueueName, name: string, data: Added, options: JobsOptions) => Promise<string>;
type Adding = Pick<Jobs, Extract<keyof Jobs, `add${string}`>>;

/** What is added, and how. */
function adding(add: Add): Adding {
  return {
    addImport: (job) => add("ingest", "import", job, { attempts: 3 }),
    addExport: (ask) => add("export", "export", ask, { attempts: 3 }),
    addReport: (ask) => add("report", "report", { ask, only_if_new: false }, { attempts: 3 }),
    // Asked for twice it is done once.
    addRetention: () => add("retention", "retention", null, { deduplication: { id: "retention" } }),
    // As the recorder announces it: one runs, and one waits with the newest hint.
    addArchive: (up_to) =>
      add(
        "archive",
        "settle",
        { up_to },
        { deduplication: { id: "archive", keepLastIfActive: true } },
      ),
    addRebuild: (job) => add("rebuild", "rebuild", job, { attempts: 1 }),
    addCheckpoint: (label) =>
      add("checkpoint", "checkpoint", { label, by_clock: false }, { attempts: 3 }),
  };
}

async function countsOf(name: QueueName, queue: Queue): Promise<QueueCounts> {
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
    state: job.failedReason === CANCELLED ? "cancelled" : await job.getState(),
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
  return name === "webhook" ? withoutAddress(data) : data;
}
