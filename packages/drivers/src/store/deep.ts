/**
 * The deep store in Postgres: the writing side, used by the archive worker.
 *
 * Tables that were dropped are made again: the next claim migrates and begins
 * at cursor 0, and the journal fills them.
 */
import { type DeepStore, type Settled, type Taken, VerbatimError } from "@verbatim/core";
import { eventWithoutWords, happenedIn } from "@verbatim/core/sessions";
import type pg from "pg";
import { guarded, openPool } from "./connect.ts";
import { forgetNumbers, recountStretch, useTaxonomy } from "./counting.ts";
import { indexSome } from "./indexing.ts";
import { uidOf } from "./library.ts";
import { ensureSchema } from "./migrate.ts";
import { saveRows, saveStretch } from "./save.ts";
import { insertEvents } from "./session-save.ts";
import { inTransaction } from "./transaction.ts";

/** One for saving, one for indexing, one to spare for a claim. */
const CONNECTIONS = 3;

/** Opens the deep store for writing, in another schema where one is named. Every method fails with `postgres_unreachable` while Postgres is away. */
export function openDeepStore(url: string, schema?: string): DeepStore & AsyncDisposable {
  const pool = openPool(url, {
    max: CONNECTIONS,
    ...(schema === undefined ? {} : { schema }),
  });

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
    "TRUNCATE verbatim.messages, verbatim.message_ids, verbatim.repeats, verbatim.asides, verbatim.sessions, verbatim.tallies, verbatim.threads, verbatim.said, verbatim.past_enrichments, verbatim.search_postings, verbatim.search_tail, verbatim.session_events, verbatim.session_heads, verbatim.session_members, verbatim.conversations, verbatim.citations, verbatim.snapshots, verbatim.cursors",
  );
}

/**
 * Puts rows of entries that are saved already in the place of those that are
 * there, all or nothing; gives what was there before to `keep` first.
 */
export async function mendRows(
  url: string,
  settled: readonly Settled[],
  keep: (rows: readonly string[]) => Promise<void>,
): Promise<void> {
  const pool = openPool(url, { max: 1 });
  try {
    await guarded(() => inTransaction(pool, (client) => mend(client, settled, keep)));
  } finally {
    await pool.end();
  }
}

async function mend(
  client: pg.PoolClient,
  settled: readonly Settled[],
  keep: (rows: readonly string[]) => Promise<void>,
): Promise<void> {
  const seqs = [settled.map(({ entry }) => entry.seq)];
  await client.query("SELECT 1 FROM verbatim.cursors WHERE name = 'deep' FOR UPDATE");
  const before: string[] = [];
  for (const table of ["messages", "repeats", "asides"]) {
    const found = await client.query(
      `DELETE FROM verbatim.${table} t WHERE seq = ANY($1::int8[]) RETURNING jsonb_build_object('table', '${table}', 'row', to_jsonb(t))::text AS row`,
      seqs,
    );
    before.push(...found.rows.map(({ row }) => String(row)));
  }
  await client.query("DELETE FROM verbatim.message_ids WHERE seq = ANY($1::int8[])", seqs);
  const events = happenedIn(settled).filter(({ event }) => event.event !== "conversation_opened");
  const gone = await client.query(
    `DELETE FROM verbatim.session_events t WHERE seq = ANY($1::int8[]) AND event_name <> 'conversation_opened'
     RETURNING jsonb_build_object('table', 'session_events', 'row', to_jsonb(t))::text AS row`,
    seqs,
  );
  await keep([...before, ...gone.rows.map(({ row }) => String(row))]);
  const { hidden } = await saveRows(client, settled, uidOf);
  // A summary may have lost lines with their messages since: it is made again by a rebuild alone.
  const kept = events.map(({ event, moment }) => ({
    event: hidden.has(moment.seq) ? eventWithoutWords(event) : event,
    moment,
  }));
  await insertEvents(client, kept, uidOf);
}
