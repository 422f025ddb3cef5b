/** Citations out of Postgres, each as the judgements of its own session leave it. */
import {
  type Citation,
  type CitationFilter,
  changesOf,
  judged,
  type Paged,
  type PagedAsk,
  type SessionEvent,
  type SessionState,
  uriOf,
} from "@verbatim/core/sessions";
import type pg from "pg";
import { pageOf, placeOf } from "./session-pages.ts";

type Judgement = SessionState["judgements"][number];
type Row = { readonly uid: string; readonly seq: number; readonly citation: Citation };

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** An event has at most two citations: those of one stay on one page. */
const OF_ONE_EVENT = 2;

/** The citation of this id: the first that was given it. */
export async function citationById(
  pool: pg.Pool,
  id: string,
  scheme: string,
): Promise<Citation | null> {
  if (!UUID.test(id)) return null;
  const found = await pool.query(
    "SELECT uid, seq, citation FROM verbatim.citations WHERE citation_id = $1 ORDER BY seq LIMIT 1",
    [id],
  );
  const [citation] = await asTheyStand(pool, found.rows, scheme);
  return citation ?? null;
}

/** A page of those the filter lets through. */
export async function citationsPage(
  pool: pg.Pool,
  filter: CitationFilter,
  { scheme, ...ask }: PagedAsk & { readonly scheme: string },
): Promise<Paged<Citation>> {
  const { from, sign, order } = placeOf(ask);
  const { session_id, user_id, type, status, since, until } = filter;
  const conditions = [
    ["session_id =", session_id],
    ["user_id =", user_id],
    ["type =", type],
    ["status =", status],
    ["at >=", since],
    ["at <", until],
  ].filter(([, value]) => value !== undefined);
  const sql = conditions.map(([condition], at) => ` AND ${condition} $${at + 3}`).join("");
  const found = await pool.query(
    `SELECT uid, seq, citation FROM verbatim.citations WHERE seq ${sign} $1${sql}
     ORDER BY seq ${order}, citation_id LIMIT $2`,
    [from, ask.limit + OF_ONE_EVENT, ...conditions.map(([, value]) => value)],
  );
  return pageOf(await asTheyStand(pool, found.rows, scheme), ask.limit, ({ seq }) => seq);
}

async function asTheyStand(
  pool: pg.Pool,
  rows: readonly Row[],
  scheme: string,
): Promise<readonly Citation[]> {
  if (rows.length === 0) return [];
  const judgements = await judgementsIn(pool, [...new Set(rows.map(({ uid }) => uid))]);
  return rows.map(({ uid, citation }) => {
    const uri = uriOf(scheme, "citation", citation.citation_id);
    return judged({ ...citation, uri }, judgements.get(uid) ?? []);
  });
}

async function judgementsIn(
  pool: pg.Pool,
  uids: readonly string[],
): Promise<ReadonlyMap<string, Judgement[]>> {
  const found = await pool.query(
    "SELECT uid, seq, at, event FROM verbatim.session_events WHERE uid = ANY($1::uuid[]) AND event_name = 'citation_judged'",
    [uids],
  );
  const rows: readonly {
    readonly uid: string;
    readonly seq: number;
    readonly at: string;
    readonly event: SessionEvent;
  }[] = found.rows;
  const judgements = new Map<string, Judgement[]>();
  for (const { uid, seq, at, event } of rows) {
    const of = judgements.get(uid) ?? [];
    judgements.set(uid, of);
    for (const change of changesOf(event, { seq, at })) {
      if (change.op !== "add" || change.key !== "judgements") continue;
      of.push({ ...change.json, event_id: change.id, seq });
    }
  }
  return judgements;
}
