/**
 * Making again what Postgres keeps of its own rows: folds of sessions,
 * conversations, the sessions that lists show, and counts.
 *
 *   V27  What differs is made again from the rows it comes from, in one
 *        transaction, while nothing is saved.
 *
 * Who stops it is heard, in the middle of a statement too, and then nothing is
 * done (V47, cli/wire/look.ts).
 */
import type pg from "pg";
import { checkFolds, type FoldFault } from "./check-folds.ts";
import { guarded, openPool } from "./connect.ts";
import { conversationAgain, headAgain, sessionAgain } from "./forgetting-again.ts";
import { inTransaction } from "./transaction.ts";
import { DIFFERING_SESSIONS } from "./witness.ts";

/** Sums over everything take as long as there is much of it. */
const QUERY_MS = 600_000;

/** How many of what were made again. */
export type MendedSums = {
  readonly sessions: number;
  readonly folds: number;
  readonly counts: number;
};

/** Makes again what differs. Fails with `postgres_unreachable` while Postgres is away, or when it is stopped. */
export async function mendSums(url: string, signal?: AbortSignal): Promise<MendedSums> {
  const faults = await checkFolds(url, signal);
  const pool = openPool(url, { max: 1, queryMs: QUERY_MS });
  try {
    return await guarded(() => inTransaction(pool, (client) => mend(client, faults), { signal }));
  } finally {
    await pool.end();
  }
}

async function mend(client: pg.PoolClient, faults: readonly FoldFault[]): Promise<MendedSums> {
  await client.query("SELECT 1 FROM verbatim.cursors WHERE name = 'deep' FOR UPDATE");
  const isConversation = ({ table }: FoldFault): boolean => table === "conversations";
  const conversations = new Set(faults.filter(isConversation).map(({ uid }) => uid));
  const heads = new Set(faults.filter((one) => !isConversation(one)).map(({ uid }) => uid));
  for (const uid of heads) await headAgain(client, uid);
  for (const uid of conversations) await conversationAgain(client, uid);
  const found = await client.query(DIFFERING_SESSIONS);
  for (const { session_id } of found.rows) await sessionAgain(client, session_id);
  const counts = await client.query(COUNTS);
  return {
    sessions: found.rows.length,
    folds: heads.size + conversations.size,
    counts: counts.rowCount ?? 0,
  };
}

const COUNTS = `
  UPDATE verbatim.cursors c SET messages = n.messages, aside = n.aside, stored = c.settled_to - n.aside
    FROM (SELECT (SELECT count(*) FROM verbatim.messages) AS messages,
                 (SELECT count(*) FROM verbatim.asides WHERE NOT partial) AS aside) n
   WHERE c.name = 'deep' AND (c.messages, c.aside, c.stored) IS DISTINCT FROM (n.messages, n.aside, c.settled_to - n.aside)`;
