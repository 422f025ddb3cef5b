/**
 * Sessions and conversations folded again from their events, beside what is kept
 * of them.
 *
 *   V26  A head, a member of a list, a citation or a conversation that is not
 *        what the events of its session come to is told of, with its table,
 *        session and columns; so is one too many or too few.
 *
 * The events are taken once more, by the very statements that keep the folds,
 * into temporary tables of one transaction that is given up at the end: of what
 * is kept nothing changes, and everything is of one moment.
 */
import type { Happened, SessionEvent } from "@verbatim/core/sessions";
import type pg from "pg";
import { guarded, openPool } from "./connect.ts";
import { uidOf } from "./library.ts";
import { takeEvents } from "./session-save.ts";
import { givingBack } from "./transaction.ts";

/** Something that is kept otherwise than its events say. */
export type FoldFault = { readonly table: string; readonly uid: string; readonly what: string };

const TABLES = ["session_events", "session_heads", "session_members", "citations"] as const;
/** Events taken at once. */
const STEP = 500;
/** Sums over everything take as long as there is much of it. */
const QUERY_MS = 600_000;

/** Everything that differs. Fails with `postgres_unreachable` while Postgres is away, or when it is stopped. */
export async function checkFolds(url: string, signal?: AbortSignal): Promise<readonly FoldFault[]> {
  const pool = openPool(url, { max: 1, queryMs: QUERY_MS, schema: "pg_temp" });
  try {
    return await guarded(async () => {
      const client = await pool.connect();
      const giveBack = givingBack(client, signal);
      try {
        await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ");
        // Without a schema it is what is kept; what is said of ours is of the temporary ones.
        await client.query("SET LOCAL search_path = verbatim, pg_temp");
        await foldAgain(client);
        return await faultsIn(client);
      } finally {
        giveBack(true);
      }
    });
  } finally {
    await pool.end();
  }
}

async function foldAgain(client: pg.PoolClient): Promise<void> {
  for (const table of TABLES)
    await client.query(`CREATE TEMP TABLE ${table} (LIKE ${table} INCLUDING ALL) ON COMMIT DROP`);
  for (let after = 0; ; ) {
    const found = await client.query(
      `INSERT INTO verbatim.session_events SELECT * FROM session_events WHERE seq > $1 ORDER BY seq LIMIT ${STEP}
       RETURNING seq, at, event`,
      [after],
    );
    const rows: readonly { seq: number; at: string; event: SessionEvent }[] = found.rows;
    const events = rows.map(({ seq, at, event }): Happened => ({ event, moment: { seq, at } }));
    if (events.length > 0) await takeEvents(client, events, uidOf);
    after = rows.at(-1)?.seq ?? after;
    if (rows.length < STEP) return;
  }
}

async function faultsIn(client: pg.PoolClient): Promise<readonly FoldFault[]> {
  const faults: FoldFault[] = [];
  for (const text of [HEADS, MEMBERS, CITATIONS, CONVERSATIONS]) {
    const { rows } = await client.query(text);
    faults.push(...rows.map(({ table, uid, what }) => ({ table, uid, what })));
  }
  return faults;
}

/** Names of the columns in which two rows differ, or that one of them is not there. */
const DIFFERENCE = `CASE WHEN x.kept IS NULL THEN 'is missing' WHEN x.again IS NULL THEN 'is of no event'
  ELSE (SELECT string_agg(one.key, ', ' ORDER BY one.key) FROM jsonb_each(x.again) one
         WHERE one.value IS DISTINCT FROM x.kept -> one.key) || ': not what its events come to' END`;

/** Rows that differ, of a table as it is kept and as it is made again: both with a uid. */
function differing(table: string, name: string, rows: string): string {
  return `SELECT '${table}' AS table, x.uid, ${name} || ': ' || ${DIFFERENCE} AS what
    FROM (${rows}) x WHERE x.kept IS DISTINCT FROM x.again ORDER BY what`;
}

const ANY = "COALESCE(x.kept, x.again)";
const OF_SESSION = `'session ' || (${ANY} ->> 'session_id')`;

/** Of a head from before there were folds its fold is not asked. */
const HEADS: string = differing(
  "session_heads",
  `${OF_SESSION} || ' of ' || (${ANY} ->> 'user_id')`,
  `SELECT COALESCE(a.uid, b.uid) AS uid, to_jsonb(a) - o.names AS kept, to_jsonb(b) - o.names AS again
     FROM session_heads a FULL JOIN verbatim.session_heads b ON a.uid = b.uid
     CROSS JOIN LATERAL (SELECT CASE WHEN a.uid IS NOT NULL AND a.kept IS NULL
       THEN ARRAY['kept', 'messages', 'notes', 'events'] ELSE ARRAY[]::text[] END AS names) o`,
);

const FOLDED = "NOT EXISTS (SELECT 1 FROM session_heads h WHERE h.uid = m.uid AND h.kept IS NULL)";
const MEMBERS: string = differing(
  "session_members",
  `'session ' || COALESCE((SELECT h.session_id FROM verbatim.session_heads h WHERE h.uid = x.uid), x.uid::text) || ', ' || (${ANY} ->> 'list') || ' ' || (${ANY} ->> 'id')`,
  `SELECT COALESCE(a.uid, b.uid) AS uid, to_jsonb(a) AS kept, to_jsonb(b) AS again
     FROM (SELECT * FROM session_members m WHERE ${FOLDED}) a
     FULL JOIN (SELECT * FROM verbatim.session_members m WHERE ${FOLDED}) b
       ON a.uid = b.uid AND a.list = b.list AND a.id = b.id`,
);

const CITATIONS: string = differing(
  "citations",
  `${OF_SESSION} || ', citation ' || (${ANY} ->> 'citation_id')`,
  `SELECT COALESCE(a.uid, b.uid) AS uid, to_jsonb(a) AS kept, to_jsonb(b) AS again
     FROM citations a FULL JOIN verbatim.citations b ON a.citation_id = b.citation_id AND a.seq = b.seq`,
);

const CONVERSATIONS: string = differing(
  "conversations",
  `'a conversation of ' || (${ANY} ->> 'owner')`,
  `SELECT COALESCE(a.uid, b.uid) AS uid, to_jsonb(a) AS kept, to_jsonb(b) AS again
     FROM conversations a FULL JOIN (
       SELECT DISTINCT ON (conversation_uid) conversation_uid AS uid, event ->> 'owner' AS owner, seq AS last_seq
         FROM session_events WHERE event_name IN ('conversation_opened', 'conversation_deleted')
        ORDER BY conversation_uid, seq DESC) b ON a.uid = b.uid`,
);
