/** `verbatim up`: starts everything, keeps it running, and stops it in order. */
import { existsSync, mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { homedir } from "node:os";
import { join } from "node:path";
import { FILES, VerbatimError } from "@verbatim/core";
import { loadTaxonomy } from "@verbatim/drivers/files";
import { openIntake } from "@verbatim/drivers/intake";
import { type Lock, ownerOf, startProgram, takeLock, writeWhole } from "@verbatim/drivers/process";
import type { Screen } from "../render/screen.ts";
import { type Keeper, keep, type Running } from "../up/keep.ts";
import { BUS_PORT, type Plan, type UpOptions, type Watched, watchedOf } from "../up/plan.ts";
import { busCommand } from "./bus-program.ts";
import { checkpointHere } from "./checkpoint.ts";
import { progressUntilLive } from "./first-import.ts";
import { type Server, serversOf } from "./servers.ts";

/** Publish, subscribe, push, confirm. */
const BUS_PORTS = 4;
/** A program closes within ten seconds by itself; after this it is made to. */
const STOP_MS = 12_000;
/** Nobody who presses Ctrl-C waits long for a checkpoint. */
const CHECKPOINT_MS = 5000;
const PACKAGES: string = join(import.meta.dir, "../../..");

/** Runs until the signal; resolves when everything is stopped. */
export async function runUp(
  options: UpOptions,
  screen: Screen,
  signal: AbortSignal,
): Promise<void> {
  for (const folder of [FILES.run, FILES.logs, FILES.journal])
    mkdirSync(join(options.home, folder), { recursive: true, mode: 0o700 });
  const lock = upLock(options.home);
  const keepers: Keeper[] = [];
  const watched = planned(options);
  try {
    await portIsFree(options);
    await warn(options.home, screen);
    const bus = await busOf(options, screen);
    await startAll({ ...options, bus }, { screen, signal, keepers, watched });
    if (!signal.aborted)
      await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    screen.line("stopping …");
  } finally {
    await stopAll(keepers, () => lastCheckpoint(options.home, screen));
    await writeState(options, { keepers, watched });
    lock.release();
  }
  screen.line("stopped; everything that was acknowledged is in the journal");
}

/** What is broken and stops only a part is said now: recording goes on without it. */
async function warn(home: string, screen: Screen): Promise<void> {
  await loadTaxonomy(join(home, FILES.taxonomy)).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    screen.line(`warning: ${why}. Until then messages are recorded, and found by nobody`);
  });
}

type Start = {
  readonly screen: Screen;
  readonly signal: AbortSignal;
  readonly keepers: Keeper[];
  readonly watched: Plan;
};

function planned(options: UpOptions): Plan {
  return watchedOf(options, {
    cwd: process.cwd(),
    userHome: homedir(),
    claudeConfigDir: process.env["CLAUDE_CONFIG_DIR"],
    exists: existsSync,
    sample: join(import.meta.dir, "../up/sample"),
  });
}

async function startAll(
  options: UpOptions,
  { screen, signal, keepers, watched }: Start,
): Promise<void> {
  const begun = performance.now();
  const servers = await serversOf(options.home, process.env);
  await writeWhole(
    join(options.home, FILES.run, "urls.json"),
    JSON.stringify({ redis_url: servers[0].url, database_url: servers[1].url }),
  );
  const add = (name: string, start: () => Promise<Running>): Promise<void> => {
    const keeper = keeperOf(name, start, () => void writeState(options, { keepers, watched }));
    keepers.push(keeper);
    return keeper.firstReady;
  };
  const ready = servers.map((server) => readyServer(server, add));
  await until(Promise.all(ready), signal);
  const env = environmentOf(options, servers, watched.folders);
  const programs = ["ingest", "workers", "api"].map((name) =>
    add(name, async () => program(name, options.home, env)),
  );
  if (options.bus !== null) programs.push(add("bus", () => busProgram(options.home, env)));
  await until(Promise.all(programs), signal);
  if (signal.aborted) return;
  screen.started(
    keepers.map((keeper) => keeper.now()),
    performance.now() - begun,
  );
  const intake = openIntake(join(options.home, FILES.intakeSocket));
  try {
    await progressUntilLive(intake, screen, signal);
  } finally {
    await intake.close();
  }
  if (!signal.aborted)
    screen.ready({
      url: urlOf(options),
      watched: watched.folders,
      sample: watched.sample,
      home: options.home,
      bus: busUrl(options),
    });
}

async function readyServer(
  server: Server,
  add: (name: string, start: () => Promise<Running>) => Promise<void>,
): Promise<void> {
  if (server.start !== null) await add(server.name, server.start);
}

function keeperOf(name: string, start: () => Promise<Running>, changed: () => void): Keeper {
  return keep({
    name,
    start,
    changed,
    now: () => new Date(),
    chance: Math.random,
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  });
}

function program(name: string, home: string, env: NodeJS.ProcessEnv): Running {
  return startProgram([process.execPath, join(PACKAGES, name, "src/main.ts")], {
    env,
    log: join(home, FILES.logs, `${name}.log`),
  });
}

async function busProgram(home: string, env: NodeJS.ProcessEnv): Promise<Running> {
  const log = join(home, FILES.logs, "bus.log");
  return startProgram(await busCommand(home, "main.ts"), { env, log });
}

