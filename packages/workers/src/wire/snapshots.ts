/** Queue `session-snapshot`, put together: snapshots when they are due, and before a session goes. */
import { hash } from "node:crypto";
import { join } from "node:path";
import { type DeepStore, FILES, type JournalReader, type Log } from "@verbatim/core";
import { openIntake } from "@verbatim/drivers/intake";
import { openSnapshotJobs, runWorker, type SnapshotJob } from "@verbatim/drivers/queue";
import { openSessionLibrary } from "@verbatim/drivers/store";
import type { WorkersConfig } from "../config.ts";
import {
  type DueLook,
  doSnapshots,
  keepHourly,
  openDueLook,
  type SnapshotPorts,
  type SnapshotsTaken,
} from "../snapshots.ts";

const sha256 = (data: Uint8Array | string): string => hash("sha256", data, "hex");

/** Entries the archive may be behind the journal when a snapshot is taken. */
const BEHIND_MAX = 1000;
/** Looking where the journal ends is a walk along its newest part. */
const LATELY_MS = 500;

/** What was found a moment ago, or is being looked for. */
function lately<Value>(look: () => Promise<Value>, ms: number): () => Promise<Value> {
  let found: { readonly at: number; readonly value: Promise<Value> } | null = null;
  return () => {
    const now = performance.now();
    if (found === null || now - found.at > ms) found = { at: now, value: look() };
    return found.value;
  };
}

/** Starts it; ends with what was opened. */
export function startSnapshots(
  { home, redisUrl, databaseUrl }: WorkersConfig,
  {
    deep,
    journal,
    sessions,
    log,
  }: Pick<SnapshotPorts, "sessions"> & {
    readonly deep: Pick<DeepStore, "cursor">;
    readonly journal: Pick<JournalReader, "last">;
    readonly log: Log;
  },
  opened: AsyncDisposableStack,
): DueLook {
  const library = opened.use(openSessionLibrary(databaseUrl));
  const jobs = opened.use(openSnapshotJobs(redisUrl));
  const intake = openIntake(join(home, FILES.intakeSocket));
  opened.defer(() => intake.close());
  const last = lately(() => journal.last(), LATELY_MS);
  const isBehind = async (): Promise<boolean> =>
    (await deep.cursor()) + BEHIND_MAX < (await last());
  const ports = { library, sessions, intake, isBehind, sha256, log };
  opened.use(
    runWorker<SnapshotJob, SnapshotsTaken>(
      redisUrl,
      "session-snapshot",
      ({ data }, stop) => doSnapshots(data, ports, stop),
      log,
    ),
  );
  opened.use(keepHourly(jobs, log));
  return openDueLook({ library, jobs, isBehind, now: () => performance.now(), log });
}
