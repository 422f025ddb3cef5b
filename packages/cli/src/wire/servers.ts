/** Redis and Postgres for a home: those that were named by URL, checked, or our own under it. */
import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { FILES, VerbatimError } from "@verbatim/core";
import { makeShortFolder, writeWhole } from "@verbatim/drivers/process";
import { checkRedis } from "@verbatim/drivers/redis";
import { type Guarded, startPostgres, startRedis } from "@verbatim/drivers/services";
import { checkPostgres } from "@verbatim/drivers/store";
import type { Running } from "../up/keep.ts";

/** The longest name of a socket of our servers, `.s.PGSQL.5432.lock`, and some room. */
const SOCKET_NAME_BYTES = 23;
/** Only part of the socket's name: no port is opened. */
const POSTGRES_PORT = 5432;

export type Server = {
  readonly name: "redis" | "postgres";
  readonly url: string;
  /** Null for one that is not ours to run. */
  readonly start: (() => Promise<Running>) | null;
};

type Secrets = { readonly redis: string; readonly postgres: string };

/** Both servers of a home, not started yet. Given ones are checked here: reachable, fit. */
export async function serversOf(
  home: string,
  env: NodeJS.ProcessEnv,
): Promise<readonly [Server, Server]> {
  const sockets = socketFolder(home);
  const given = { redis: env["REDIS_URL"], postgres: env["DATABASE_URL"] };
  if (given.redis !== undefined) await checkRedis(given.redis);
  if (given.postgres !== undefined) await checkPostgres(given.postgres);
  const secrets = await secretsOf(home);
  const redis = {
    dir: join(home, FILES.redis),
    socket: join(sockets, "redis.sock"),
    password: secrets.redis,
    log: join(home, FILES.logs, "redis.log"),
    path: env["PATH"] ?? "",
  };
  const postgres = {
    dir: join(home, FILES.postgres),
    socketDir: sockets,
    port: POSTGRES_PORT,
    password: secrets.postgres,
    log: join(home, FILES.logs, "postgres.log"),
  };
  return [
    given.redis === undefined
      ? {
          name: "redis",
          url: `unix://${encodeURI(redis.socket)}?password=${secrets.redis}&db=0`,
          start: async () => runningOf(await startRedis(redis)),
        }
      : { name: "redis", url: given.redis, start: null },
    given.postgres === undefined
      ? {
          name: "postgres",
          url: `postgresql://verbatim:${secrets.postgres}@localhost:${POSTGRES_PORT}/postgres?host=${encodeURIComponent(sockets)}`,
          start: async () => runningOf(await startPostgres(postgres)),
        }
      : { name: "postgres", url: given.postgres, start: null },
  ];
}

/** A server is ready when its start returns. */
function runningOf(server: Guarded): Running {
  return {
    pid: server.pid,
    ready: Promise.resolve(true),
    exited: server.exited,
    failure: () => null,
    stop: async () => await server.stop(),
  };
}

/** `<home>/run`, or where that is too long for a socket, a short name for it. */
function socketFolder(home: string): string {
  const run = join(home, FILES.run);
  mkdirSync(run, { recursive: true, mode: 0o700 });
  chmodSync(run, 0o700);
  return makeShortFolder(run, { nameBytes: SOCKET_NAME_BYTES });
}

/** Passwords of our own servers, made once: the database remembers its own. */
async function secretsOf(home: string): Promise<Secrets> {
  const path = join(home, FILES.run, "secrets.json");
  if (existsSync(path)) {
    const found: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (isSecrets(found)) return found;
    throw new VerbatimError(
      "config_invalid",
      `${path} is not ours any more; move it and ${join(home, FILES.postgres)} away: the database is made again from the journal`,
    );
  }
  const secrets: Secrets = {
    redis: randomBytes(24).toString("hex"),
    postgres: randomBytes(24).toString("hex"),
  };
  await writeWhole(path, JSON.stringify(secrets));
  return secrets;
}

function isSecrets(found: unknown): found is Secrets {
  return (
    typeof found === "object" &&
    found !== null &&
    "redis" in found &&
    "postgres" in found &&
    typeof found.redis === "string" &&
    typeof found.postgres === "string"
  );
}