function environmentOf(
  options: UpOptions,
  [redis, postgres]: readonly [Server, Server],
  folders: readonly Watched[],
): NodeJS.ProcessEnv {
  return {
    ...process.env,
    VERBATIM_HOME: options.home,
    VERBATIM_HOST: options.host,
    VERBATIM_PORT: String(options.port),
    VERBATIM_WATCH: JSON.stringify(folders),
    REDIS_URL: redis.url,
    DATABASE_URL: postgres.url,
    VERBATIM_BUS_PORT: String(options.bus?.port ?? BUS_PORT),
    VERBATIM_BUS_HOST: options.bus?.host ?? "127.0.0.1",
    VERBATIM_BUS_SAFE: options.bus?.safe === true ? "1" : "0",
    ...(options.acceptLoss ? { VERBATIM_ACCEPT_LOSS: "1" } : {}),
  };
}

/** The promise, or the signal: a stop while starting stops at once. */
async function until(promise: Promise<unknown>, signal: AbortSignal): Promise<void> {
  promise.catch(() => undefined);
  const stopped = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
  await Promise.race([promise, stopped]);
}

/** The API and the bus first, so that nobody is answered by half a system; the servers last, while what was recorded is put into a checkpoint. */
async function stopAll(keepers: readonly Keeper[], recorded: () => Promise<void>): Promise<void> {
  const stop = async (names: readonly string[]): Promise<boolean> => {
    const found = keepers.filter((keeper) => names.includes(keeper.now().name));
    await Promise.all(found.map((keeper) => keeper.stop(STOP_MS)));
    return found.length > 0;
  };
  await stop(["api", "bus"]);
  const hasRecorded = await stop(["ingest", "workers"]);
  await Promise.all([hasRecorded ? recorded() : null, stop(["redis", "postgres"])]);
}

/** What is new when everything stops; what does not fit into CHECKPOINT_MS is in the next one. */
async function lastCheckpoint(home: string, screen: Screen): Promise<void> {
  try {
    const signal = AbortSignal.timeout(CHECKPOINT_MS);
    const how = { signal, waitMs: CHECKPOINT_MS, passed: () => {} };
    const { made } = await checkpointHere(home, { label: "shutdown", by_clock: true }, how);
    for (const { id } of made) screen.line(`checkpoint ${id}`);
  } catch (error) {
    if (error instanceof VerbatimError && error.code === "not_found") return;
    const why = error instanceof Error ? error.message : String(error);
    screen.line(`no checkpoint was made: ${why}`);
  }
}

let writing: Promise<void> = Promise.resolve();

/** Changes are written one after another; a state that cannot be written is no reason to stop. */
async function writeState(
  options: UpOptions,
  { keepers, watched }: Pick<Start, "keepers" | "watched">,
): Promise<void> {
  writing = writing.then(async () => {
    const state = {
      pid: process.pid,
      port: options.port,
      url: urlOf(options),
      written_at: new Date().toISOString(),
      processes: keepers.map((keeper) => keeper.now()),
      not_found: watched.notFound,
    };
    await writeWhole(join(options.home, FILES.upFile), JSON.stringify(state)).catch(
      () => undefined,
    );
  });
  await writing;
}

function urlOf(options: UpOptions): string {
  return `http://${options.host.includes(":") ? `[${options.host}]` : options.host}:${options.port}`;
}

function busUrl({ bus }: UpOptions): string | null {
  if (bus === null) return null;
  const first = bus.port ?? BUS_PORT;
  return `tcp://${bus.host}:${first}-${first + BUS_PORTS - 1}`;
}

function upLock(home: string): Lock {
  const path = join(home, FILES.run, "up.lock");
  const lock = takeLock(path, { program: "up", pid: process.pid, since: new Date().toISOString() });
  if (lock !== null) return lock;
  const pid = ownerOf(path)?.pid ?? 0;
  throw new VerbatimError(
    "already_running",
    `verbatim is running on ${home} already, pid ${pid}; see: verbatim status; or use another --home`,
    { facts: { home, pid } },
  );
}

async function portIsFree(options: UpOptions): Promise<void> {
  const why = await takenBy(options.port, options.host);
  if (why === null) return;
  throw new VerbatimError(
    "config_invalid",
    `port ${options.port} on ${options.host} cannot be used (${why}); choose another: --port 4401`,
  );
}

/**
 * The bus as it will run. Ports that somebody asked for must be free; where the
 * usual ones are taken, recording goes on without a bus, and says so.
 */
async function busOf(options: UpOptions, screen: Screen): Promise<UpOptions["bus"]> {
  const { bus } = options;
  if (bus === null) return null;
  const first = bus.port ?? BUS_PORT;
  for (let port = first; port < first + BUS_PORTS; port += 1) {
    const why = await takenBy(port, bus.host);
    if (why === null) continue;
    const what = `port ${port} on ${bus.host} cannot be used for the bus (${why})`;
    if (bus.port !== null)
      throw new VerbatimError("config_invalid", `${what}; choose other ports, or --no-bus`);
    screen.line(`${what}; going on without a bus. Give it other ports: --bus-port 6555`);
    return null;
  }
  return { ...bus, port: first };
}

/** Why a port cannot be listened on, or null. */
async function takenBy(port: number, host: string): Promise<string | null> {
  return await new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", (cause) => resolve("code" in cause ? String(cause.code) : cause.message));
    probe.listen(port, host, () => probe.close(() => resolve(null)));
  });
}
