/**
 * Sessions, conversations and citations out of Postgres.
 *
 *   S13  What is given of a session is the fold of its saved events, and the same
 *       after everything was made again from the journal. Of what is hidden an
 *       event has no words (hiding.ts).
 *   S14  Pages of a session follow each other without a hole and without a
 *       repeat; what was deleted is on none.
 */
import {
  type Conversation,
  conversationFrom,
  type Happened,
  ledgerOf,
  messagesIn,
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
} from "@verbatim/core/sessions";
import type pg from "pg";
import { guarded, openPool } from "./connect.ts";
import { uidOf } from "./library.ts";
import { citationById, citationsPage } from "./session-citations.ts";
import { pageOf, placeOf } from "./session-pages.ts";
import { uidOfConversation, uidOfSession } from "./session-plan.ts";
import { readSnapshot, saveSnapshot } from "./session-snapshots.ts";
import { foldedIn, OUTLINE } from "./session-stored.ts";

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
    settledTo: () => guarded(() => settledTo(pool)),
    folded: (name, asked) => guarded(() => foldedIn(pool, name, asked)),
    notes: (name) => guarded(() => notesIn(pool, name)),
    messages: (name, ask) => guarded(() => messagesPage(pool, name, ask)),
    facts: (name, ask) => guarded(() => messagesPage(pool, name, ask, FACTS)),
    message: (name, id) => guarded(() => messageIn(pool, name, id)),
    events: (name, ask) => guarded(() => eventsPage(pool, name, ask)),
    outline: (name, ask) => guarded(() => eventsPage(pool, name, ask, OUTLINE)),
    heardAt: (name) => guarded(() => heardAt(pool, name)),
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
  const up_to = await settledTo(pool);
  const found = await pool.query(
    "SELECT seq, at, event FROM verbatim.session_events WHERE uid = $1 ORDER BY seq",
    [uidOfSession(name, uidOf)],
  );
  return { name, events: found.rows.map(happened), up_to };
}

const NO_IDS = { events: [], said: [] } as const;

async function stateIn(pool: pg.Pool, name: SessionName): Promise<SessionState | null> {
  const { stored } = await foldedIn(pool, name, NO_IDS);
  return stored === null ? null : stateOf(ledgerOf(stored));
}

async function settledTo(pool: pg.Pool): Promise<number> {
  const found = await pool.query("SELECT settled_to FROM verbatim.cursors WHERE name = 'deep'");
  return Number(found.rows[0]?.settled_to ?? 0);
}

/** What it goes on by sets when it was last updated. */
async function heardAt(pool: pg.Pool, name: SessionName): Promise<string | null> {
  const { stored } = await foldedIn(pool, name, NO_IDS);
  const [seq] = stored?.fields.metadata["last_updated"] ?? [];
  if (seq === undefined) return null;
  const found = await pool.query("SELECT at FROM verbatim.session_events WHERE seq = $1", [seq]);
  return found.rows[0]?.at ?? null;
}

async function notesIn(pool: pg.Pool, name: SessionName): Promise<readonly Happened[]> {
  const found = await pool.query(
    "SELECT seq, at, event FROM verbatim.session_events WHERE uid = $1 AND event_name = 'note_written' ORDER BY seq",
    [uidOfSession(name, uidOf)],
  );
  return found.rows.map(happened);
}

/** A column `event` without words. */
const FACTS = `event || '{"content": ""}' AS event`;

/** Each message the first time it was said, unless it was ever deleted. */
async function messagesPage(
  pool: pg.Pool,
  name: SessionName,
  ask: PagedAsk,
  event = "event",
): Promise<Paged<SaidMessage>> {
  const { from, sign, order } = placeOf(ask);
  const found = await pool.query(
    `SELECT seq, at, ${event} FROM verbatim.session_events s
     WHERE uid = $1 AND event_name = 'message_said' AND seq ${sign} $2
       AND NOT EXISTS (SELECT 1 FROM verbatim.session_events o WHERE o.uid = $1 AND o.message_id = s.message_id
         AND (o.event_name = 'message_deleted' OR o.seq < s.seq))
     ORDER BY seq ${order} LIMIT $3`,
    [uidOfSession(name, uidOf), from, ask.limit + 1],
  );
  return pageOf(messagesIn(found.rows.map(happened)), ask.limit, ({ seq }) => seq);
}

async function messageIn(
  pool: pg.Pool,
  name: SessionName,
  messageId: string,
): Promise<SaidMessage | null> {
  const found = await pool.query(
    "SELECT seq, at, event FROM verbatim.session_events WHERE uid = $1 AND message_id = $2 ORDER BY seq",
    [uidOfSession(name, uidOf), messageId],
  );
  const events = found.rows.map(happened);
  if (events.some(({ event }) => event.event === "message_deleted")) return null;
  return messagesIn(events)[0] ?? null;
}

async function eventsPage(
  pool: pg.Pool,
  name: SessionName,
  ask: PagedAsk,
  event = "event",
): Promise<Paged<Happened>> {
  const { from, sign, order } = placeOf(ask);
  const found = await pool.query(
    `SELECT seq, at, ${event} FROM verbatim.session_events WHERE uid = $1 AND seq ${sign} $2
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
  owner: string | null,
  limit: number,
): Promise<readonly Conversation[]> {
  const whose = owner === null ? "" : "WHERE owner = $2";
  const found = await pool.query(
    `SELECT e.seq, e.at, e.event FROM
       (SELECT uid, last_seq FROM verbatim.conversations ${whose} ORDER BY last_seq DESC LIMIT $1) c
     JOIN verbatim.session_events e ON e.conversation_uid = c.uid ORDER BY c.last_seq DESC, e.seq`,
    owner === null ? [limit] : [limit, owner],
  );
  const events = found.rows.map(happened);
  const names = events.flatMap(({ event }) =>
    event.event === "conversation_opened" || event.event === "conversation_deleted"
      ? [JSON.stringify([event.owner, event.conversation_id])]
      : [],
  );
  return [...new Set(names)].map((name) => {
    const [of, conversation_id]: [string, string] = JSON.parse(name);
    return conversationFrom({ owner: of, conversation_id }, events);
  });
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
