/** Puts the workers together: two settlers, each fed by its queue, and current.json. */
import { hash } from "node:crypto";
import { join } from "node:path";
import {
  FILES,
  type Hint,
  HOT_MESSAGES,
  openSettling,
  type Taxonomy,
  taxonomyId,
} from "@verbatim/core";
import { loadTaxonomy, openHotDays, openNote } from "@verbatim/drivers/files";
import { openHotStore } from "@verbatim/drivers/hot";
import { journalIdWhenThere, openJournalReader } from "@verbatim/drivers/journal";
import { giveWay, openLog, run, writeWhole } from "@verbatim/drivers/process";
import { runWorker } from "@verbatim/drivers/queue";
import { openSessionStore } from "@verbatim/drivers/sessions";
import { openDeepStore } from "@verbatim/drivers/store";
import { configFrom } from "./config.ts";
import { keepCurrent } from "./current-json.ts";
import { openProblems } from "./problems.ts";
import { takeHot } from "./sessions.ts";
import { type Settler, settlerOf } from "./settler.ts";
import { held, watchTaxonomy } from "./taxonomy.ts";
import { startCheckpoints } from "./wire/checkpoints.ts";
import { startChores } from "./wire/chores.ts";
import { startExports } from "./wire/exports.ts";
import { startForgets } from "./wire/forgets.ts";
import { startRebuilds } from "./wire/rebuilds.ts";
import { startRecounts } from "./wire/recounts.ts";
import { startRetention } from "./wire/retention.ts";
import { startSnapshots } from "./wire/snapshots.ts";

const log = openLog("workers");
const sha256 = (data: Uint8Array | string): string => hash("sha256", data, "hex");

await run(async (signal, opened) => {
  giveWay();
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

  const hotDays = opened.use(await openHotDays(join(config.home, FILES.retention), log));
  const sessions = opened.use(openSessionStore(config.redisUrl, "reader", () => hotDays.now()));
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
  const due = startSnapshots(config, { deep, journal, sessions, log }, opened);
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
  startForgets(config, ports, opened);
  startCheckpoints(config, ports, opened);
  startRetention(config, { journal, log }, opened);
  const nameOfTaxonomy = async (): Promise<string> => holding.idOf(await taxonomy());
  const again = { ...hot, reach: hotSettler.reach };
  const making = { ...ports, journalId, taxonomy: nameOfTaxonomy, hot: again, deep };
  startRebuilds(config, making, opened);

  // A store that is new gets its tables before the first hint comes.
  const begun = Promise.all([hotSettler.reach(0, signal), deepSettler.reach(0, signal)]);

  opened.use(
    keepCurrent({
      window: () => hot.window(HOT_MESSAGES),
      write: (json) => writeWhole(join(config.home, FILES.currentJson), json),
      log,
    }),
  );

  startExports(config, { ...ports, sha256 }, opened);
  startChores(config, { taxonomy, heard: () => journal.last(), log }, opened);
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

async function stopped(signal: AbortSignal): Promise<void> {
  await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
}
