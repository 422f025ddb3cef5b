/**
 * A Redis of our own, under home: AOF every second, nothing evicted, a password,
 * and only a unix socket unless a port is asked for.
 *
 * Redis is made from the journal and may lose its last second; everysec is right
 * for it, and `always` would cost a sync a command for nothing.
 */
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { delimiter, join } from "node:path";
import { VerbatimError } from "@verbatim/core";
import { type Guarded, startGuarded } from "./guard.ts";
import { readyWithin } from "./ready.ts";

/** A large append-only file is loaded before Redis answers. */
const READY_MS_MAX = 30_000;

export type RedisOptions = {
  /** Its data; made when it is not there. */
  readonly dir: string;
  readonly password: string;
  readonly log: string;
  /** Where to look for the program first: the environment's PATH. */
  readonly path?: string;
  /** Unix socket to listen on, at most 100 bytes of path. */
  readonly socket?: string;
  /** TCP port on 127.0.0.1, for tests. */
  readonly port?: number;
};

/** The program there is, or null. */
export function redisProgram(path: string): string | null {
  for (const folder of [
    ...path.split(delimiter),
    "/usr/bin",
    "/usr/sbin",
    "/usr/local/bin",
    "/opt/homebrew/bin",
  ]) {
    for (const name of ["redis-server", "valkey-server"]) {
      if (folder !== "" && existsSync(join(folder, name))) return join(folder, name);
    }
  }
  return null;
}

/** Starts it and waits until it answers. Throws `service_missing` or `redis_unreachable`. */
export async function startRedis(
  options: RedisOptions,
): Promise<Guarded & { readonly url: string }> {
  const program = redisProgram(options.path ?? "");
  if (program === null) {
    throw new VerbatimError(
      "service_missing",
      "there is no redis-server or valkey-server on this machine; install one (Debian: apt-get install redis-server; macOS: brew install redis), or set REDIS_URL",
    );
  }
  mkdirSync(options.dir, { recursive: true, mode: 0o700 });
  if (options.socket !== undefined) rmSync(options.socket, { force: true });
  const config = join(options.dir, "redis.conf");
  writeFileSync(config, configOf(options), { mode: 0o600 });
  const server = await startGuarded([program, config], { log: options.log, signal: "TERM" });
  await readyWithin(
    READY_MS_MAX,
    server,
    async () => (await ask(options)).includes("+PONG"),
    () =>
      new VerbatimError(
        "redis_unreachable",
        `our Redis did not start; its own words are in ${options.log}`,
      ),
  );
  return { ...server, url: urlOf(options) };
}

function configOf({ dir, password, socket, port }: RedisOptions): string {
  return [
    `port ${port ?? 0}`,
    "bind 127.0.0.1",
    ...(socket === undefined ? [] : [`unixsocket "${socket}"`, "unixsocketperm 700"]),
    `requirepass ${password}`,
    `dir "${dir}"`,
    "daemonize no",
    "appendonly yes",
    "appendfsync everysec",
    "aof-load-truncated yes",
    'save ""',
    "maxmemory-policy noeviction",
    "",
  ].join("\n");
}

function urlOf({ password, socket, port }: RedisOptions): string {
  if (socket === undefined) return `redis://:${encodeURIComponent(password)}@127.0.0.1:${port}/0`;
  return `unix://${encodeURI(socket)}?password=${encodeURIComponent(password)}&db=0`;
}

/** One AUTH and PING by hand: the client libraries live in another room. */
async function ask({ password, socket, port }: RedisOptions): Promise<string> {
  return await new Promise((resolve, reject) => {
    const to = socket === undefined ? connect(port ?? 0, "127.0.0.1") : connect(socket);
    let answer = "";
    const end = (): void => {
      to.destroy();
      resolve(answer);
    };
    to.setTimeout(1000, end);
    to.once("connect", () => to.write(`AUTH ${password}\r\nPING\r\n`));
    to.on("data", (bytes) => {
      answer += bytes.toString();
      if (answer.includes("PONG") || answer.includes("LOADING")) end();
    });
    to.once("error", reject);
  });
}
