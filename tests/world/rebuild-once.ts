/** One rebuild as the workers do it, without the queue around it: `<home> <redis url> <database url> hot|numbers`. */
import { hash } from "node:crypto";
import { join } from "node:path";
import { makeSettle, taxonomyId } from "../../packages/core/src/index.ts";
import { loadTaxonomy } from "../../packages/drivers/src/files/index.ts";
import { openHotStore } from "../../packages/drivers/src/hot/index.ts";
import { journalIdOf, openJournalReader } from "../../packages/drivers/src/journal/index.ts";
import { openSessionStore } from "../../packages/drivers/src/sessions/index.ts";
import { openDeepStore, openRebuilding } from "../../packages/drivers/src/store/index.ts";
import { rebuild } from "../../packages/workers/src/rebuilding.ts";
import { recountAll } from "../../packages/workers/src/recounting.ts";
import { takeHot } from "../../packages/workers/src/sessions.ts";
import { settlerOf } from "../../packages/workers/src/settler.ts";

const [home = "", redisUrl = "", databaseUrl = "", what = ""] = process.argv.slice(2);
const sha256 = (data: Uint8Array | string): string => hash("sha256", data, "hex");
const { signal } = new AbortController();
const dir = join(home, "journal");
const journal = openJournalReader(dir);
const journalId = async (): Promise<string> => journalIdOf(dir) ?? "";
const taxonomy = await loadTaxonomy(join(home, "taxonomy.json"));
const settle = makeSettle({ sha256, taxonomy });
const log = { info: () => {}, warn: () => {}, error: () => {} };
const ports = { journal, settling: async () => settle, log };
{
  await using hot = openHotStore(redisUrl);
  await using sessions = openSessionStore(redisUrl, "reader");
  await using deep = openDeepStore(databaseUrl);
  const settler = settlerOf({
    consumer: { ...hot, name: "redis", take: (stretch) => takeHot(stretch, hot, sessions) },
    claim: async () => {
      await hot.claim(await journalId());
      await sessions.begin(await journal.last());
    },
    afterwards: async () => {},
    tell: () => {},
    ...ports,
  });
  const isHot = what === "hot";
  // Redis is filled by its settler, which is waited for; numbers by their own job.
  const pause = isHot
    ? () => new Promise<void>(() => {})
    : async () => void (await recountAll(deep, ports, async () => {}, signal));
  await rebuild(
    { data: { hot: isHot, deep: false, numbers: !isHot }, progress: async () => {} },
    {
      ...{ ...ports, journalId, deep, pause, hot: { ...hot, reach: settler.reach } },
      taxonomy: async () => taxonomyId(taxonomy, sha256),
      openRebuilding: () => openRebuilding(databaseUrl),
    },
    signal,
  );
}
await journal.close();
