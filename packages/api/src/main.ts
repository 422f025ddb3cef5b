/** Puts the API together and listens. */
import { hash, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  alertsNoteOf,
  busStatusOf,
  FILES,
  openSettledReader,
  openSettling,
  storeProblemsOf,
} from "@verbatim/core";
import { loadTaxonomy, openReportShelf, textAt } from "@verbatim/drivers/files";
import { openLiveFeed } from "@verbatim/drivers/hot";
import { openIntake } from "@verbatim/drivers/intake";
import { openJournalReader } from "@verbatim/drivers/journal";
import { openAuditLog, openKeyRing } from "@verbatim/drivers/keys";
import { openLog, run, writeWhole } from "@verbatim/drivers/process";
import { openJobs } from "@verbatim/drivers/queue";
import { openSessionStore } from "@verbatim/drivers/sessions";
import { openLibrary, openNumbers, openSessionLibrary } from "@verbatim/drivers/store";
import { createApp } from "./app.ts";
import { configFrom, isLoopback, mayListen } from "./config.ts";
import { openHealth } from "./health.ts";
import type { ApiPorts } from "./ports.ts";
import { processesOf } from "./processes.ts";
import { statusOf } from "./status.ts";

/** Longer than the feed's ping, so that an idle follower is never cut off. */
const IDLE_S = 60;
/** Answers under way get this long when the server stops. */
const DRAIN_MS = 3000;
/** The app refuses bodies over its own bound unread, with an answer that says so; the server's own refusal says nothing. */
const ANY_BYTES: number = 2 ** 40;
/** Often enough that health knows of a stand when it is first asked. */
const LOOK_MS = 10_000;

/** One entry, however long it is. */
const ONE = { entries: 1, bytes: 1 } as const;

const log = openLog("api");

await run(async (signal, opened) => {
  const config = configFrom(process.env);
  const keys = opened.use(await openKeyRing(config.home, { log, now: () => new Date() }));
  mayListen(config, await keys.hasAny());
  const audit = opened.use(openAuditLog(config.home, { log, now: () => new Date() }));
  const ownKey = await makeOwnKey(config.home);
  const library = opened.use(openLibrary(config.databaseUrl));
  const intake = openIntake(join(config.home, FILES.intakeSocket));
  opened.defer(() => intake.close());
  const older = async (after: number, limit: number) =>
    (await library.messages({}, { limit, after: { seq: after, sub: 32_767 }, order: "asc" })).rows;
  const olderTo = async () => (await library.totals()).settled_to;
  const live = opened.use(openLiveFeed(config.redisUrl, { older, olderTo }));
  const jobs = opened.use(openJobs(config.redisUrl));
  const numbers = opened.use(openNumbers(config.databaseUrl));
  const sha256 = (data: Uint8Array | string): string => hash("sha256", data, "hex");
  const journal = openJournalReader(join(config.home, FILES.journal));
  opened.defer(() => journal.close());
  const taxonomy = () => loadTaxonomy(join(config.home, FILES.taxonomy));
  const settling = openSettling(sha256, taxonomy);
  const said = (file: string): Promise<string> =>
    readFile(join(config.home, file), "utf8").catch(() => "");

  const ports: ApiPorts = {
    ...told(said),
    library,
    settled: async () => openSettledReader(journal, await settling()),
    intake,
    entry: async (seq) => (await journal.read({ from: seq, to: seq, ...ONE }))[0] ?? null,
    sessionStore: opened.use(openSessionStore(config.redisUrl)),
    sessionLibrary: opened.use(openSessionLibrary(config.databaseUrl)),
    live,
    jobs,
    numbers,
    reports: openReportShelf(join(config.home, FILES.reports)),
    domains: async () => Object.keys((await taxonomy()).domains),
    alerts: async () => ({
      rules: await textAt(join(config.home, FILES.alerts)),
      note: alertsNoteOf(await said(FILES.alertsState)),
    }),
    keys,
    audit,
    log,
    now: () => new Date(),
    newId: () => Bun.randomUUIDv7(),
    sha256,
    stopping: signal,
  };
  const health = openHealth(ports.now);
  const looking = setInterval(() => void statusOf(ports).then(health.look, () => {}), LOOK_MS);
  opened.defer(() => clearInterval(looking));
  const app = createApp(ports, { ...config, ownKey, loopback: isLoopback(config) }, health);
  const server = Bun.serve({
    hostname: config.host,
    port: config.port,
    idleTimeout: IDLE_S,
    maxRequestBodySize: ANY_BYTES,
    fetch: (request, bun) => app.fetch(request, { from: bun.requestIP(request)?.address ?? null }),
  });
  opened.defer(async () => {
    const late = new Promise((resolve) => setTimeout(resolve, DRAIN_MS));
    await Promise.race([server.stop(), late]);
    await server.stop(true);
  });
  log.info("ready", { url: server.url.href });
  await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
}, log);

/** What other processes of this home last said of themselves. */
function told(
  said: (file: string) => Promise<string>,
): Pick<ApiPorts, "processes" | "stores" | "bus"> {
  return {
    processes: async () => processesOf(await said(FILES.upFile)),
    stores: async () => storeProblemsOf(await said(FILES.storesFile)),
    bus: async () => busStatusOf(await said(FILES.busFile)),
  };
}

/** A key for our own commands: who may read this home may ask. Without it they need one as anybody does. */
async function makeOwnKey(home: string): Promise<string | null> {
  const key = `vb_${randomBytes(32).toString("base64url")}`;
  const path = join(home, FILES.ownKey);
  return await writeWhole(path, key).then(
    () => key,
    () => null,
  );
}
