/** What the database holds of each entry, for `verify`: in seq order, digests computed by Postgres. */
import type { Disagreement, Trace, Witness } from "@verbatim/core";
import type { Held, HeldAside, HeldMessage, HeldRepeat } from "@verbatim/core/proof";
import type pg from "pg";
import { guarded, openPool } from "./connect.ts";
import { totalsOf } from "./library.ts";
import { MESSAGE_COLUMNS, messageOf } from "./rows.ts";

/** Disagreements that are named; there may be as many as there are messages. */
const NAMED_MAX = 1000;
/** Sums over everything take as long as there is much of it. */
const SUMS_MS = 3_600_000;

/** What traces say of the bytes of each entry, by its seq: what a segment may be dropped on. */
export function heldOf(traces: readonly Trace[]): ReadonlyMap<number, string> {
  return new Map(traces.map(({ seq, sha256 }) => [seq, sha256 ?? ""]));
}

/** Opens the witness. Fails with `postgres_unreachable` while Postgres is away. */
export function openWitness(url: string): Witness & AsyncDisposable {
  const pool = openPool(url, { max: 2, queryMs: SUMS_MS });
  return {
    totals: () => guarded(() => totalsOf(pool)),
    traces: (from, limit) =>
      guarded(async () => {
        const found = await pool.query(TRACES, [from, from + limit]);
        const rows: readonly Trace[] = found.rows;
        return rows;
      }),
    held: (from, limit) => guarded(() => heldIn(pool, [from, from + limit])),
    disagreements: () => guarded(() => disagreements(pool)),
    taxonomy: () =>
      guarded(async () => {
        const found = await pool.query(
          "SELECT taxonomy FROM verbatim.cursors WHERE name = 'deep' AND counted_to = settled_to",
        );
        return String(found.rows[0]?.taxonomy ?? "");
      }),
    [Symbol.asyncDispose]: () => pool.end(),
  };
}

/**
 * Every entry has its bytes in exactly one place: on its first message, on its
 * repeat (or, where they are the same, on the message that was first), or aside.
 */
const TRACES = `
  SELECT seq, encode(sha256(raw), 'hex') AS sha256, 'stored' AS outcome
    FROM verbatim.messages WHERE seq >= $1 AND seq < $2 AND sub = 0
  UNION ALL
  SELECT r.seq, encode(sha256(COALESCE(r.raw, m.raw)), 'hex'), 'repeat'
    FROM verbatim.repeats r LEFT JOIN verbatim.messages m ON m.seq = r.first_seq AND m.sub = 0
   WHERE r.seq >= $1 AND r.seq < $2 AND r.sub = 0
  UNION ALL
  SELECT seq, encode(sha256(raw), 'hex'), 'aside'
    FROM verbatim.asides WHERE seq >= $1 AND seq < $2 AND NOT partial
  ORDER BY seq`;

const MESSAGES = `SELECT ${MESSAGE_COLUMNS}, key, chain_type, ace_tier, hidden FROM verbatim.messages WHERE seq >= $1 AND seq < $2 ORDER BY seq, sub`;
const REPEATS =
  "SELECT seq, sub, source, key, heard_at FROM verbatim.repeats WHERE seq >= $1 AND seq < $2";
const ASIDES =
  "SELECT seq, source, key, heard_at, why, partial, bytes FROM verbatim.asides WHERE seq >= $1 AND seq < $2";
const EVENTS = "SELECT seq, event FROM verbatim.session_events WHERE seq >= $1 AND seq < $2";

