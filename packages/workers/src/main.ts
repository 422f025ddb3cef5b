/** Puts the workers together: two settlers, each fed by its queue, and current.json. */
import { hash } from "node:crypto";
import { join } from "node:path";
import {
  type DeepStore,
  FILES,
  type Hint,
  HOT_MESSAGES,
  type JournalReader,
  openSettling,
  type Taxonomy,
  taxonomyId,
} from "@verbatim/core";
import { loadTaxonomy, openNote, openReportShelf, textAt } from "@verbatim/drivers/files";
import { openHotStore } from "@verbatim/drivers/hot";
import { openIntake } from "@verbatim/drivers/intake";
import { journalIdWhenThere, openJournalReader } from "@verbatim/drivers/journal";
import { openLog, run, writeWhole } from "@verbatim/drivers/process";
import {
  openChores,
  openHints,
  openSnapshotJobs,
  runWorker,
  type SnapshotJob,
} from "@verbatim/drivers/queue";
import { openSessionStore } from "@verbatim/drivers/sessions";
import { openDeepStore, openNumbers, openSessionLibrary } from "@verbatim/drivers/store";
import { hmacOf, postOnce } from "@verbatim/drivers/webhook";
import { doChore, keepClock } from "./chores.ts";
import { configFrom, type WorkersConfig } from "./config.ts";
import { keepCurrent } from "./current-json.ts";
import { openProblems } from "./problems.ts";
import { lookForUncounted, type RecountProgress, recountAll } from "./recounting.ts";
import { takeHot } from "./sessions.ts";
import { type Settler, settlerOf } from "./settler.ts";
import {
  type DueLook,
  doSnapshots,
  keepHourly,
  openDueLook,
  type SnapshotPorts,
  type SnapshotsTaken,
} from "./snapshots.ts";
import { held, watchTaxonomy } from "./taxonomy.ts";

const log = openLog("workers");
const sha256 = (data: Uint8Array | string): string => hash("sha256", data, "hex");

/** Entries the archive may be behind the journal when a snapshot is taken. */
const BEHIND_MAX = 1000;
/** Looking where the journal ends is a walk along its newest part. */
const LATELY_MS = 500;

await run(async (signal, opened) => {
  const config = configFrom(process.env);
  const dir = join(config.home, FILES.journal);
  const journal = openJournalReader(dir);
  opened.defer(() => journal.close());
  const hot = opened.use(openHotStore(config.redisUrl));
  const deep = opened.use(openDeepStore(config.databaseUrl));
  const holding = {
    load: () => loadTaxonomy(join(config.home, FILES.taxonomy)),
    idOf: (one: Taxonomy) => taxonomyId(one, sha256),
  };
  const taxonomy = held(holding);
  const ports = { journal, settling: openSettling(sha256, taxonomy), log };
  const problems = openProblems(openNote(join(config.home, FILES.storesFile)), log);
  const journalId = (): Promise<string> => journalIdWhenThere(dir, signal);

  const sessions = opened.use(openSessionStore(config.redisUrl, "reader"));
  const hotSettler = settlerOf({
    consumer: { ...hot, name: "redis", take: (stretch) => takeHot(stretch, hot, sessions) },
    claim: async () => {
      await hot.claim(await journalId());
      await sessions.begin(await journal.last());
    },
    afterwards: async () => {},
    tell: (problem) => problems.say("redis", problem),
    ...ports,
  });
  const due = startSnapshots(config, { deep, journal, sessions }, opened);
  const deepSettler = settlerOf({
    consumer: { ...deep, name: "postgres", take: (stretch) => due.take(stretch, deep) },
    claim: async () => {
      await deep.claim(await journalId());
      await deep.useTaxonomy(holding.idOf(await taxonomy()));
    },
    afterwards: async (stop) => {
      while (!stop.aborted && (await deep.indexSome()) > 0);
      await due.look();
    },
    tell: (problem) => problems.say("postgres", problem),
    ...ports,
  });
  settleWhenHinted(config.redisUrl, { enrichment: hotSettler, archive: deepSettler }, opened);
  startRecounts(config, deep, ports, opened);

  // A store that is new gets its tables before the first hint comes.
  const begun = Promise.all([hotSettler.reach(0, signal), deepSettler.reach(0, signal)]);

  opened.use(
    keepCurrent({
      window: () => hot.window(HOT_MESSAGES),
      write: (json) => writeWhole(join(config.home, FILES.currentJson), json),
      log,
    }),
  );

  startChores(config, { taxonomy, heard: () => journal.last() }, opened);
  const changed = (): boolean => process.kill(process.pid, "SIGTERM");
  opened.use(watchTaxonomy({ ...holding, held: taxonomy, changed, log }));
  log.info("ready");
  await stopped(signal);
  await begun;
}, log);

