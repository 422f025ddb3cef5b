/** Queue `checkpoint`, put together: by the clock and when asked for. */
import { hash } from "node:crypto";
import { join } from "node:path";
import { FILES, type JournalReader, type Log, type Settle } from "@verbatim/core";
import type { CheckpointWish } from "@verbatim/core/checkpoints";
import { openCheckpointShelf } from "@verbatim/drivers/checkpoints";
import { openIntake } from "@verbatim/drivers/intake";
import { openParquet } from "@verbatim/drivers/parquet";
import { runWorker } from "@verbatim/drivers/queue";
import { type CheckpointJobMade, doCheckpoint } from "../checkpointing.ts";
import type { WorkersConfig } from "../config.ts";

const sha256 = (data: Uint8Array | string): string => hash("sha256", data, "hex");

/** Somebody who makes one by hand is waited for: longer than a checkpoint of an ordinary day takes. */
const WAIT_MS = 60_000;

const PAUSE_MS = 500;

type Known = {
  readonly journal: JournalReader;
  readonly settling: () => Promise<Settle>;
  readonly log: Log;
};

/** Starts it; ends with what was opened. */
export function startCheckpoints(
  { home, redisUrl }: WorkersConfig,
  { journal, settling, log }: Known,
  opened: AsyncDisposableStack,
): void {
  const intake = openIntake(join(home, FILES.intakeSocket));
  opened.defer(() => intake.close());
  const dir = join(home, FILES.checkpoints);
  const shared = { sha256, log, openTable: openParquet, program: "workers", waitMs: WAIT_MS };
  const ports = {
    ...{ journal, settling, sha256, log },
    ingest: () => intake.status(),
    open: (journalId: string, signal: AbortSignal) =>
      openCheckpointShelf({ dir, journalId, signal, ...shared }),
    now: () => new Date(),
    dir,
    pause: () => new Promise<void>((resume) => setTimeout(resume, PAUSE_MS)),
  };
  opened.use(
    runWorker<CheckpointWish, CheckpointJobMade>(
      redisUrl,
      "checkpoint",
      (work, stop) => doCheckpoint(work, ports, stop),
      log,
    ),
  );
}
