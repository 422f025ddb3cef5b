/**
 * Sessions folded, in Postgres: fields and counts in the head of each, the
 * members of its lists in rows of their own. Added to with the events, in the
 * archive's transaction; taken out in one look, with the entry they are folded
 * up to.
 *
 *   S16  A session is folded up to the archive's cursor, and what it costs to
 *        read its state does not grow with what was said.
 *
 * A head that was written before there were folds has none (`kept` is null): it
 * is folded from its events, by whoever reads it, and for good when it is added
 * to.
 */
import {
  type FoldedSession,
  type Happened,
  idsIn,
  type KnownIds,
  ledgerOf,
  newLedger,
  type SessionEvent,
  type SessionName,
  type StoredMember,
  type StoredRemoval,
  type StoredSession,
  storedFrom,
  withEvents,
} from "@verbatim/core/sessions";
import type pg from "pg";
import { uidOf } from "./library.ts";
import { type HeadFold, NO_FIELDS } from "./session-folds.ts";
import { uidOfSession } from "./session-plan.ts";

/** Words of a message that a state may show: those of an insight nobody put into words. */
const STATE_WORDS = 200;

/** A column `event` with no more words than that. */
export const OUTLINE: string = `CASE WHEN event_name = 'message_said'
  THEN event || jsonb_build_object('content', left(event ->> 'content', ${STATE_WORDS})) ELSE event END AS event`;

/** Takes a session out, in one look. `stored` is null when nobody heard of it. */
export async function foldedIn(
  pool: pg.Pool | pg.PoolClient,
  name: SessionName,
  asked: KnownIds,
): Promise<FoldedSession> {
  const uid = uidOfSession(name, uidOf);
  const found = await pool.query(
    `SELECT c.settled_to, h.uid, h.kept, h.messages, h.notes, h.events,
       (SELECT json_agg(json_build_object('list', list, 'id', id, 'seq', seq, 'json', json) ORDER BY seq)
        FROM verbatim.session_members m WHERE m.uid = $1) AS members,
       (SELECT json_agg(event_id) FROM verbatim.session_events e WHERE e.uid = $1 AND event_id = ANY($2::uuid[])) AS events_known,
       (SELECT json_agg(DISTINCT message_id) FROM verbatim.session_events e
        WHERE e.uid = $1 AND message_id = ANY($3::text[]) AND event_name = 'message_said') AS said_known
     FROM verbatim.cursors c LEFT JOIN verbatim.session_heads h ON h.uid = $1 WHERE c.name = 'deep'`,
    [uid, asked.events, asked.said],
  );
  const [row] = found.rows;
  const known = { events: row?.events_known ?? [], said: row?.said_known ?? [] };
  const up_to = Number(row?.settled_to ?? 0);
  if (row === undefined || row.uid === null) return { stored: null, up_to, known };
  const stored =
    row.kept === null
      ? await foldedAnew(pool, name, up_to)
      : storedOf(name, { fold: row, members: row.members ?? [] });
  return { stored, up_to, known };
}

type MemberRow = {
  readonly list: string;
  readonly id: string;
  readonly seq: number;
  readonly json: unknown;
};

/** Rows that were written here: their shape is ours. */
function storedOf(
  name: SessionName,
  { fold, members }: { readonly fold: HeadFold; readonly members: readonly MemberRow[] },
): StoredSession {
  const { kept, messages, notes, events } = fold;
  const removed = members.flatMap(({ list, id }) => (list === REMOVED ? [removalOf(id)] : []));
  const rest = members.filter(({ list }) => list !== REMOVED);
  return {
    name,
    fields: kept ?? NO_FIELDS,
    members: rest as readonly StoredMember[],
    removed,
    counts: { messages, notes, events },
  };
}

/** A session folded from its events, those up to an entry. */
async function foldedAnew(
  pool: pg.Pool | pg.PoolClient,
  name: SessionName,
  upTo: number,
): Promise<StoredSession> {
  const found = await pool.query(
    `SELECT seq, at, ${OUTLINE} FROM verbatim.session_events WHERE uid = $1 AND seq <= $2 ORDER BY seq`,
    [uidOfSession(name, uidOf), upTo],
  );
  const rows: readonly {
    readonly seq: number;
    readonly at: string;
    readonly event: SessionEvent;
  }[] = found.rows;
  const events = rows.map(({ seq, at, event }) => ({ event, moment: { seq, at } }));
  return storedFrom(withEvents(newLedger(name.user_id, name.session_id), events));
}

