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
import { loadTaxonomy, openNote, openReportShelf, textAt } from "@verbatim/drivers/files";
import { openHotStore } from "@verbatim/drivers/hot";
import { journalIdWhenThere, openJournalReader } from "@verbatim/drivers/journal";
import { openLog, run, writeWhole } from "@verbatim/drivers/process";
import { openChores, openHints, runWorker } from "@verbatim/drivers/queue";
import { openDeepStore, openNumbers } from "@verbatim/drivers/store";
import { hmacOf, postOnce } from "@verbatim/drivers/webhook";
import { doChore, keepClock } from "./chores.ts";
import { configFrom, type WorkersConfig } from "./config.ts";
import { keepCurrent } from "./current-json.ts";
import { openProblems } from "./problems.ts";
import { lookForUncounted, type RecountProgress, recountAll } from "./recounting.ts";
import { settlerOf } from "./settler.ts";

const log = openLog("workers");
const sha256 = (data: Uint8Array | string): string => hash("sha256", data, "hex");

await run(async (signal, opened) => {
  const config = configFrom(process.env);
  const dir = join(config.home, FILES.journal);
  const journal = openJournalReader(dir);
  opened.defer(() => journal.close());
  const hot = opened.use(openHotStore(config.redisUrl));
  const deep = opened.use(openDeepStore(config.databaseUrl));
  let held: Taxonomy | null = null;
  const taxonomy = async (): Promise<Taxonomy> => {
    held ??= await loadTaxonomy(join(config.home, FILES.taxonomy));
    return held;
  };
  const ports = { journal, settling: openSettling(sha256, taxonomy), log };
  const problems = openProblems(openNote(join(config.home, FILES.storesFile)), log);
  const journalId = (): Promise<string> => journalIdWhenThere(dir, signal);

  const hotSettler = settlerOf({
    consumer: { ...hot, name: "redis", take: (stretch) => hot.apply(stretch) },
    claim: async () => await hot.claim(await journalId()),
    afterwards: async () => {},
    tell: (problem) => problems.say("redis", problem),
    ...ports,
  });
  const deepSettler = settlerOf({
    consumer: { ...deep, name: "postgres", take: (stretch) => deep.save(stretch) },
    claim: async () => {
      await deep.claim(await journalId());
      await deep.useTaxonomy(taxonomyId(await taxonomy(), sha256));
    },
    afterwards: async (stop) => {
      while (!stop.aborted && (await deep.indexSome()) > 0);
    },
    tell: (problem) => problems.say("postgres", problem),
    ...ports,
  });
  for (const [queue, settler] of [
    ["enrichment", hotSettler],
    ["archive", deepSettler],
  ] as const) {
    opened.use(
      runWorker<Hint, void>(
        config.redisUrl,
        queue,
        ({ data }, stop) => settler.reach(data.up_to, stop),
        log,
      ),
    );
  }

  opened.use(
    runWorker<Hint, RecountProgress>(
      config.redisUrl,
      "recount",
      ({ progress }, stop) => recountAll(deep, ports, progress, stop),
      log,
    ),
  );
  opened.use(lookForUncounted(deep, opened.use(openHints(config.redisUrl, log, ["recount"]))));

  // A store that is new gets its tables before the first hint comes.
  const begun = Promise.all([hotSettler.reach(0, signal), deepSettler.reach(0, signal)]);

  opened.use(
    keepCurrent({
      window: () => hot.window(HOT_MESSAGES),
      write: (json) => writeWhole(join(config.home, FILES.currentJson), json),
      log,
    }),
  );

  startChores(config, taxonomy, opened);
  log.info("ready");
  await stopped(signal);
  await begun;
}, log);

async function stopped(signal: AbortSignal): Promise<void> {
  await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
}

/** Queue `report`: reports and alerts, by the clock and when asked for. */
function startChores(
  { home, redisUrl, databaseUrl, alertsMs }: WorkersConfig,
  taxonomy: () => Promise<Taxonomy>,
  opened: AsyncDisposableStack,
): void {
  const domains = async (): Promise<readonly string[]> => Object.keys((await taxonomy()).domains);
  const chores = opened.use(openChores(redisUrl));
  const numbers = opened.use(openNumbers(databaseUrl));
  const state = join(home, FILES.alertsState);
  const now = (): Date => new Date();
  const shelf = openReportShelf(join(home, FILES.reports));
  const ports = {
    report: { numbers, shelf, domains, now, log },
    alerts: {
      rules: () => textAt(join(home, FILES.alerts)),
      note: { load: () => textAt(state), save: (text: string) => writeWhole(state, text) },
      ...{ numbers, domains, chores, now, log },
    },
    delivery: { env: process.env, hmac: hmacOf, post: postOnce, now },
  };
  opened.use(
    runWorker<unknown, object | null>(
      redisUrl,
      "report",
      (work, stop) => doChore(work, ports, stop),
      log,
    ),
  );
  opened.use(keepClock(chores, alertsMs, log));
}
