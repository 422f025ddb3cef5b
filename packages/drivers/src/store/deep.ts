/**
 * The deep store in Postgres: the writing side, used by the archive worker.
 *
 * Tables that were dropped are made again: the next claim migrates and begins
 * at cursor 0, and the journal fills them.
 */
import { type DeepStore, type Taken, VerbatimError } from "@verbatim/core";
import type pg from "pg";
import { guarded, openPool } from "./connect.ts";
import { forgetNumbers, recountStretch, useTaxonomy } from "./counting.ts";
import { indexSome } from "./indexing.ts";
import { uidOf } from "./library.ts";
import { ensureSchema } from "./migrate.ts";
import { saveStretch } from "./save.ts";

/** One for saving, one for indexing, one to spare for a claim. */
const CONNECTIONS = 3;

/** Opens the deep store for writing. Every method fails with `postgres_unreachable` while Postgres is away. */
export function openDeepStore(url: string): DeepStore & AsyncDisposable {
  const pool = openPool(url, { max: CONNECTIONS });

  return {
    claim: async (journalId) => {
      await ensureSchema(pool);
      await guarded(() => claim(pool, journalId));
    },
    cursor: () =>
      guarded(async () => {
        const found = await pool.query(
          "SELECT settled_to FROM verbatim.cursors WHERE name = 'deep'",
        );
        return Number(found.rows[0]?.settled_to ?? 0);
      }),
    newest: () =>
      guarded(async () => {
        const found = await pool.query(
          "SELECT settled_to AS seq, last_heard_at AS heard_at FROM verbatim.cursors WHERE name = 'deep' AND last_heard_at IS NOT NULL",
        );
        const newest: Taken | undefined = found.rows[0];
        return newest ?? null;
      }),
    save: (stretch) =>
      guarded(() =>
        inTransaction(pool, async (client) => void (await saveStretch(client, stretch, uidOf))),
      ),
    useTaxonomy: (taxonomy) =>
      guarded(() => inTransaction(pool, (client) => useTaxonomy(client, taxonomy))),
    countedTo: () =>
      guarded(async () => {
        const found = await pool.query(
          "SELECT counted_to FROM verbatim.cursors WHERE name = 'deep'",
        );
        return Number(found.rows[0]?.counted_to ?? 0);
      }),
    recount: (stretch) =>
      guarded(() => inTransaction(pool, (client) => recountStretch(client, stretch, uidOf))),
    forgetNumbers: () => guarded(() => inTransaction(pool, forgetNumbers)),
    indexSome: () => guarded(() => inTransaction(pool, indexSome)),
    clear: async () => {
      await ensureSchema(pool);
      await guarded(() => inTransaction(pool, clear));
    },
    [Symbol.asyncDispose]: () => pool.end(),
  };
}

async function claim(pool: pg.Pool, journalId: string): Promise<void> {
  await pool.query(
    `INSERT INTO verbatim.cursors (name, journal_id, settled_to, stored, aside, repeats, messages, sealed_to, indexed_to)
     VALUES ('deep', $1, 0, 0, 0, 0, 0, 0, 0) ON CONFLICT DO NOTHING`,
    [journalId],
  );
  const found = await pool.query("SELECT journal_id FROM verbatim.cursors WHERE name = 'deep'");
  const owner: unknown = found.rows[0]?.journal_id;
  if (owner === journalId) return;
  throw new VerbatimError(
    "journal_foreign",
    `this database is made from another journal (${String(owner)}); use another DATABASE_URL, or make it again from this one: verbatim rebuild --deep`,
    {
      facts: { ours: journalId, theirs: String(owner) },
    },
  );
}

/** Truncation is transactional: a reader sees the old rows or none. The claim goes too. */
async function clear(client: pg.PoolClient): Promise<void> {
  await client.query(
    "TRUNCATE verbatim.messages, verbatim.message_ids, verbatim.repeats, verbatim.asides, verbatim.sessions, verbatim.tallies, verbatim.threads, verbatim.said, verbatim.past_enrichments, verbatim.search_postings, verbatim.search_tail, verbatim.session_events, verbatim.session_heads, verbatim.conversations, verbatim.citations, verbatim.snapshots, verbatim.cursors",
  );
}

/** Work in one transaction; a connection that failed inside it is not used again. */
async function inTransaction<Value>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<Value>,
): Promise<Value> {
  const client = await pool.connect();
  let failed: Error | undefined;
  try {
    await client.query("BEGIN");
    const value = await work(client);
    await client.query("COMMIT");
    return value;
  } catch (error) {
    failed = error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    // Destroying the connection rolls back, whatever state it is in.
    client.release(failed);
  }
}
