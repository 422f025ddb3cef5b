/**
 * Running the jobs of one queue, one at a time.
 *
 * Closing has a deadline: BullMQ's own close never returns while Redis is away.
 * What is cut off is done again by the next worker; jobs are hints.
 */
import { failureOf, type Log, type QueueName, VerbatimError } from "@verbatim/core";
import { type Job, UnrecoverableError, WaitingError, Worker } from "bullmq";
import { DeadlinePassed, withDeadline } from "../process/deadline.ts";
import { CANCELLED, type Cancels, openCancels } from "./cancelling.ts";
import { workerOptions } from "./settings.ts";

/** A stretch that is being settled gets this long to finish. */
const CLOSE_MS = 4000;

/** One job in hand: its data, and a way to tell how far it is. */
export type Work<Data> = {
  readonly data: Data;
  readonly id: string;
  readonly name: string;
  /** When the job was added, or was due. */
  readonly added_at: string;
  progress(value: object): Promise<void>;
};

export type Processor<Data, Outcome> = (work: Work<Data>, signal: AbortSignal) => Promise<Outcome>;

/** What will not be otherwise the next time is not tried again. */
function finalWhenSo(error: unknown): unknown {
  const never = error instanceof VerbatimError && failureOf(error.code).retry === "never";
  return never ? new UnrecoverableError(error.message) : error;
}

function workOf<Data>(job: Job<Data>): Work<Data> {
  return {
    data: job.data,
    id: job.id ?? "",
    name: job.name,
    added_at: new Date(job.timestamp + (job.opts.delay ?? 0)).toISOString(),
    progress: (value) => job.updateProgress(value),
  };
}

/** One job from the queue, with what may stop it. */
async function done<Data, Outcome>(
  job: Job<Data, Outcome>,
  { processor, cancels, stop, token }: Doing<Data, Outcome>,
): Promise<Outcome> {
  const cancelled = new AbortController();
  using _watching = cancels.watch(job.id ?? "", () => cancelled.abort());
  try {
    const outcome = await processor(workOf(job), AbortSignal.any([stop, cancelled.signal]));
    if (!cancelled.signal.aborted) return outcome;
  } catch (error) {
    // Cut off by our own end: the next worker takes it up, and it has cost no attempt.
    if (stop.aborted) {
      await job.moveToWait(token);
      throw new WaitingError();
    }
    if (!cancelled.signal.aborted) throw finalWhenSo(error);
  }
  throw new UnrecoverableError(CANCELLED);
}

type Doing<Data, Outcome> = {
  readonly processor: Processor<Data, Outcome>;
  readonly cancels: Cancels;
  readonly stop: AbortSignal;
  readonly token: string | undefined;
};

/** Starts working; ends when disposed. Errors of the connection are waited out, those of jobs are logged. */
export function runWorker<Data, Outcome>(
  url: string,
  queue: QueueName,
  processor: Processor<Data, Outcome>,
  log: Log,
): AsyncDisposable {
  const stop = new AbortController();
  const cancels = openCancels(url, queue);
  const worker = new Worker<Data, Outcome>(
    queue,
    (job: Job<Data, Outcome>, token) => done(job, { processor, cancels, stop: stop.signal, token }),
    workerOptions(url, queue),
  );
  worker.on("error", () => {});
  worker.on("failed", (job, error) => {
    log.warn("job_failed", { queue, id: job?.id, attempt: job?.attemptsMade, why: error.message });
  });
  return {
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      cancels.close();
      try {
        await withDeadline(CLOSE_MS, `worker of ${queue}`, worker.close());
      } catch (error) {
        if (!(error instanceof DeadlinePassed)) throw error;
        worker.disconnect().catch(() => undefined);
      }
    },
  };
}
