/**
 * Sessions as one user has had them, worked out from his messages: two users may
 * call a session by the same name, and the row in `sessions` counts both.
 *
 * One look at all of the user's messages, by the index messages_whose. Titles
 * and projects are those of transcripts, which are nobody's.
 */
import type { PageAsk, SessionFilter, SessionSummary } from "@verbatim/core";
import type pg from "pg";
import { WHOSE } from "./filter.ts";
import { sessionConditions } from "./session-filter.ts";

const OPENING_CHARS = 120;
const SPOKEN = "kind = 'message'";

/** No call costs more (core/analytics/thread.ts). */
const COST_MAX = 1e12;
/** Messages of one call each bear its whole cost: the last of them is right. */
const COST = `(
    SELECT (sum(c.cost) FILTER (WHERE c.cost <= ${COST_MAX}))::int8 FROM (
      SELECT DISTINCT ON (COALESCE(o.usage ->> 'call_id', o.seq || '.' || o.sub)) (o.enrichment ->> 'cost_micro_usd')::int8 AS cost
      FROM verbatim.messages o WHERE ${WHOSE} = $1 AND o.session_id = m.session_id AND o.usage IS NOT NULL
      ORDER BY COALESCE(o.usage ->> 'call_id', o.seq || '.' || o.sub), o.seq DESC, o.sub DESC
    ) AS c)`;

const OWN = `
  SELECT session_id, min(source) AS source,
    (array_agg(conversation_id ORDER BY seq DESC) FILTER (WHERE conversation_id IS NOT NULL))[1] AS conversation_id,
    (array_agg(left(text, ${OPENING_CHARS}) ORDER BY seq) FILTER (WHERE ${SPOKEN} AND role = 'user' AND NOT hidden))[1] AS title,
    NULL::text AS project, min(said_at) AS first_said_at, max(said_at) AS last_said_at,
    (count(*) FILTER (WHERE ${SPOKEN}))::int AS messages,
    (count(*) FILTER (WHERE ${SPOKEN} AND role = 'user'))::int AS user_turns,
    COALESCE(array_agg(DISTINCT model) FILTER (WHERE model IS NOT NULL), '{}') AS models,
    min(seq) AS first_seq, max(seq) AS last_seq,
    (count(*) FILTER (WHERE ${SPOKEN} AND hidden))::int AS hidden,
    ${COST} AS cost_micro_usd
  FROM verbatim.messages m WHERE ${WHOSE} = $1`;

/** One session as this user had it, or null. */
export async function ownSession(
  pool: pg.Pool,
  id: string,
  whose: string,
): Promise<SessionSummary | null> {
  const found = await pool.query(`${OWN} AND session_id = $2 GROUP BY session_id`, [whose, id]);
  return found.rows[0] ?? null;
}

/** The user's sessions, last spoken in first; one more than the page has room for. */
export async function ownSessions(
  pool: pg.Pool,
  filter: SessionFilter,
  page: PageAsk,
): Promise<readonly SessionSummary[]> {
  const like = filter.q === undefined ? null : `%${filter.q.replaceAll(/[\\%_]/g, "\\$&")}%`;
  const more = sessionConditions(filter, 8, {
    own: `NOT m.hidden AND ${WHOSE} = $1`,
    cost: "s.cost_micro_usd",
  });
  const found = await pool.query(
    `SELECT * FROM (${OWN} GROUP BY session_id) AS s
     WHERE ($2::text IS NULL OR source = $2) AND ($3::text IS NULL OR session_id ILIKE $3 OR title ILIKE $3)
       AND ($4::timestamptz IS NULL OR last_said_at >= $4) AND ($5::timestamptz IS NULL OR first_said_at < $5)
       AND last_seq < $6${more.sql}
     ORDER BY last_seq DESC LIMIT $7`,
    [
      filter.whose,
      filter.source ?? null,
      like,
      filter.since ?? null,
      filter.until ?? null,
      page.after?.seq ?? Number.MAX_SAFE_INTEGER,
      page.limit + 1,
      ...more.values,
    ],
  );
  return found.rows;
}
