/**
 * Saving the events of a stretch, in the transaction that saves its messages.
 *
 *   D1  Events are saved once, however often they are saved, and all or nothing
 *       with the archive's cursor.
 *   D2  An event that was heard before, under a lower seq, counts as that one.
 */
import type { Settled } from "@verbatim/core";
import type { Citation, Happened } from "@verbatim/core/sessions";
import type pg from "pg";
import type { Uid } from "./plan.ts";
import { eventRowOf, eventsIn, newHead, type SessionHead, takeEvent } from "./session-plan.ts";

/** Saves the events of entries that follow the archive's cursor. Nothing is asked of Postgres when there are none. */
export async function saveSessionEvents(
  client: pg.PoolClient,
  fresh: readonly Settled[],
  uid: Uid,
): Promise<void> {
  const heard = eventsIn(fresh);
  if (heard.length === 0) return;
  const events = await insertEvents(client, heard, uid);
  if (events.length === 0) return;
  const heads = await headsOf(client, events, uid);
  const cited: Cited[] = [];
  for (const one of events) {
    const row = eventRowOf(one, uid);
    const head = heads.get(row.uid) ?? newHead(row.uid, row);
    heads.set(row.uid, head);
    cited.push(...takeEvent(head, one).map((citation) => ({ uid: row.uid, citation })));
  }
  await saveHeads(client, [...heads.values()]);
  await saveConversations(client, events, uid);
  await saveCitations(client, cited);
  await judge(client, events, uid);
}

/** Inserts events; gives those that were new. */
async function insertEvents(
  client: pg.PoolClient,
  heard: readonly Happened[],
  uid: Uid,
): Promise<readonly Happened[]> {
  const inserted = await client.query(
    `INSERT INTO verbatim.session_events (seq, event_id, uid, user_id, session_id, event_name, at, message_id, conversation_uid, event)
     SELECT * FROM jsonb_to_recordset($1::jsonb) AS x(seq int8, event_id uuid, uid uuid, user_id text, session_id text,
       event_name text, at timestamptz, message_id text, conversation_uid uuid, event jsonb)
     ORDER BY seq ON CONFLICT DO NOTHING RETURNING seq`,
    [JSON.stringify(heard.map((one) => eventRowOf(one, uid)))],
  );
  const isNew = new Set(inserted.rows.map(({ seq }) => seq));
  return heard.filter(({ moment }) => isNew.has(moment.seq));
}

async function headsOf(
  client: pg.PoolClient,
  events: readonly Happened[],
  uid: Uid,
): Promise<Map<string, SessionHead>> {
  const found = await client.query(
    "SELECT uid, user_id, session_id, last_seq, closed, off_record, said, snapshot_said, snapshot_seq, milestones, emotion, model, fields FROM verbatim.session_heads WHERE uid = ANY($1::uuid[])",
    [[...new Set(events.map((one) => eventRowOf(one, uid).uid))]],
  );
  const heads: readonly SessionHead[] = found.rows;
  return new Map(heads.map((head) => [head.uid, head]));
}

async function saveHeads(client: pg.PoolClient, heads: readonly SessionHead[]): Promise<void> {
  await client.query(
    `INSERT INTO verbatim.session_heads AS h (uid, user_id, session_id, last_seq, closed, off_record, said, snapshot_said, snapshot_seq, milestones, emotion, model, fields)
     SELECT * FROM jsonb_to_recordset($1::jsonb) AS x(uid uuid, user_id text, session_id text, last_seq int8, closed bool, off_record bool,
       said int, snapshot_said int, snapshot_seq int8, milestones int, emotion text, model text, fields jsonb)
     ON CONFLICT (uid) DO UPDATE SET last_seq = excluded.last_seq, closed = excluded.closed, off_record = excluded.off_record,
       said = excluded.said, snapshot_said = excluded.snapshot_said, snapshot_seq = excluded.snapshot_seq,
       milestones = excluded.milestones, emotion = excluded.emotion, model = excluded.model, fields = excluded.fields`,
    [JSON.stringify(heads)],
  );
}

async function saveConversations(
  client: pg.PoolClient,
  events: readonly Happened[],
  uid: Uid,
): Promise<void> {
  const newest = new Map<string | null, object>();
  for (const one of events) {
    const { event, moment } = one;
    if (event.event !== "conversation_opened" && event.event !== "conversation_deleted") continue;
    const { conversation_uid } = eventRowOf(one, uid);
    newest.set(conversation_uid, {
      uid: conversation_uid,
      owner: event.owner,
      last_seq: moment.seq,
    });
  }
  if (newest.size === 0) return;
  await client.query(
    `INSERT INTO verbatim.conversations (uid, owner, last_seq)
     SELECT * FROM jsonb_to_recordset($1::jsonb) AS x(uid uuid, owner text, last_seq int8)
     ON CONFLICT (uid) DO UPDATE SET last_seq = excluded.last_seq`,
    [JSON.stringify([...newest.values()])],
  );
}

type Cited = { readonly uid: string; readonly citation: Citation };

async function saveCitations(client: pg.PoolClient, cited: readonly Cited[]): Promise<void> {
  if (cited.length === 0) return;
  const rows = cited.map(({ uid, citation }) => {
    const { citation_id, seq, user_id, session_id, at, type, status } = citation;
    const at_ms = Date.parse(at);
    return { citation_id, seq, uid, user_id, session_id, at_ms, type, status, citation };
  });
  await client.query(
    `INSERT INTO verbatim.citations (citation_id, seq, uid, user_id, session_id, at, type, status, citation)
     SELECT citation_id, seq, uid, user_id, session_id, to_timestamp(at_ms / 1000.0), type, status, citation
     FROM jsonb_to_recordset($1::jsonb) AS x(citation_id uuid, seq int8, uid uuid, user_id text, session_id text, at_ms int8, type text, status text, citation jsonb)
     ON CONFLICT DO NOTHING`,
    [JSON.stringify(rows)],
  );
}

/** Citations of a session are judged in it, and revoked is for good. */
async function judge(client: pg.PoolClient, events: readonly Happened[], uid: Uid): Promise<void> {
  for (const one of events) {
    if (one.event.event !== "citation_judged") continue;
    await client.query(
      "UPDATE verbatim.citations SET status = $3 WHERE citation_id = $1 AND uid = $2 AND status <> 'revoked'",
      [one.event.citation_id, eventRowOf(one, uid).uid, one.event.status],
    );
  }
}
