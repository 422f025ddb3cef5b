/** What is remembered of a session or a conversation, made again from the rows that are left of it (S21, forgetting.ts). */
import type { SessionEvent } from "@verbatim/core/sessions";
import type pg from "pg";
import { uidOf } from "./library.ts";
import { gainsOf } from "./plan.ts";
import { MESSAGE_COLUMNS, messageOf } from "./rows.ts";
import { saveSessions } from "./save.ts";
import { takeEvents } from "./session-save.ts";

/** Rows of a session read at once. */
const STEP = 200;

/** The row of a session, from what is left of it. */
export async function sessionAgain(client: pg.PoolClient, session: string): Promise<void> {
  await client.query("DELETE FROM verbatim.sessions WHERE session_id = $1", [session]);
  for (let at: { seq: number; sub: number } | undefined = { seq: -1, sub: 0 }; at !== undefined; ) {
    const found: pg.QueryResult = await client.query(
      `SELECT ${MESSAGE_COLUMNS}, hidden FROM verbatim.messages WHERE session_id = $1 AND (seq, sub) > ($2, $3) ORDER BY seq, sub LIMIT ${STEP}`,
      [session, at.seq, at.sub],
    );
    const told = found.rows.map(({ hidden, ...row }) => ({ message: messageOf(row), hidden }));
    await saveSessions(client, gainsOf(told));
    at = found.rows.at(-1);
  }
}

/** What is remembered of a session of a user, and its citations, from the events that are left. */
export async function headAgain(client: pg.PoolClient, uid: string): Promise<void> {
  for (const table of ["session_heads", "session_members", "citations", "snapshots"])
    await client.query(`DELETE FROM verbatim.${table} WHERE uid = $1`, [uid]);
  for (let at: number | undefined = 0; at !== undefined; ) {
    const found: pg.QueryResult<{ seq: number; at: string; event: SessionEvent }> =
      await client.query(
        `SELECT seq, at, event FROM verbatim.session_events WHERE uid = $1 AND seq > $2 ORDER BY seq LIMIT ${STEP}`,
        [uid, at],
      );
    const events = found.rows.map((row) => ({
      event: row.event,
      moment: { seq: row.seq, at: row.at },
    }));
    if (events.length > 0) await takeEvents(client, events, uidOf);
    at = found.rows.at(-1)?.seq;
  }
}

export async function conversationAgain(client: pg.PoolClient, uid: string): Promise<void> {
  await client.query("DELETE FROM verbatim.conversations WHERE uid = $1", [uid]);
  await client.query(
    `INSERT INTO verbatim.conversations (uid, owner, last_seq)
     SELECT conversation_uid, event ->> 'owner', seq FROM verbatim.session_events
     WHERE conversation_uid = $1 ORDER BY seq DESC LIMIT 1`,
    [uid],
  );
}
