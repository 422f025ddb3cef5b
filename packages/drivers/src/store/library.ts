/** The deep store: the reading side, used by the API. Pages by key, never by offset. */
import { createHash } from "node:crypto";
import {
  type AsideRow,
  type DeepTotals,
  type KnownRecord,
  type Library,
  type MessageFilter,
  PAGE_MAX,
  type Page,
  type PageAsk,
  type RepeatRow,
  type SessionFilter,
  type SessionSummary,
} from "@verbatim/core";
import type pg from "pg";
import { guarded, openPool } from "./connect.ts";
import { conditionsOf } from "./filter.ts";
import { ownSession, ownSessions } from "./own-sessions.ts";
import { MESSAGE_COLUMNS, messageOf } from "./rows.ts";
import { searchPage } from "./search.ts";
import { COST, sessionConditions } from "./session-filter.ts";

const CONNECTIONS = 8;
/** A page waits no longer for an answer. */
const QUERY_MS = 8000;

/** Opens the library. Every method fails with `postgres_unreachable` while Postgres is away. */
export function openLibrary(url: string): Library & AsyncDisposable {
  const pool = openPool(url, { max: CONNECTIONS, queryMs: QUERY_MS });
  return {
    totals: () => guarded(() => totalsOf(pool)),
    sessions: (filter, page) =>
      guarded(async () => {
        if (filter.whose === undefined) return await sessionsPage(pool, filter, page);
        const rows = await ownSessions(pool, filter, page);
        return cut(rows, page.limit, (row) => ({ seq: row.last_seq, sub: 0 }));
      }),
    session: (id, whose) =>
      guarded(async () => {
        if (whose !== undefined) return await ownSession(pool, id, whose);
        const found = await pool.query(
          `SELECT ${SESSION_COLUMNS} FROM verbatim.sessions s WHERE session_id = $1`,
          [id],
        );
        return found.rows[0] ?? null;
      }),
    messages: (filter, page) => guarded(() => messagesPage(pool, filter, page)),
    search: (query, filter, page) => guarded(() => searchPage(pool, query, filter, page)),
    aside: (page) => guarded(() => asidePage(pool, page)),
    repeats: (firstSeq) => guarded(() => repeatsOf(pool, firstSeq)),
    known: (source, ids) => guarded(() => knownOf(pool, source, ids)),
    [Symbol.asyncDispose]: () => pool.end(),
  };
}

/** All totals in one look, so that they add up. */
export async function totalsOf(pool: pg.Pool): Promise<DeepTotals> {
  const found = await pool.query(
    `SELECT settled_to, stored, aside, repeats, c.messages, indexed_to, counted_to, last_heard_at, s.said, s.sessions
     FROM verbatim.cursors c, (SELECT count(*) AS sessions, COALESCE(sum(messages), 0)::int8 AS said FROM verbatim.sessions) s
     WHERE name = 'deep'`,
  );
  return (
    found.rows[0] ?? {
      settled_to: 0,
      stored: 0,
      aside: 0,
      repeats: 0,
      messages: 0,
      said: 0,
      sessions: 0,
      indexed_to: 0,
      counted_to: 0,
      last_heard_at: null,
    }
  );
}

const SESSION_COLUMNS = `
  session_id, source, conversation_id, COALESCE(title, opening) AS title, project, first_said_at, last_said_at, messages, user_turns, models, first_seq, last_seq, hidden,
  ${COST} AS cost_micro_usd`;

/** When it was last spoken in, in ms; a session of bookkeeping alone comes after all others. */
const NEWEST =
  "CASE WHEN messages > 0 THEN (extract(epoch FROM last_said_at AT TIME ZONE 'UTC') * 1000)::int8 ELSE -62135596800001 END";