/** Events of one session that were saved a moment ago, and its head before them. */
export type Grown = SessionName & {
  readonly uid: string;
  readonly events: readonly Happened[];
  readonly fold: HeadFold;
};

/** Adds events to the folds of their sessions and saves the members; gives what their heads become. */
export async function growFolds(
  client: pg.PoolClient,
  grown: readonly Grown[],
): Promise<ReadonlyMap<string, HeadFold>> {
  const first = Math.min(...grown.flatMap(({ events }) => events.map(({ moment }) => moment.seq)));
  const known = await knownBefore(client, grown, first);
  const folds = new Map<string, HeadFold>();
  const rows: object[] = [];
  for (const one of grown) {
    const { uid, user_id, session_id, fold, events } = one;
    const name = { user_id, session_id };
    const ids = known.get(uid) ?? { said: [], removed: [] };
    const before =
      fold.kept === null
        ? await foldedAnew(client, name, first - 1)
        : storedOf(name, { fold, members: [] });
    const whole = { ...before, removed: [...before.removed, ...ids.removed.map(removalOf)] };
    const ledger = withEvents(ledgerOf(whole, { events: [], said: ids.said }), events);
    const { fields, members, removed, counts } = storedFrom(ledger);
    folds.set(uid, { kept: fields, ...counts });
    for (const { list, id, seq, json } of members) rows.push({ uid, list, id, seq, json });
    for (const { list, id } of removed) rows.push({ uid, list: REMOVED, id: `${list}/${id}` });
  }
  await saveMembers(client, rows);
  if (known.size > 0) await dropRemoved(client, [...known.keys()]);
  return folds;
}

/** The list of what was removed from others: its ids are `<list>/<id>`. */
const REMOVED = "removed";

function removalOf(text: string): StoredRemoval {
  const slash = text.indexOf("/");
  return text.slice(0, slash) === "said"
    ? { list: "said", id: text.slice(slash + 1) }
    : { list: "breakthroughs", id: text.slice(slash + 1) };
}

type Before = { readonly said: readonly string[]; readonly removed: readonly string[] };

/** Of the messages these events are of: which were said before, and which were deleted. */
async function knownBefore(
  client: pg.PoolClient,
  grown: readonly Grown[],
  first: number,
): Promise<ReadonlyMap<string, Before>> {
  const pairs = grown.flatMap(({ uid, events }) =>
    [...new Set(idsIn(events).said)].map((id) => ({ uid, id })),
  );
  if (pairs.length === 0) return new Map();
  const found = await client.query(
    `SELECT x.uid, x.id,
       EXISTS (SELECT 1 FROM verbatim.session_events e WHERE e.uid = x.uid AND e.message_id = x.id
         AND e.event_name = 'message_said' AND e.seq < $2) AS said,
       EXISTS (SELECT 1 FROM verbatim.session_members m WHERE m.uid = x.uid AND m.list = '${REMOVED}'
         AND m.id = 'said/' || x.id) AS removed
     FROM jsonb_to_recordset($1::jsonb) AS x(uid uuid, id text)`,
    [JSON.stringify(pairs), first],
  );
  const known = new Map<string, { said: string[]; removed: string[] }>();
  for (const { uid, id, said, removed } of found.rows) {
    const of = known.get(uid) ?? { said: [], removed: [] };
    known.set(uid, of);
    if (said === true) of.said.push(id);
    if (removed === true) of.removed.push(`said/${id}`);
  }
  return known;
}

/** Of what was removed nothing is kept but that it was. */
async function dropRemoved(client: pg.PoolClient, uids: readonly string[]): Promise<void> {
  await client.query(
    `DELETE FROM verbatim.session_members m USING verbatim.session_members r
     WHERE r.uid = ANY($1::uuid[]) AND r.list = '${REMOVED}' AND r.id LIKE 'breakthroughs/%'
       AND m.uid = r.uid AND m.list = 'breakthroughs' AND 'breakthroughs/' || m.id = r.id`,
    [uids],
  );
}

/** What is there stays: it was heard before. */
async function saveMembers(client: pg.PoolClient, rows: readonly object[]): Promise<void> {
  if (rows.length === 0) return;
  await client.query(
    `INSERT INTO verbatim.session_members (uid, list, id, seq, json)
     SELECT uid, list, id, coalesce(seq, 0), json
     FROM jsonb_to_recordset($1::jsonb) AS x(uid uuid, list text, id text, seq int8, json jsonb) ON CONFLICT DO NOTHING`,
    [JSON.stringify(rows)],
  );
}
