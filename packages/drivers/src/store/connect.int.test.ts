/** What errors of a real Postgres, and of the way to it, are taken for. */
import { afterAll, expect, test } from "bun:test";
import { Client } from "pg";
import { testDatabaseUrl } from "../../test/services.ts";
import { guarded, openPool } from "./connect.ts";

const url = await testDatabaseUrl();
const pool = openPool(url, { max: 2 });
const other = new Client({ connectionString: url });
await other.connect();
afterAll(async () => {
  await pool.end();
  await other.end();
});

/** Runs statements one after the other on one connection. */
async function run(...statements: readonly string[]): Promise<void> {
  await guarded(async () => {
    const client = await pool.connect();
    try {
      for (const statement of statements) await client.query(statement);
    } finally {
      client.release(true);
    }
  });
}

test("data that cannot be is rejected, also when its words sound like Postgres being away", async () => {
  for (const words of ["ECONNREFUSED", "ENOENT", "timeout", "terminating", "Connection terminated"])
    await expect(run(`SELECT '${words}'::int`)).rejects.toMatchObject({
      code: "postgres_rejected",
      facts: { state: "22P02" },
    });
});

test("W2: a statement that takes too long is too much, and is tried with less", async () => {
  await expect(run("SET statement_timeout = 20", "SELECT pg_sleep(30)")).rejects.toMatchObject({
    code: "postgres_rejected",
    facts: { state: "57014" },
  });
});

test("W1: a lock of somebody else is waited for, and is nobody's fault", async () => {
  await other.query("CREATE TABLE held (n int)");
  await other.query("BEGIN; LOCK TABLE held");
  try {
    await expect(run("SET lock_timeout = 20", "SELECT * FROM held")).rejects.toMatchObject({
      code: "postgres_unreachable",
    });
  } finally {
    await other.query("ROLLBACK");
  }
  const found = await pool.query("SHOW lock_timeout");
  expect(found.rows).toEqual([{ lock_timeout: "20s" }]);
});

test("what is no answer of Postgres is away by its words, and what nobody knows keeps its name", async () => {
  const failing = (code: string, message: string): Promise<unknown> =>
    guarded(async () => {
      throw Object.assign(new Error(message), code === "" ? {} : { code });
    });
  for (const [code, message] of [
    ["EPIPE", "write"],
    ["ECONNREFUSED", "connect"],
    ["", "Connection terminated unexpectedly"],
    ["", "timeout exceeded when trying to connect"],
    ["57P01", "terminating connection due to administrator command"],
    ["40P01", "deadlock detected"],
    ["53200", "out of memory"],
  ] as const)
    await expect(failing(code, message)).rejects.toMatchObject({ code: "postgres_unreachable" });
  await expect(failing("42601", "syntax error at or near timeout")).rejects.toMatchObject({
    code: "42601",
  });
});
