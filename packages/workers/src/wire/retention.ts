/** Queue `retention`, put together: what is old is compressed or removed, daily and when asked for. */
import { hash } from "node:crypto";
import { join } from "node:path";
import { FILES, type JournalReader, type Log } from "@verbatim/core";
import { recordedFiles } from "@verbatim/core/forget";
import { askToForget, type Retained } from "@verbatim/core/keeping";
import { checkpointFault, openCheckpointsHolding } from "@verbatim/drivers/checkpoints";
import { openCopies } from "@verbatim/drivers/copies";
import { openHome, openReceiptShelf } from "@verbatim/drivers/files";
import { openIntake } from "@verbatim/drivers/intake";
import { compressSealed, dropSealed, segmentFault } from "@verbatim/drivers/journal";
import { runWorker } from "@verbatim/drivers/queue";
import { heldOf, openWitness } from "@verbatim/drivers/store";
import type { WorkersConfig } from "../config.ts";
import { doRetention } from "../retaining.ts";

const sha256 = (data: Uint8Array | string): string => hash("sha256", data, "hex");

/** Starts it; ends with what was opened. Its clock is kept with the others (chores.ts). */
export function startRetention(
  { home, redisUrl, databaseUrl }: WorkersConfig,
  { journal, log }: { readonly journal: JournalReader; readonly log: Log },
  opened: AsyncDisposableStack,
): void {
  const dir = join(home, FILES.journal);
  const program = "workers";
  const now = (): string => new Date().toISOString();
  const witness = opened.use(openWitness(databaseUrl));
  const proof = {
    held: async (from: number, limit: number) => heldOf(await witness.traces(from, limit)),
    checkpoints: (first: number, last: number) =>
      openCheckpointsHolding(join(home, FILES.checkpoints), sha256)(first, last),
  };
  const intake = openIntake(join(home, FILES.intakeSocket));
  opened.defer(() => intake.close());
  const receipts = openReceiptShelf(join(home, FILES.receipts));
  const asking = { intake, receipts, sha256, newId: () => crypto.randomUUID(), now };
  const checkpoint = (path: string) => checkpointFault(path, sha256);
  const seals = { segment: segmentFault, checkpoint };
  const kept = openHome(
    home,
    {
      segments: () => journal.segments(),
      compress: (step, along) => compressSealed({ dir, program }, step.file, along),
      copies: (to) => openCopies(home, to, process.env, seals),
      recorded: (signal) => recordedFiles(journal, sha256, signal),
      forget: (files, before) => askToForget(files, before, asking),
      drop: (step, along) => dropSealed({ dir, program }, step.file, { proof, now, ...along }),
    },
    program,
  );
  const clock = (): number => performance.now();
  opened.use(
    runWorker<unknown, Retained>(
      redisUrl,
      "retention",
      ({ progress }, stop) => doRetention(kept, progress, { log, clock }, stop),
      log,
    ),
  );
}
