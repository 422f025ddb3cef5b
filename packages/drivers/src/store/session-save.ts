/**
 * Saving the events of a stretch, in the transaction that saves its messages.
 *
 *   S11  Events are saved once, however often they are saved, and all or nothing
 *       with the archive's cursor.
 *   S12  An event that was heard before, under a lower seq, counts as that one.
 */
import { type Citation, eventWithoutWords, type Happened } from "@verbatim/core/sessions";
import type pg from "pg";
import type { Uid } from "./plan.ts";
import { eventRowOf, newHead, type SessionHead, takeEvent, uidOfSession } from "./session-plan.ts";
import { growFolds } from "./session-stored.ts";

/** Saves the events of entries that follow the archive's cursor; those that are hidden without their words. Nothing is asked of Postgres when there are none. */
export async function saveSessionEvents(
  client: pg.PoolClient,
  heard: readonly Happened[],
  uid: Uid,
  hidden: ReadonlySet<number> = new Set(),
): Promise<void> {
  if (heard.length === 0) return;
  const kept = heard.map(({ event, moment }) => ({
    event: hidden.has(moment.seq) ? eventWithoutWords(event) : event,
    moment,
  }));
  const events = await insertEvents(client, kept, uid);
  if (events.length === 0) return;
  await takeEvents(client, events, uid);
  await saveConversations(client, events, uid);
}

/** Takes events that follow those taken so far into heads and citations of their sessions. */
export async function takeEvents(
  client: pg.PoolClient,
  events: readonly Happened[],
  uid: Uid,
): Promise<void> {
  const heads = await headsOf(client, events, uid);
  const cited: Cited[] = [];
  for (const one of events) {
    const row = eventRowOf(one, uid);
    const head = heads.get(row.uid) ?? newHead(row.uid, row);
    heads.set(row.uid, head);
    cited.push(...takeEvent(head, one).map((citation) => ({ uid: row.uid, citation })));
  }
  await grow(client, heads, events, uid);
  await saveHeads(client, [...heads.values()]);
  await saveCitations(client, cited);
  await judge(client, events, cited, uid);
}

/** Adds the events to the folds of their heads. */
async function grow(
  client: pg.PoolClient,
  heads: ReadonlyMap<string, SessionHead>,
  events: readonly Happened[],
  uid: Uid,
): Promise<void> {
  const of = Map.groupBy(events, (one) => uidOfSession(one.event, uid));
  const grown = [...heads.values()].map((head) => ({
    ...head,
    events: of.get(head.uid) ?? [],
    fold: { kept: head.kept, messages: head.messages, notes: head.notes, events: head.events },
  }));
  const folds = await growFolds(client, grown);
  for (const head of heads.values()) Object.assign(head, folds.get(head.uid));
}

/** Inserts events; gives those that were new. */
export async function insertEvents(
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
    "SELECT uid, user_id, session_id, last_seq, closed, off_record, said, snapshot_said, snapshot_seq, milestones, emotion, model, fields, kept, messages, notes, events FROM verbatim.session_heads WHERE uid = ANY($1::uuid[])",
    [[...new Set(events.map((one) => eventRowOf(one, uid).uid))]],
  );
  const heads: readonly SessionHead[] = found.rows;
  return new Map(heads.map((head) => [head.uid, head]));
}

async function saveHeads(client: pg.PoolClient, heads: readonly SessionHead[]): Promise<void> {
  await client.query(
    `INSERT INTO verbatim.session_heads AS h (uid, user_id, session_id, last_seq, closed, off_record, said, snapshot_said, snapshot_seq, milestones, emotion, model, fields, kept, messages, notes, events)
     SELECT * FROM jsonb_to_recordset($1::jsonb) AS x(uid uuid, user_id text, session_id text, last_seq int8, closed bool, off_record bool,
       said int, snapshot_said int, snapshot_seq int8, milestones int, emotion text, model text, fields jsonb, kept jsonb, messages int, notes int, events int)
     ON CONFLICT (uid) DO UPDATE SET last_seq = excluded.last_seq, closed = excluded.closed, off_record = excluded.off_record,
       said = excluded.said, snapshot_said = excluded.snapshot_said, snapshot_seq = excluded.snapshot_seq,
       milestones = excluded.milestones, emotion = excluded.emotion, model = excluded.model, fields = excluded.fields,
       kept = excluded.kept, messages = excluded.messages, notes = excluded.notes, events = excluded.events`,
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

/** Citations of a session are judged in it, also by what was said of them before they came, and revoked is for good. */
async function judge(
  client: pg.PoolClient,
  events: readonly Happened[],
  cited: readonly Cited[],
  uid: Uid,
): Promise<void> {
  const judging = events.flatMap(({ event }) =>
    event.event === "citation_judged"
      ? [{ uid: uidOfSession(event, uid), id: event.citation_id }]
      : [],
  );
  const all = [
    ...judging,
    ...cited.map(({ uid: of, citation }) => ({ uid: of, id: citation.citation_id })),
  ];
  if (all.length === 0) return;
  const { rows } = await client.query(
    `SELECT uid, event ->> 'citation_id' AS id, event ->> 'status' AS status FROM verbatim.session_events
      WHERE uid = ANY($1::uuid[]) AND event_name = 'citation_judged' AND event ->> 'citation_id' = ANY($2) ORDER BY seq`,
    [[...new Set(all.map((one) => one.uid))], [...new Set(all.map(({ id }) => id))]],
  );
  for (const { uid: of, id, status } of rows)
    await client.query(
      "UPDATE verbatim.citations SET status = $3 WHERE citation_id = $1 AND uid = $2 AND status <> 'revoked'",
      [id, of, status],
    );
}
