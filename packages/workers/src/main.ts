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
import { loadTaxonomy, openNote } from "@verbatim/drivers/files";
import { openHotStore } from "@verbatim/drivers/hot";
import { journalIdWhenThere, openJournalReader } from "@verbatim/drivers/journal";
import { openLog, run, writeWhole } from "@verbatim/drivers/process";
import { openHints, runWorker } from "@verbatim/drivers/queue";
import { openDeepStore } from "@verbatim/drivers/store";
import { configFrom } from "./config.ts";
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
  const recounts = opened.use(openHints(config.redisUrl, log, ["recount"]));
  opened.use(lookForUncounted(deep, recounts));

  // A store that is new gets its tables before the first hint comes.
  const begun = Promise.all([hotSettler.reach(0, signal), deepSettler.reach(0, signal)]);

  opened.use(
    keepCurrent({
      window: () => hot.window(HOT_MESSAGES),
      write: (json) => writeWhole(join(config.home, FILES.currentJson), json),
      log,
    }),
  );

  log.info("ready");
  await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  await begun;
}, log);
