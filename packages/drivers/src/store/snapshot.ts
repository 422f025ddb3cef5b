/**
 * Reading the numbers as they were at one moment. (N7)
 *
 * A snapshot alone is not enough: TRUNCATE, by which numbers are forgotten,
 * empties a table also for those who look at it as it was before. So whoever
 * reads holds the tables first, in the order in which whoever empties them does,
 * and takes the snapshot then.
 */
import type { Numbers } from "@verbatim/core";
import type pg from "pg";
import { inTransaction } from "./transaction.ts";

const HELD: string = ["messages", "asides", "sessions", "tallies", "threads", "said", "cursors"]
  .map((name) => `ONLY verbatim.${name}`)
  .join(", ");

/** Reads at one moment; a connection that failed meanwhile is not used again. */
export async function atOneMoment<Value>(
  pool: pg.Pool,
  read: (client: pg.PoolClient) => Promise<Value>,
): Promise<Value> {
  return await inTransaction(
    pool,
    async (client) => {
      await client.query(`LOCK TABLE ${HELD} IN ACCESS SHARE MODE`);
      return await read(client);
    },
    { begin: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" },
  );
}

/** What may be asked of numbers, but for asking several things at once. */
export type Answers = Omit<Numbers, "together">;
