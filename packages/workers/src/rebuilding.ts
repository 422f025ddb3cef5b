/**
 * Making the stores again from the journal, while recording goes on.
 *
 *   W12  A rebuild that was stopped, killed or failed has changed nothing that
 *        is read in Postgres; the one after it begins anew.
 *
 * Postgres is made beside the one in use and takes its place when it is there
 * (W11 in drivers/store). Redis holds little and is made in seconds: it is
 * emptied, and asked for meanwhile whoever reads it gets less, never something
 * wrong. Numbers are counted by the queue that always counts them.
 */
import {
  type DeepStore,
  type HotStore,
  type JournalReader,
  type Log,
  openSettledReader,
  type Settle,
  type Settled,
  VerbatimError,
} from "@verbatim/core";
import type { RebuildJob, RebuildProgress } from "@verbatim/core/proof";
import { catchUp } from "./pipeline.ts";

/** So near its end nobody needs to wait long for the swap. */
const NEAR_ENTRIES = 1000;
/** Readers of one moment, or a swap that was held up: tried again so often. */
const SWAPS = 20;

/** The new one, as the driver gives it. */
type Rebuilding = AsyncDisposable & {
  readonly next: DeepStore;
  swap(fill: (upTo: number) => Promise<void>): Promise<void>;
  abandon(): Promise<void>;
};

export type RebuildPorts = {
  readonly journal: Pick<JournalReader, "read" | "last">;
  readonly settling: () => Promise<Settle>;
  readonly journalId: () => Promise<string>;
  /** The name of the taxonomy that holds. */
  readonly taxonomy: () => Promise<string>;
  readonly openRebuilding: () => Promise<Rebuilding>;
  readonly hot: Pick<HotStore, "clear" | "cursor"> & {
    reach(upTo: number, signal: AbortSignal): Promise<void>;
  };
  readonly deep: Pick<DeepStore, "forgetNumbers" | "countedTo" | "cursor">;
  readonly pause: () => Promise<void>;
  readonly log: Log;
};

/** A job in hand. */
export type RebuildWork = {
  readonly data: RebuildJob;
  progress(value: RebuildProgress): Promise<void>;
};

/** Makes what the job asks for; resolves when it is in use. Throws when it was stopped before. */
export async function rebuild(
  work: RebuildWork,
  ports: RebuildPorts,
  signal: AbortSignal,
): Promise<RebuildProgress> {
  const { hot, deep, numbers } = work.data;
  const total = await ports.journal.last();
  ports.log.info("rebuild_begins", { hot, deep, numbers, entries: total });
  if (hot) await rebuildHot(work, ports, signal);
  if (deep) await rebuildDeep(work, ports, signal);
  else if (numbers) await rebuildNumbers(work, ports, signal);
  const end: RebuildProgress = { doing: "done", done: total, total };
  await work.progress(end);
  return end;
}

async function rebuildHot(
  work: RebuildWork,
  { hot, journal, pause }: RebuildPorts,
  signal: AbortSignal,
): Promise<void> {
  await hot.clear();
  const total = await journal.last();
  let isThere = false;
  const reached = hot.reach(total, signal).then(() => {
    isThere = true;
  });
  while (!isThere && !signal.aborted) {
    await work.progress({ doing: "Redis", done: await hot.cursor(), total });
    await Promise.race([reached, pause()]);
  }
  refuseStopped(signal);
}

async function rebuildNumbers(
  work: RebuildWork,
  { deep, pause }: RebuildPorts,
  signal: AbortSignal,
): Promise<void> {
  const total = await deep.cursor();
  await deep.forgetNumbers();
  for (let done = 0; done < total && !signal.aborted; ) {
    await pause();
    done = await deep.countedTo();
    await work.progress({ doing: "the numbers", done, total });
  }
  refuseStopped(signal);
}

async function rebuildDeep(
  work: RebuildWork,
  ports: RebuildPorts,
  signal: AbortSignal,
): Promise<void> {
  await using rebuilding = await ports.openRebuilding();
  try {
    await made(rebuilding, { work, ports, signal });
  } catch (error) {
    // Whatever it was, its rest takes room from what is in use; the next one clears it away otherwise. (W12)
    await rebuilding.abandon().catch(() => undefined);
    throw error;
  }
}

type Making = {
  readonly work: RebuildWork;
  readonly ports: RebuildPorts;
  readonly signal: AbortSignal;
};

async function made({ next, swap }: Rebuilding, { work, ports, signal }: Making): Promise<void> {
  const { journal, log } = ports;
  await next.claim(await ports.journalId());
  await next.useTaxonomy(await ports.taxonomy());
  const settled = openSettledReader(journal, await ports.settling());
  let total = await journal.last();
  const consumer = {
    name: "the new postgres",
    cursor: () => next.cursor(),
    newest: () => next.newest(),
    take: async (stretch: readonly Settled[]): Promise<void> => {
      await next.save(stretch);
      await work.progress({ doing: "Postgres", done: stretch.at(-1)?.entry.seq ?? 0, total });
    },
  };
  const fillTo = (upTo: number): Promise<number> =>
    catchUp(consumer, { settled, log }, upTo, signal);
  for (let at = 0; total - at > NEAR_ENTRIES || at === 0; total = await journal.last()) {
    const before = at;
    at = await fillTo(total);
    while (!signal.aborted && (await next.indexSome()) > 0);
    if (at === before) break;
  }
  await swapped(swap, ports, async (upTo) => {
    // A database that was ahead of this journal, or made from another, is caught up with as far as this one goes.
    await fillTo(Math.min(upTo, await journal.last()));
    refuseStopped(signal);
  });
  log.info("rebuild_swapped", { entries: total });
}

/** Somebody who reads holds it up, for seconds. */
async function swapped(
  swap: Rebuilding["swap"],
  { pause }: RebuildPorts,
  fill: (upTo: number) => Promise<void>,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await swap(fill);
      return;
    } catch (error) {
      const away = error instanceof VerbatimError && error.code === "postgres_unreachable";
      if (!away || tries === SWAPS) throw error;
      await pause();
    }
  }
}

function refuseStopped(signal: AbortSignal): void {
  if (signal.aborted)
    throw new VerbatimError(
      "busy",
      "the rebuild was stopped; what was in use before is in use still",
    );
}
