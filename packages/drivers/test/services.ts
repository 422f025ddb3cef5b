/**
 * Real servers for tests: a Redis with a password on a port nobody expects, and
 * a Postgres. The Postgres of a whole run is used where there is one; otherwise
 * this process starts its own, and they end with it.
 */
import { mkdtempSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { startPostgres } from "../src/services/postgres.ts";
import { startRedis } from "../src/services/redis.ts";

let redis: Promise<string> | null = null;
let postgres: Promise<string> | null = null;
let made = 0;

/** A Redis of this process's own, empty at the first call. Tests of one process share it and flush it. */
export async function testRedisUrl(): Promise<string> {
  redis ??= ownRedis();
  return await redis;
}

async function ownRedis(): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), "vb-redis-"));
  const server = await startRedis({
    dir,
    password: "test-secret",
    log: join(dir, "log"),
    port: await freePort(),
  });
  return server.url;
}

/** A Redis for one test alone, which may kill it. */
export type MortalRedis = {
  readonly url: string;
  readonly pid: number;
  readonly exited: Promise<number>;
  /** Starts it again where it was, with what it had saved. */
  again(): Promise<MortalRedis>;
};

/** Starts one. */
export async function mortalRedis(): Promise<MortalRedis> {
  const dir = mkdtempSync(join(tmpdir(), "vb-redis-"));
  const start = async (): Promise<MortalRedis> => {
    const server = await startRedis({
      dir,
      password: "test-secret",
      log: join(dir, "log"),
      socket: join(dir, "s"),
    });
    return { ...server, again: start };
  };
  return await start();
}

/** A fresh, empty database. */
export async function testDatabaseUrl(): Promise<string> {
  postgres ??= Promise.resolve(process.env["VERBATIM_TEST_DATABASE_URL"] ?? ownPostgres());
  const url = await postgres;
  made += 1;
  const name = `t_${process.pid}_${made}_${Date.now().toString(36)}`;
  const client = new Client({ connectionString: url });
  await client.connect();
  await dropOrphans(client);
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  const fresh = new URL(url);
  fresh.pathname = `/${name}`;
  return fresh.toString();
}

/** Databases of tests that have ended: a run makes hundreds. What another drops at this moment is let be. */
async function dropOrphans(client: Client): Promise<void> {
  const { rows } = await client.query("SELECT datname FROM pg_database WHERE datname LIKE 't\\_%'");
  for (const { datname } of rows) {
    const pid = Number(String(datname).split("_")[1]);
    if (isAlive(pid)) continue;
    await client.query(`DROP DATABASE IF EXISTS ${datname} WITH (FORCE)`).catch(() => undefined);
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** Starts one that ends with this process. */
export async function ownPostgres(): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), "vb-pg-"));
  const server = await startPostgres({
    dir: join(dir, "data"),
    socketDir: dir,
    port: 5432,
    password: "test-secret",
    log: join(dir, "log"),
  });
  return server.url;
}

async function freePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        typeof address === "object" && address !== null
          ? resolve(address.port)
          : reject(new Error("no port")),
      );
    });
  });
}
