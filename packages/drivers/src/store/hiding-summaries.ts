/**
 * Summaries of ours, in Postgres: lines that were taken from a deleted message
 * leave the opening that holds them, and what is folded of it (S7).
 */
import {
  type Happened,
  type IsShown,
  openedBy,
  openingWith,
  type SessionEvent,
} from "@verbatim/core/sessions";
import type pg from "pg";
import type { Uid } from "./plan.ts";
import { uidOfSession } from "./session-plan.ts";

type Opening = {
  readonly seq: number;
  readonly uid: string;
  readonly event: SessionEvent<"conversation_opened">;
};

/** Looks through the openings of a stretch, and through all of those who delete something in it. */
export async function hideInSummaries(
  client: pg.PoolClient,
  happened: readonly Happened[],
  uid: Uid,
): Promise<void> {
  const openings = await openingsOf(client, happened);
  if (openings.length === 0) return;
  const deleted = await deletedIn(client, openings, uid);
  for (const { seq, uid: session, event } of openings) {
    const { user_id } = event;
    const isShown: IsShown = (session_id, message) =>
      deleted.get(uidOfSession({ user_id, session_id }, uid))?.has(message) !== true;
    const left = openingWith(event, isShown);
    if (left === event) continue;
    await client.query("UPDATE verbatim.session_events SET event = $2 WHERE seq = $1", [seq, left]);
    await client.query(
      `UPDATE verbatim.session_heads SET fields = jsonb_set(fields, '{opened}', $2::jsonb, false),
         kept = CASE WHEN (kept #>> '{metadata,opened,0}')::int8 = $3
           THEN jsonb_set(kept, '{metadata,opened,1}', $2::jsonb) ELSE kept END
       WHERE uid = $1`,
      [session, openedBy(left), seq],
    );
  }
}

/** Openings that may hold words of what is deleted. */
async function openingsOf(
  client: pg.PoolClient,
  happened: readonly Happened[],
): Promise<readonly Opening[]> {
  const users = happened.flatMap(({ event }) =>
    event.event === "message_deleted" ? [event.user_id] : [],
  );
  const opened = happened.flatMap(({ event, moment }) =>
    event.event === "conversation_opened" && event.summary_from !== undefined ? [moment.seq] : [],
  );
  if (users.length === 0 && opened.length === 0) return [];
  const found = await client.query(
    `SELECT e.seq, e.uid, e.event FROM verbatim.conversations c
     JOIN verbatim.session_events e ON e.conversation_uid = c.uid
     WHERE c.owner = ANY($1::text[]) AND e.event ? 'summary_from'
     UNION
     SELECT seq, uid, event FROM verbatim.session_events WHERE seq = ANY($2::int8[])`,
    [[...new Set(users)], opened],
  );
  return found.rows;
}

/** Of the messages that these were taken from, those that were deleted, by session. */
async function deletedIn(
  client: pg.PoolClient,
  openings: readonly Opening[],
  uid: Uid,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const pairs = openings.flatMap(({ event: { user_id, summary_from = [] } }) =>
    summary_from.flatMap((from) =>
      from === null
        ? []
        : [[uidOfSession({ user_id, session_id: from[0] }, uid), from[1]] as const],
    ),
  );
  const found = await client.query(
    `SELECT DISTINCT o.uid, o.message_id FROM unnest($1::uuid[], $2::text[]) AS x(uid, message_id)
     JOIN verbatim.session_events o ON o.uid = x.uid AND o.message_id = x.message_id AND o.message_id IS NOT NULL
     WHERE o.event_name = 'message_deleted'`,
    [pairs.map(([session]) => session), pairs.map(([, message]) => message)],
  );
  const deleted = new Map<string, Set<string>>();
  for (const { uid: session, message_id } of found.rows) {
    const of = deleted.get(session) ?? new Set();
    deleted.set(session, of.add(message_id));
  }
  return deleted;
}
