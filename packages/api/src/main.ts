/** Puts the API together and listens. */
import { hash } from "node:crypto";
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
import { openLog, run } from "@verbatim/drivers/process";
import { openJobs } from "@verbatim/drivers/queue";
import { openSessionStore } from "@verbatim/drivers/sessions";
import { openLibrary, openNumbers, openSessionLibrary } from "@verbatim/drivers/store";
import { createApp } from "./app.ts";
import { configFrom } from "./config.ts";
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
    processes: async () => processesOf(await said(FILES.upFile)),
    stores: async () => storeProblemsOf(await said(FILES.storesFile)),
    alerts: async () => ({
      rules: await textAt(join(config.home, FILES.alerts)),
      note: alertsNoteOf(await said(FILES.alertsState)),
    }),
    bus: async () => busStatusOf(await said(FILES.busFile)),
    log,
    now: () => new Date(),
    newId: () => Bun.randomUUIDv7(),
    sha256,
    stopping: signal,
  };
  const health = openHealth(ports.now);
  const looking = setInterval(() => void statusOf(ports).then(health.look, () => {}), LOOK_MS);
  opened.defer(() => clearInterval(looking));
  const app = createApp(ports, { key: config.key }, health);
  const server = Bun.serve({
    hostname: config.host,
    port: config.port,
    idleTimeout: IDLE_S,
    maxRequestBodySize: ANY_BYTES,
    fetch: (request) => app.fetch(request),
  });
  opened.defer(async () => {
    const late = new Promise((resolve) => setTimeout(resolve, DRAIN_MS));
    await Promise.race([server.stop(), late]);
    await server.stop(true);
  });
  log.info("ready", { url: server.url.href });
  await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
}, log);
