/**
 * Bringing a database to this program's schema, by whoever opens it first.
 *
 * Under an advisory lock, so that programs that start together do not race. A
 * database that has migrations we do not know is newer than we are: refused.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { VerbatimError } from "@verbatim/core";
import { drizzle } from "drizzle-orm/node-postgres";
import { migrate } from "drizzle-orm/node-postgres/migrator";
import type pg from "pg";
import { guarded } from "./connect.ts";

const FOLDER: string = join(import.meta.dir, "migrations");
/** Any number, the same for all of us: "verbatim" as hex digits would be too long for int8. */
const LOCK = 7_265_627_417;

/** Makes the tables when they are not there. Throws `postgres_unfit` for a database newer than this program. */
export async function ensureSchema(pool: pg.Pool): Promise<void> {
  await guarded(async () => {
    const client = await pool.connect();
    try {
      await client.query("SELECT pg_advisory_lock($1)", [LOCK]);
      try {
        await refuseNewer(client);
        await migrate(drizzle(client), { migrationsFolder: FOLDER, migrationsSchema: "verbatim" });
      } finally {
        await client.query("SELECT pg_advisory_unlock($1)", [LOCK]);
      }
    } finally {
      client.release();
    }
  });
}

async function refuseNewer(client: pg.PoolClient): Promise<void> {
  const known = readdirSync(FOLDER).filter((name) => name.endsWith(".sql")).length;
  const table = await client.query("SELECT to_regclass('verbatim.__drizzle_migrations') AS there");
  if (table.rows[0]?.there === null) return;
  const applied = await client.query(
    "SELECT count(*)::int AS n FROM verbatim.__drizzle_migrations",
  );
  const found: number = applied.rows[0]?.n ?? 0;
  if (found <= known) return;
  throw new VerbatimError(
    "postgres_unfit",
    `the database was made by a newer Verbatim (${found} migrations, this one knows ${known}); update this one`,
    {
      facts: { found, known },
    },
  );
}
