/** Whether a Postgres is fit for us: reachable, new enough, and ours to make a schema in. */
import { VerbatimError } from "@verbatim/core";
import { openPool } from "./connect.ts";

const VERSION_MIN = 150_000;

/** Throws `postgres_unreachable` or `postgres_unfit` with what to do; gives the version. */
export async function checkPostgres(url: string): Promise<{ readonly version: string }> {
  const pool = openPool(url, { max: 1, queryMs: 5000 });
  try {
    const found = await pool
      .query(
        "SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS version, has_database_privilege(current_database(), 'CREATE') AS may",
      )
      .catch((cause: unknown) => {
        throw new VerbatimError(
          "postgres_unreachable",
          `Postgres does not answer at DATABASE_URL (${reason(cause)}); start it, or unset DATABASE_URL to use our own`,
          { cause },
        );
      });
    const { number, version, may } = found.rows[0];
    if (number < VERSION_MIN) {
      throw new VerbatimError(
        "postgres_unfit",
        `Postgres ${version} is too old; 15 or newer is needed`,
        { facts: { version } },
      );
    }
    if (may !== true) {
      throw new VerbatimError(
        "postgres_unfit",
        "we may not create a schema in this database; GRANT CREATE ON DATABASE … TO our user",
        { facts: { version } },
      );
    }
    return { version };
  } finally {
    await pool.end();
  }
}

/** The server's words without the address, which may hold a password. */
function reason(cause: unknown): string {
  return cause instanceof Error && "code" in cause ? String(cause.code) : "no connection";
}
