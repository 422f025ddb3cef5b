/**
 * Announcing how far the journal is safe, to every queue that settles it.
 *
 * Q1 is kept by never waiting and never throwing: a hint that cannot be given is
 * counted and forgotten, and the sweep gives it again. Q2 is BullMQ's
 * deduplication with keepLastIfActive: one job runs, one waits with the newest
 * hint.
 */
import type { Hint, Hints, Log, QueueName } from "@verbatim/core";
import { lazyQueue } from "./settings.ts";

/** Hints closer together than this become one: settling a stretch costs its reading, its jobs and its commit, however short it is. */
const EVERY_MS = 100;
/** Who speaks after a silence is heard of sooner. */
const SOON_MS = 10;
/** A hint that Redis has not taken by then is given up. */
const GIVE_UP_MS = 3000;

export type QueueHints = Hints & AsyncDisposable & { dropped(): number };

/** The queues that settle what is new. */
const SETTLING = ["enrichment", "archive"] as const;

/** Opens the hints for queues `enrichment` and `archive`, or for those given. */
export function openHints(
  url: string,
  log: Log,
  names: readonly QueueName[] = SETTLING,
): QueueHints {
  const queues = names.map((name) => ({
    name,
    queue: lazyQueue<Hint>(url, name),
  }));
  let newest = 0;
  let given = Number.NEGATIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let giving: Promise<void> | null = null;
  let dropped = 0;
  let away = false;

  async function give(upTo: number): Promise<void> {
    const added = queues.map(async ({ name, queue }) =>
      (await queue.get()).add(
        "settle",
        { up_to: upTo },
        { deduplication: { id: name, keepLastIfActive: true } },
      ),
    );
    const results = await Promise.allSettled(added.map((one) => bounded(one)));
    const lost = results.filter((one) => one.status === "rejected").length;
    dropped += lost;
    if (lost > 0 !== away) {
      away = lost > 0;
      log.warn(away ? "hints_dropped" : "hints_taken_again", { up_to: upTo, dropped });
    }
  }

  function soon(): void {
    if (timer !== undefined || giving !== null) return;
    const rest = given + EVERY_MS - performance.now();
    timer = setTimeout(
      () => {
        timer = undefined;
        given = performance.now();
        const upTo = newest;
        giving = give(upTo).finally(() => {
          giving = null;
          if (newest > upTo) soon();
        });
      },
      Math.max(SOON_MS, rest),
    );
  }

  return {
    announce: (upTo) => {
      if (upTo === 0) return;
      newest = Math.max(newest, upTo);
      soon();
    },
    dropped: () => dropped,
    [Symbol.asyncDispose]: async () => {
      clearTimeout(timer);
      await Promise.allSettled(queues.map(({ queue }) => bounded(queue.close())));
    },
  };
}

async function bounded<Value>(promise: Promise<Value>): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("too late")), GIVE_UP_MS);
  });
  promise.catch(() => undefined);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
