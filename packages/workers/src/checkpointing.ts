/**
 * A job of queue `checkpoint`: everything that is safe and in no checkpoint yet.
 *
 * Made by the clock it waits until somebody said or did something; asked for, it
 * is made of whatever is new, and says so when nothing is.
 *
 *   X41  A writer that is not there yet, as when everything is just starting, is
 *        waited for a while: the job after this one is minutes away.
 */
import type { IngestStatus, JournalReader, Log, Settle, Sha256 } from "@verbatim/core";
import { openSettledReader, VerbatimError } from "@verbatim/core";
import {
  type CheckpointShelf,
  type CheckpointWish,
  makeCheckpoints,
} from "@verbatim/core/checkpoints";

/** How far a job is, as people see it. */
const PERCENT = 100;

/** A job in hand. */
export type CheckpointWork = {
  readonly data: CheckpointWish;
  progress(value: object): Promise<void>;
};

/** What a job leaves: the checkpoints it made, none when nothing was new. */
export type CheckpointJobMade = {
  readonly ids: readonly string[];
  readonly entries: number;
  /** Everything up to this seq is in a checkpoint. */
  readonly to: number;
};

export type CheckpointingPorts = {
  readonly journal: JournalReader;
  readonly settling: () => Promise<Settle>;
  /** Asks the writer how far the journal is safe. */
  readonly ingest: () => Promise<Pick<IngestStatus, "heard" | "journal_id">>;
  /** The folder of checkpoints. */
  readonly dir: string;
  /** Between two looks whether the writer is there. */
  readonly pause: () => Promise<void>;
  /** Opens the shelf of this journal, alone. */
  readonly open: (journalId: string, signal: AbortSignal) => Promise<CheckpointShelf>;
  readonly sha256: Sha256;
  readonly now: () => Date;
  readonly log: Log;
};

/** So often it is looked for: with the pauses of the real one, half a minute. */
const LOOKS = 60;

/** What the writer says, once it is there. Throws `ingest_unreachable` when it does not come. (X41) */
async function writer(
  { ingest, pause }: CheckpointingPorts,
  signal: AbortSignal,
): ReturnType<CheckpointingPorts["ingest"]> {
  for (let looks = 1; ; looks += 1) {
    try {
      return await ingest();
    } catch (error) {
      const isAway = error instanceof VerbatimError && error.code === "ingest_unreachable";
      if (!isAway || looks === LOOKS || signal.aborted) throw error;
      await pause();
    }
  }
}

/** Makes what a job asks for. */
export async function doCheckpoint(
  { data, progress }: CheckpointWork,
  ports: CheckpointingPorts,
  signal: AbortSignal,
): Promise<CheckpointJobMade> {
  const { heard, journal_id } = await writer(ports, signal);
  await using shelf = await ports.open(journal_id, signal);
  const { made, to } = await makeCheckpoints(
    data,
    {
      ...{ journal: ports.journal, safeTo: heard, shelf, dir: ports.dir, sha256: ports.sha256 },
      settled: openSettledReader(ports.journal, await ports.settling()),
      now: () => ports.now().toISOString(),
      passed: async ({ done, total }) => {
        await progress({ done, total, percent: Math.floor((done / total) * PERCENT) });
      },
    },
    signal,
  );
  const entries = made.reduce((sum, one) => sum + one.count, 0);
  for (const { id, count } of made) ports.log.info("checkpoint_made", { checkpoint: id, count });
  return { ids: made.map(({ id }) => id), entries, to };
}
