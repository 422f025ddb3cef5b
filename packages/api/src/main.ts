/** Puts the API together and listens. */
import { hash, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  alertsNoteOf,
  busStatusOf,
  FILES,
  type Intake,
  type JournalReader,
  openSettledReader,
  openSettling,
  storeProblemsOf,
} from "@verbatim/core";
import { openCheckpointLibrary, surveyCheckpoints } from "@verbatim/drivers/checkpoints";
import { openExportShelf } from "@verbatim/drivers/exports";
import {
  loadTaxonomy,
  openHotDays,
  openKept,
  openReceiptShelf,
  openReportShelf,
  textAt,
} from "@verbatim/drivers/files";
import { openLiveFeed } from "@verbatim/drivers/hot";
import { openIntake } from "@verbatim/drivers/intake";
import { openJournalReader } from "@verbatim/drivers/journal";
import { openAuditLog, openKeyRing, openSealer } from "@verbatim/drivers/keys";
import { openPages } from "@verbatim/drivers/pages";
import { openLog, run, writeWhole } from "@verbatim/drivers/process";
import { openJobs } from "@verbatim/drivers/queue";
import { openSessionStore } from "@verbatim/drivers/sessions";
import { openLibrary, openNumbers, openSessionLibrary } from "@verbatim/drivers/store";
import { createApp } from "./app.ts";
import { type ApiConfig, configFrom, isLoopback, mayListen } from "./config.ts";
import { openForgets } from "./forgets/asked.ts";
import { openHealth } from "./health.ts";
import type { ApiPorts } from "./ports.ts";
import { notFoundOf, processesOf } from "./processes.ts";
import { statusOf } from "./status.ts";
import { within } from "./waiting.ts";
import { keepingPorts } from "./wire/keeping.ts";
import { homeSettings } from "./wire/settings.ts";

/** Longer than the feed's ping, so that an idle follower is never cut off. */
const IDLE_S = 60;
/** Answers under way get this long when the server stops. */
const DRAIN_MS = 3000;
/** The app refuses bodies over its own bound unread, with an answer that says so; the server's own refusal says nothing. */
const ANY_BYTES: number = 2 ** 40;
/** Often enough that health knows of a stand when it is first asked. */
const LOOK_MS = 10_000;

/** Nobody is kept from being answered by a Redis that is away. */
const WARM_MS = 1000;
const WARM_STEP_MS = 20;
/** A writer that does not say how far it is by then is away: then what lies on the disk counts. */
const HEARD_MS = 500;
/** One entry, however long it is. */
const ONE = { entries: 1, bytes: 1 } as const;

const log = openLog("api");
const sha256 = (data: Uint8Array | string): string => hash("sha256", data, "hex");

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
  const journal = openJournalReader(join(config.home, FILES.journal));
  opened.defer(() => journal.close());
  const taxonomy = () => loadTaxonomy(join(config.home, FILES.taxonomy));
  const settling = openSettling(sha256, taxonomy);
  const said = (file: string): Promise<string> =>
    readFile(join(config.home, file), "utf8").catch(() => "");

  const receipts = openReceiptShelf(join(config.home, FILES.receipts));
  const now = (): Date => new Date();
  const stores = await sessionStores(config, opened);
  const sessionsOf = sessionsOfConversation(stores);
  const asking = { intake, sha256, now, receipts, sessionsOf };
  const forgets = openForgets(asking, await receipts.list());
  const ports: ApiPorts = {
    forgets,
    ...{ ...told(said, config.home), ...keepingPorts(config.home, journal, signal) },
    library,
    settled: async () => openSettledReader(journal, await settling()),
    intake,
    ...journalFor(intake, journal),
    ...stores,
    live,
    ...{ jobs, queues: jobs, board: jobs.board },
    numbers,
    ...shelvesIn(config.home),
    segments: () => journal.segments(),
    domains: async () => Object.keys((await taxonomy()).domains),
    keys,
    settings: homeSettings(config.home, { now, keysChanged: () => keys.refresh() }),
    audit,
    ...(await dashboard(config.home, sha256)),
    log,
    now,
    newId: () => Bun.randomUUIDv7(),
    sha256,
    stopping: signal,
  };
  await warm(ports.sessionStore);
  const health = openHealth(ports.now);
  const looking = setInterval(() => void statusOf(ports).then(health.look, () => {}), LOOK_MS);
  opened.defer(() => clearInterval(looking));
  const app = createApp(ports, { ...config, ownKey, loopback: isLoopback(config) }, health);
  log.info("ready", { url: serve(app, config, opened) });
  await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
}, log);

