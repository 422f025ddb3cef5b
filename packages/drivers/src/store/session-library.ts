/**
 * Sessions, conversations and citations out of Postgres.
 *
 *   D3  What is given of a session is the fold of its saved events, and the same
 *       after everything was made again from the journal.
 *   D4  Pages of a session follow each other without a hole and without a
 *       repeat; what was deleted is on none.
 */
import {
  type Conversation,
  conversationFrom,
  type Happened,
  messagesIn,
  newLedger,
  type Paged,
  type PagedAsk,
  type SaidMessage,
  type SessionEvent,
  type SessionLibrary,
  type SessionName,
  type SessionState,
  stateFrom,
  stateOf,
  URI_SCHEME,
  type WholeSession,
  withEvents,
} from "@verbatim/core/sessions";
import type pg from "pg";
import { guarded, openPool } from "./connect.ts";
import { uidOf } from "./library.ts";
import { citationById, citationsPage } from "./session-citations.ts";
import { pageOf, placeOf } from "./session-pages.ts";
import { uidOfConversation, uidOfSession } from "./session-plan.ts";
import { readSnapshot, saveSnapshot } from "./session-snapshots.ts";

const CONNECTIONS = 6;
/** Somebody waits for their reply. */
const QUERY_MS = 8000;

type LibraryOptions = {
  /** Of the URIs of citations. */
  readonly scheme?: string;
};

/** Opens the sessions. Every method fails with `postgres_unreachable` while Postgres is away. */
export function openSessionLibrary(
  url: string,
  { scheme = URI_SCHEME }: LibraryOptions = {},
): SessionLibrary & AsyncDisposable {
  const pool = openPool(url, { max: CONNECTIONS, queryMs: QUERY_MS });
  return {
    whole: (name) => guarded(() => wholeOf(pool, name)),
    due: (limit) => guarded(() => dueIn(pool, limit)),
    state: (name) => guarded(() => stateIn(pool, name)),
    messages: (name, ask) => guarded(() => messagesPage(pool, name, ask)),
    events: (name, ask) => guarded(() => eventsPage(pool, name, ask)),
    conversation: (owner, id) => guarded(() => conversationIn(pool, owner, id)),
    conversations: (owner, limit) => guarded(() => conversationsOf(pool, owner, limit)),
    citation: (id) => guarded(() => citationById(pool, id, scheme)),
    citations: (filter, ask) => guarded(() => citationsPage(pool, filter, { ...ask, scheme })),
    sessionsOf: (userId, limit) => guarded(() => sessionsOf(pool, userId, limit)),
    saveSnapshot: (snapshot) => guarded(() => saveSnapshot(pool, snapshot)),
    readSnapshot: (id) => guarded(() => readSnapshot(pool, id)),
    [Symbol.asyncDispose]: () => pool.end(),
  };
}

type EventRow = { readonly seq: number; readonly at: string; readonly event: SessionEvent };

function happened({ seq, at, event }: EventRow): Happened {
  return { event, moment: { seq, at } };
}

/** The cursor is read first: of what lies up to it, everything is seen after. */
async function wholeOf(pool: pg.Pool, name: SessionName): Promise<WholeSession> {
  const cursor = await pool.query("SELECT settled_to FROM verbatim.cursors WHERE name = 'deep'");
  const found = await pool.query(
    "SELECT seq, at, event FROM verbatim.session_events WHERE uid = $1 ORDER BY seq",
    [uidOfSession(name, uidOf)],
  );
  const up_to = Number(cursor.rows[0]?.settled_to ?? 0);
  return { name, events: found.rows.map(happened), up_to };
}

/** Words of a message that a state may show: those of an insight nobody put into words. */
const STATE_WORDS = 200;

async function stateIn(pool: pg.Pool, name: SessionName): Promise<SessionState | null> {
  const found = await pool.query(
    `SELECT seq, at, CASE WHEN event_name = 'message_said'
       THEN event || jsonb_build_object('content', left(event ->> 'content', ${STATE_WORDS})) ELSE event END AS event
     FROM verbatim.session_events WHERE uid = $1 ORDER BY seq`,
    [uidOfSession(name, uidOf)],
  );
  if (found.rows.length === 0) return null;
  const ledger = newLedger(name.user_id, name.session_id);
  return stateOf(withEvents(ledger, found.rows.map(happened)));
}

