/** Puts the workers together: two settlers, each fed by its queue, and current.json. */
import { hash } from "node:crypto";
import { join } from "node:path";
import { FILES, type Hint, HOT_MESSAGES, makeSettle } from "@verbatim/core";
import { openNote } from "@verbatim/drivers/files";
import { openHotStore } from "@verbatim/drivers/hot";
import { journalIdWhenThere, openJournalReader } from "@verbatim/drivers/journal";
import { openLog, run, writeWhole } from "@verbatim/drivers/process";
import { runWorker } from "@verbatim/drivers/queue";
import { openDeepStore } from "@verbatim/drivers/store";
import { configFrom } from "./config.ts";
import { currentOf, EVERY_MS, fingerprintOf } from "./current-json.ts";
import { openProblems } from "./problems.ts";
import { settlerOf } from "./settler.ts";

const log = openLog("workers");

await run(async (signal, opened) => {
  const config = configFrom(process.env);
  const dir = join(config.home, FILES.journal);
  const journal = openJournalReader(dir);
  opened.defer(() => journal.close());
  const hot = opened.use(openHotStore(config.redisUrl));
  const deep = opened.use(openDeepStore(config.databaseUrl));
  const settle = makeSettle({ sha256: (data) => hash("sha256", data, "hex") });
  const problems = openProblems(openNote(join(config.home, FILES.storesFile)), log);
  const journalId = (): Promise<string> => journalIdWhenThere(dir, signal);

  const hotSettler = settlerOf({
    consumer: { ...hot, name: "redis", take: (stretch) => hot.apply(stretch) },
    claim: async () => await hot.claim(await journalId()),
    afterwards: async () => {},
    tell: (problem) => problems.say("redis", problem),
    journal,
    settle,
    log,
  });
  const deepSettler = settlerOf({
    consumer: { ...deep, name: "postgres", take: (stretch) => deep.save(stretch) },
    claim: async () => await deep.claim(await journalId()),
    afterwards: async (stop) => {
      while (!stop.aborted && (await deep.indexSome()) > 0);
    },
    tell: (problem) => problems.say("postgres", problem),
    journal,
    settle,
    log,
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

  // A store that is new gets its tables before the first hint comes.
  const begun = Promise.all([hotSettler.reach(0, signal), deepSettler.reach(0, signal)]);

  let written = "";
  const current = setInterval(async () => {
    try {
      const window = await hot.window(HOT_MESSAGES);
      const fingerprint = fingerprintOf(window);
      if (fingerprint === written) return;
      await writeWhole(
        join(config.home, FILES.currentJson),
        JSON.stringify(currentOf(window, new Date().toISOString())),
      );
      written = fingerprint;
    } catch (error) {
      log.warn("current_json_not_written", { why: String(error) });
    }
  }, EVERY_MS);
  opened.defer(() => clearInterval(current));

  log.info("ready");
  await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  await begun;
}, log);