/** Listens until what was opened is closed; gives the address. */
function serve(
  app: ReturnType<typeof createApp>,
  { host, port }: { readonly host: string; readonly port: number },
  opened: AsyncDisposableStack,
): string {
  const server = Bun.serve({
    hostname: host,
    port,
    idleTimeout: IDLE_S,
    maxRequestBodySize: ANY_BYTES,
    fetch: (request, bun) => app.fetch(request, { from: bun.requestIP(request)?.address ?? null }),
  });
  opened.defer(async () => {
    const late = new Promise((resolve) => setTimeout(resolve, DRAIN_MS));
    await Promise.race([server.stop(), late]);
    await server.stop(true);
  });
  return server.url.href;
}

/** Who asks first finds Redis as ready as who asks later: away is what it is called when it is. */
async function warm(store: ApiPorts["sessionStore"]): Promise<void> {
  const until = performance.now() + WARM_MS;
  while (performance.now() < until) {
    const isThere = await store.ping().then(
      () => true,
      () => false,
    );
    if (isThere) return;
    await new Promise((resolve) => setTimeout(resolve, WARM_STEP_MS));
  }
}

/** What jobs leave in files. */
function shelvesIn(home: string): Pick<ApiPorts, "exports" | "reports" | "checkpoints" | "survey"> {
  return {
    exports: openExportShelf(join(home, FILES.exports), openKept),
    reports: openReportShelf(join(home, FILES.reports)),
    checkpoints: openCheckpointLibrary(join(home, FILES.checkpoints), sha256),
    survey: (onProgress) =>
      surveyCheckpoints(join(home, FILES.checkpoints), { sha256, journal: null, onProgress }),
  };
}

/** How far the journal is, by its writer's word, and what is in it. */
function journalFor(
  intake: Pick<Intake, "heard">,
  journal: JournalReader,
): Pick<ApiPorts, "heard" | "entry" | "entries"> {
  return {
    heard: async () => {
      const told = await within(HEARD_MS, intake.heard()).catch(() => null);
      return told === null ? { seq: await journal.last(), sure: false } : { seq: told, sure: true };
    },
    entry: async (seq) => (await journal.read({ from: seq, to: seq, ...ONE }))[0] ?? null,
    entries: (stretch) => journal.read(stretch),
  };
}

/** The dashboard's files, and what seals the keys that browsers carry. */
async function dashboard(
  home: string,
  sha256: ApiPorts["sha256"],
): Promise<Pick<ApiPorts, "sealing" | "pages">> {
  return {
    sealing: { ...(await openSealer(join(home, FILES.cookieSecret))), sha256 },
    pages: openPages(fileURLToPath(import.meta.resolve("@verbatim/dashboard/page"))),
  };
}

type Stores = Pick<ApiPorts, "sessionStore" | "sessionLibrary" | "hotDays">;

/** Sessions, hot and deep. */
async function sessionStores(
  { home, redisUrl, databaseUrl, uriScheme }: ApiConfig,
  opened: AsyncDisposableStack,
): Promise<Stores> {
  const hotDays = opened.use(await openHotDays(join(home, FILES.retention), log));
  return {
    hotDays: () => hotDays.now(),
    sessionStore: opened.use(openSessionStore(redisUrl, "producer", () => hotDays.now())),
    sessionLibrary: opened.use(openSessionLibrary(databaseUrl, { scheme: uriScheme })),
  };
}

/** Sessions that a conversation opened, by whoever of both answers: what nobody knows now is found in the journal. */
function sessionsOfConversation({ sessionStore, sessionLibrary }: Stores) {
  return async (owner: string, id: string): Promise<readonly string[]> => {
    const found = await Promise.all([
      sessionStore.conversation(owner, id).catch(() => null),
      sessionLibrary.conversation(owner, id).catch(() => null),
    ]);
    const sessions = found.flatMap((one) => one?.history.map(({ session_id }) => session_id) ?? []);
    return [...new Set(sessions)];
  };
}

/** What other processes of this home last said of themselves. */
function told(
  said: (file: string) => Promise<string>,
  home: string,
): Pick<ApiPorts, "processes" | "notFound" | "stores" | "bus" | "alerts"> {
  return {
    alerts: async () => ({
      rules: await textAt(join(home, FILES.alerts)),
      note: alertsNoteOf(await said(FILES.alertsState)),
    }),
    processes: async () => processesOf(await said(FILES.upFile)),
    notFound: async () => notFoundOf(await said(FILES.upFile)),
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