/** Each message the first time it was said, unless it was ever deleted. */
async function messagesPage(
  pool: pg.Pool,
  name: SessionName,
  ask: PagedAsk,
): Promise<Paged<SaidMessage>> {
  const { from, sign, order } = placeOf(ask);
  const found = await pool.query(
    `SELECT seq, at, event FROM verbatim.session_events s
     WHERE uid = $1 AND event_name = 'message_said' AND seq ${sign} $2
       AND NOT EXISTS (SELECT 1 FROM verbatim.session_events o WHERE o.uid = $1 AND o.message_id = s.message_id
         AND (o.event_name = 'message_deleted' OR o.seq < s.seq))
     ORDER BY seq ${order} LIMIT $3`,
    [uidOfSession(name, uidOf), from, ask.limit + 1],
  );
  return pageOf(messagesIn(found.rows.map(happened)), ask.limit, ({ seq }) => seq);
}

async function eventsPage(
  pool: pg.Pool,
  name: SessionName,
  ask: PagedAsk,
): Promise<Paged<Happened>> {
  const { from, sign, order } = placeOf(ask);
  const found = await pool.query(
    `SELECT seq, at, event FROM verbatim.session_events WHERE uid = $1 AND seq ${sign} $2
     ORDER BY seq ${order} LIMIT $3`,
    [uidOfSession(name, uidOf), from, ask.limit + 1],
  );
  return pageOf(found.rows.map(happened), ask.limit, ({ moment }) => moment.seq);
}

async function conversationIn(
  pool: pg.Pool,
  owner: string,
  conversation_id: string,
): Promise<Conversation | null> {
  const found = await pool.query(
    "SELECT seq, at, event FROM verbatim.session_events WHERE conversation_uid = $1 ORDER BY seq",
    [uidOfConversation(owner, conversation_id, uidOf)],
  );
  if (found.rows.length === 0) return null;
  return conversationFrom({ owner, conversation_id }, found.rows.map(happened));
}

async function conversationsOf(
  pool: pg.Pool,
  owner: string,
  limit: number,
): Promise<readonly Conversation[]> {
  const found = await pool.query(
    `SELECT e.seq, e.at, e.event FROM
       (SELECT uid, last_seq FROM verbatim.conversations WHERE owner = $1 ORDER BY last_seq DESC LIMIT $2) c
     JOIN verbatim.session_events e ON e.conversation_uid = c.uid ORDER BY c.last_seq DESC, e.seq`,
    [owner, limit],
  );
  const events = found.rows.map(happened);
  const ids = events.flatMap(({ event }) =>
    event.event === "conversation_opened" || event.event === "conversation_deleted"
      ? [event.conversation_id]
      : [],
  );
  return [...new Set(ids)].map((conversation_id) =>
    conversationFrom({ owner, conversation_id }, events),
  );
}

async function sessionsOf(
  pool: pg.Pool,
  userId: string,
  limit: number,
): Promise<readonly SessionState["metadata"][]> {
  const found = await pool.query(
    "SELECT session_id, milestones, fields FROM verbatim.session_heads WHERE user_id = $1 ORDER BY last_seq DESC LIMIT $2",
    [userId, limit],
  );
  return found.rows.map(({ session_id, milestones, fields }) => {
    const { metadata } = stateFrom({
      user_id: userId,
      session_id,
      fields: { metadata: fields, context_snapshot: {} },
      lists: NOTHING,
      deleted: [],
      counts: { messages: 0, notes: 0, events: 0 },
    });
    return { ...metadata, milestone_count: milestones };
  });
}

const NOTHING = {
  emotions: [],
  milestones: [],
  breakthroughs: [],
  models: [],
  off_record: [],
  judgements: [],
} as const;

/** The condition is that of the index `session_heads_due`, so that nothing due costs nothing. */
async function dueIn(pool: pg.Pool, limit: number): Promise<readonly SessionName[]> {
  const found = await pool.query(
    `SELECT user_id, session_id FROM verbatim.session_heads
     WHERE (said - snapshot_said >= 15 OR closed) AND last_seq > snapshot_seq ORDER BY last_seq LIMIT $1`,
    [limit],
  );
  return found.rows;
}