/** Each settler, fed by its queue. */
function settleWhenHinted(
  redisUrl: string,
  settlers: Readonly<Record<"enrichment" | "archive", Settler>>,
  opened: AsyncDisposableStack,
): void {
  for (const queue of ["enrichment", "archive"] as const) {
    const settler = settlers[queue];
    opened.use(
      runWorker<Hint, void>(
        redisUrl,
        queue,
        ({ data }, stop) => settler.reach(data.up_to, stop),
        log,
      ),
    );
  }
}

/** What was found a moment ago, or is being looked for. */
function lately<Value>(look: () => Promise<Value>, ms: number): () => Promise<Value> {
  let found: { readonly at: number; readonly value: Promise<Value> } | null = null;
  return () => {
    const now = performance.now();
    if (found === null || now - found.at > ms) found = { at: now, value: look() };
    return found.value;
  };
}

async function stopped(signal: AbortSignal): Promise<void> {
  await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
}

/** Queue `recount`: counting everything again, when there is something to count. */
function startRecounts(
  { redisUrl }: WorkersConfig,
  deep: DeepStore,
  ports: Parameters<typeof recountAll>[1],
  opened: AsyncDisposableStack,
): void {
  opened.use(
    runWorker<Hint, RecountProgress>(
      redisUrl,
      "recount",
      ({ progress }, stop) => recountAll(deep, ports, progress, stop),
      log,
    ),
  );
  opened.use(lookForUncounted(deep, opened.use(openHints(redisUrl, log, ["recount"]))));
}

/** Queue `session-snapshot`: snapshots when they are due, and before a session goes. */
function startSnapshots(
  { home, redisUrl, databaseUrl }: WorkersConfig,
  {
    deep,
    journal,
    sessions,
  }: Pick<SnapshotPorts, "sessions"> & {
    readonly deep: Pick<DeepStore, "cursor">;
    readonly journal: Pick<JournalReader, "last">;
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
  return openDueLook({ library, jobs, isBehind, log });
}

type Known = {
  readonly taxonomy: () => Promise<Taxonomy>;
  readonly heard: () => Promise<number>;
};

/** Queues `report` and `webhook`: reports and alerts, by the clock and when asked for, and telling of them. */
function startChores(
  { home, redisUrl, databaseUrl, alertsMs }: WorkersConfig,
  { taxonomy, heard }: Known,
  opened: AsyncDisposableStack,
): void {
  const domains = async (): Promise<readonly string[]> => Object.keys((await taxonomy()).domains);
  const chores = opened.use(openChores(redisUrl));
  const numbers = opened.use(openNumbers(databaseUrl));
  const state = join(home, FILES.alertsState);
  const now = (): Date => new Date();
  const shelf = openReportShelf(join(home, FILES.reports));
  const pause = (ms: number): Promise<void> => Bun.sleep(ms);
  const shared = { numbers, heard, pause, domains, now, log };
  const ports = {
    report: { ...shared, shelf, putOff: () => chores.reportLater() },
    alerts: {
      rules: () => textAt(join(home, FILES.alerts)),
      note: { load: () => textAt(state), save: (text: string) => writeWhole(state, text) },
      ...{ ...shared, chores, env: process.env },
    },
    delivery: { env: process.env, hmac: hmacOf, post: postOnce, now },
  };
  for (const queue of ["report", "webhook"] as const) {
    opened.use(
      runWorker<unknown, object | null>(
        redisUrl,
        queue,
        (work, stop) => doChore(work, ports, stop),
        log,
      ),
    );
  }
  opened.use(keepClock(chores, alertsMs, log));
}