async function heldIn(
  pool: pg.Pool,
  range: readonly [from: number, to: number],
): Promise<readonly Held[]> {
  const found = new Map<number, Growing>();
  const of = (seq: number): Growing => {
    const one = found.get(seq) ?? {
      ...{ seq, outcome: null, sha256: null, messages: [], repeats: [], aside: null, event: null },
    };
    found.set(seq, one);
    return one;
  };
  const rowsOf = async (text: string): Promise<readonly pg.QueryResultRow[]> =>
    (await pool.query(text, [...range])).rows;
  for (const { seq, outcome, sha256 } of await rowsOf(TRACES))
    Object.assign(of(seq), { outcome, sha256 });
  for (const row of await pool.query(MESSAGES, [...range]).then(({ rows }) => rows)) {
    const { key, chain_type, ace_tier, hidden } = row;
    of(row.seq).messages.push({ ...messageOf(row), key, chain_type, ace_tier, hidden });
  }
  for (const { seq, sub, source, key, heard_at } of await rowsOf(REPEATS))
    of(seq).repeats.push({ sub, source, key, heard_at });
  for (const { seq, source, key, heard_at, why, partial, bytes } of await rowsOf(ASIDES))
    of(seq).aside = { source, key, heard_at, why, partial, bytes };
  for (const { seq, event } of await rowsOf(EVENTS)) of(seq).event = event;
  return [...found.values()];
}

type Growing = {
  -readonly [Name in Exclude<keyof Held, "messages" | "repeats" | "aside">]: Held[Name];
} & { messages: HeldMessage[]; repeats: HeldRepeat[]; aside: HeldAside | null };

/** Each statement is of one moment, so saving may go on. */
async function disagreements(pool: pg.Pool): Promise<readonly Disagreement[]> {
  const said: Disagreement[] = [];
  for (const text of [COUNTS, IDS, SESSIONS]) {
    const { rows } = await pool.query(text);
    said.push(
      ...rows.map(({ table, seq, what }) => ({ table, what, ...(seq === null ? {} : { seq }) })),
    );
  }
  return said;
}

const COUNTS = `
  SELECT 'cursors' AS table, NULL AS seq, what || ' differs: ' || claimed || ' are claimed, ' || there || ' are there' AS what
    FROM verbatim.cursors c, LATERAL (VALUES
      ('messages', c.messages, (SELECT count(*) FROM verbatim.messages)),
      ('aside', c.aside, (SELECT count(*) FROM verbatim.asides WHERE NOT partial)),
      ('stored', c.stored, c.settled_to - (SELECT count(*) FROM verbatim.asides WHERE NOT partial))
    ) AS counts(what, claimed, there)
   WHERE c.name = 'deep' AND claimed <> there`;

const IDS = `
  SELECT 'message_ids' AS table, COALESCE(m.seq, i.seq) AS seq, 'row ' || COALESCE(m.seq, i.seq) || '.' || COALESCE(m.sub, i.sub) ||
         CASE WHEN m.seq IS NULL THEN ' is of no message' ELSE ' is missing' END AS what
    FROM verbatim.messages m FULL JOIN verbatim.message_ids i ON m.seq = i.seq AND m.sub = i.sub
   WHERE m.seq IS NULL OR i.seq IS NULL LIMIT ${NAMED_MAX}`;

/** Rows of sessions that are not what their messages come to. */
export const DIFFERING_SESSIONS = `
  SELECT COALESCE(s.session_id, c.session_id) AS session_id
    FROM verbatim.sessions s FULL JOIN (
      SELECT session_id, count(*) FILTER (WHERE kind = 'message') AS messages,
             count(*) FILTER (WHERE kind = 'message' AND role = 'user') AS user_turns, min(seq) AS first_seq, max(seq) AS last_seq
        FROM verbatim.messages GROUP BY session_id) c ON c.session_id = s.session_id
   WHERE (s.messages, s.user_turns, s.first_seq, s.last_seq) IS DISTINCT FROM (c.messages, c.user_turns, c.first_seq, c.last_seq)`;

const SESSIONS = `SELECT 'sessions' AS table, NULL AS seq, 'row ' || session_id || ' is not what its messages come to' AS what
    FROM (${DIFFERING_SESSIONS}) s LIMIT ${NAMED_MAX}`;