async function sessionsPage(
  pool: pg.Pool,
  filter: SessionFilter,
  page: PageAsk,
): Promise<Page<SessionSummary>> {
  const like = filter.q === undefined ? null : `%${filter.q.replaceAll(/[\\%_]/g, "\\$&")}%`;
  const more = sessionConditions(filter, 8);
  const found = await pool.query(
    `SELECT ${SESSION_COLUMNS}, ${NEWEST} AS newest FROM verbatim.sessions s
     WHERE ($1::text IS NULL OR source = $1) AND ($2::text IS NULL OR session_id ILIKE $2 OR title ILIKE $2 OR opening ILIKE $2 OR project ILIKE $2)
       AND ($3::timestamptz IS NULL OR last_said_at >= $3) AND ($4::timestamptz IS NULL OR first_said_at < $4)
       AND ($5::int8 IS NULL OR (${NEWEST}, last_seq) < ($5::int8, $7::int8))${more.sql}
     ORDER BY ${NEWEST} DESC, last_seq DESC LIMIT $6`,
    [
      filter.source ?? null,
      like,
      filter.since ?? null,
      filter.until ?? null,
      page.after?.seq ?? null,
      page.limit + 1,
      page.after?.sub ?? 0,
      ...more.values,
    ],
  );
  const rows: readonly (SessionSummary & { readonly newest: number })[] = found.rows;
  const { rows: shown, next } = cut(rows, page.limit, (row) => ({
    seq: row.newest,
    sub: row.last_seq,
  }));
  return { rows: shown.map(({ newest: _, ...session }) => session), next };
}

async function messagesPage(
  pool: pg.Pool,
  filter: MessageFilter,
  page: PageAsk,
): Promise<ReturnType<typeof cut<ReturnType<typeof messageOf>>>> {
  const { sql, values } = conditionsOf(filter, 4);
  const down = page.order === "desc";
  const start =
    page.after ?? (down ? { seq: Number.MAX_SAFE_INTEGER, sub: 0 } : { seq: -1, sub: 0 });
  const found = await pool.query(
    `SELECT ${MESSAGE_COLUMNS} FROM verbatim.messages
     WHERE (seq, sub) ${down ? "<" : ">"} ($1, $2) ${sql.map((one) => `AND ${one}`).join(" ")}
     ORDER BY seq ${down ? "DESC" : "ASC"}, sub ${down ? "DESC" : "ASC"} LIMIT $3`,
    [start.seq, start.sub, page.limit + 1, ...values],
  );
  return cut(found.rows.map(messageOf), page.limit, (row) => ({ seq: row.seq, sub: row.sub }));
}

async function asidePage(pool: pg.Pool, page: PageAsk): Promise<Page<AsideRow>> {
  const down = page.order !== "asc";
  const found = await pool.query(
    `SELECT seq, source, key, heard_at, why, bytes FROM verbatim.asides WHERE seq ${down ? "<" : ">"} $1
     ORDER BY seq ${down ? "DESC" : "ASC"} LIMIT $2`,
    [page.after?.seq ?? (down ? Number.MAX_SAFE_INTEGER : 0), page.limit + 1],
  );
  const rows: readonly AsideRow[] = found.rows;
  return cut(rows, page.limit, (row) => ({ seq: row.seq, sub: 0 }));
}

async function repeatsOf(pool: pg.Pool, firstSeq: number): Promise<readonly RepeatRow[]> {
  const found = await pool.query(
    `SELECT r.seq, r.sub, r.source, r.key, r.heard_at AS at, COALESCE(r.raw, m.raw) AS raw
     FROM verbatim.repeats r LEFT JOIN verbatim.messages m ON m.seq = r.first_seq AND m.sub = 0
     WHERE r.first_seq = $1 AND NOT COALESCE(m.hidden, false) ORDER BY r.seq, r.sub LIMIT $2`,
    [firstSeq, PAGE_MAX],
  );
  return found.rows;
}

/** One row more than the page was asked for, and only then is there a next one. */
function cut<Row>(
  rows: readonly Row[],
  limit: number,
  place: (row: Row) => { readonly seq: number; readonly sub: number },
): Page<Row> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { rows: shown, next: rows.length > limit && last !== undefined ? place(last) : null };
}

async function knownOf(
  pool: pg.Pool,
  source: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, KnownRecord>> {
  const uids = new Map(ids.map((id) => [uidOf(`${source}\0${id}`), id]));
  const found = await pool.query(
    `SELECT i.uid, i.seq, encode(sha256(m.raw), 'hex') AS sha256, c.journal_id, c.settled_to
     FROM verbatim.cursors c
     JOIN verbatim.message_ids i ON i.seq <= c.settled_to
     JOIN verbatim.messages m ON m.seq = i.seq AND m.sub = 0
     WHERE c.name = 'deep' AND i.uid = ANY($1::uuid[])`,
    [[...uids.keys()]],
  );
  const rows: readonly (KnownRecord & { readonly uid: string })[] = found.rows;
  return new Map(rows.map(({ uid, ...record }) => [uids.get(uid) ?? "", record]));
}

/** First half of a sha-256 as a uuid. */
export function uidOf(data: Uint8Array | string): string {
  const hex = createHash("sha256").update(data).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}
