/**
 * Hiding messages: those that were deleted, and words that came while their
 * session was off the record. In the transaction that saves what hides them.
 *
 *   S7  Once an event that hides a message is saved, no word of it is left in any
 *       row but `raw`, which is the journal's; the numbers are those that
 *       counting again gives. So it is in whatever order they come, however they
 *       are cut into stretches, and after everything was made again.
 *
 * A message that is hidden when it comes is saved without its words; one that is
 * there already is taken out of all that was made of it. The index is held
 * meanwhile, before the cursor is (indexing.ts).
 */
import type { EnrichedMessage } from "@verbatim/core";
import {
  type Happened,
  isOfWords,
  messageName,
  openHidden,
  SESSION_SOURCE,
  withoutWords,
} from "@verbatim/core/sessions";
import type pg from "pg";
import { hideInSummaries } from "./hiding-summaries.ts";
import { hideTerms } from "./indexing.ts";
import { openingOf, type Uid } from "./plan.ts";
import { MESSAGE_COLUMNS, messageOf } from "./rows.ts";
import { uidOfSession } from "./session-plan.ts";
import { countHidden } from "./uncounting.ts";

/** Whether events may hide what is saved already. */
export function mayHide(events: readonly Happened[]): boolean {
  return events.some(({ event }) => event.event === "message_deleted");
}

/** Entries of a stretch that are hidden by what is saved or by the stretch itself, told by its events. */
export async function hiddenIn(
  client: pg.PoolClient,
  happened: readonly Happened[],
  uid: Uid,
): Promise<ReadonlySet<number>> {
  const words = happened.filter(({ event }) => isOfWords(event));
  if (words.length === 0) return new Set();
  const hidden = openHidden();
  for (const one of await heardBefore(client, words, uid)) hidden.take(one);
  for (const one of happened) hidden.take(one);
  const gone = words.filter(({ event, moment }) => hidden.has(event, moment.seq));
  return new Set(gone.map(({ moment }) => moment.seq));
}

/** What was saved that hides any of these: deletions of their messages, and switches of sessions that are off the record now. */
async function heardBefore(
  client: pg.PoolClient,
  words: readonly Happened[],
  uid: Uid,
): Promise<readonly Happened[]> {
  const said = words.flatMap(({ event }) =>
    event.event === "message_said" ? [[uidOfSession(event, uid), event.message_id] as const] : [],
  );
  const found = await client.query({
    name: "hides",
    text: `SELECT o.seq, o.at, o.event FROM unnest($1::uuid[], $2::text[]) AS x(uid, message_id)
       JOIN verbatim.session_events o ON o.uid = x.uid AND o.message_id = x.message_id AND o.message_id IS NOT NULL
       WHERE o.event_name = 'message_deleted'
     UNION ALL
     SELECT o.seq, o.at, o.event FROM verbatim.session_heads h, LATERAL
       (SELECT seq, at, event FROM verbatim.session_events WHERE uid = h.uid AND event_name = 'off_record_set' ORDER BY seq DESC LIMIT 1) o
       WHERE h.uid = ANY($3::uuid[]) AND h.off_record`,
    values: [
      said.map(([session]) => session),
      said.map(([, message]) => message),
      [...new Set(words.map(({ event }) => uidOfSession(event, uid)))],
    ],
  });
  return found.rows.map(({ seq, at, event }) => ({ event, moment: { seq, at } }));
}

type Hiding = {
  /** Entries of the stretch that were saved hidden. */
  readonly hidden: ReadonlySet<number>;
  /** Whether the numbers stand where the archive does. */
  readonly isCounted: boolean;
};

/** Hides what the events of a stretch, which are saved, say of messages that are saved; gives whether the numbers still stand. */
export async function hideSaved(
  client: pg.PoolClient,
  happened: readonly Happened[],
  uid: Uid,
  { hidden, isCounted }: Hiding,
): Promise<boolean> {
  const deleted = happened.filter(({ event }) => event.event === "message_deleted");
  const messages = await savedOf(client, deleted, uid);
  let stands = isCounted;
  for (const message of messages) {
    await hideTerms(client, message);
    stands = (await countHidden(client, message, uid)) && stands;
    await hideRow(client, message);
  }
  await hideEvents(client, deleted, hidden, uid);
  await hideInSummaries(client, happened, uid);
  return stands;
}

/** Messages these events delete that are not hidden yet, in the order of the journal. */
async function savedOf(
  client: pg.PoolClient,
  deleted: readonly Happened[],
  uid: Uid,
): Promise<readonly EnrichedMessage[]> {
  const uids = deleted.flatMap(({ event }) =>
    event.event === "message_deleted"
      ? [
          uid(
            `${SESSION_SOURCE}\0${messageName(event.user_id, event.session_id, event.message_id)}`,
          ),
        ]
      : [],
  );
  if (uids.length === 0) return [];
  const columns = MESSAGE_COLUMNS.split(", ").map((name) => `m.${name}`);
  const found = await client.query(
    `SELECT ${columns.join(", ")} FROM verbatim.message_ids i
     JOIN verbatim.messages m ON m.seq = i.seq AND m.sub = i.sub
     WHERE i.uid = ANY($1::uuid[]) AND NOT m.hidden ORDER BY m.seq, m.sub`,
    [uids],
  );
  return found.rows.map(messageOf);
}

/** Takes the words out of a message's row, and out of what its session is called. */
async function hideRow(client: pg.PoolClient, message: EnrichedMessage): Promise<void> {
  const { seq, sub, session_id } = message;
  const { parts, text, meta, enrichment } = withoutWords(message);
  await client.query(
    "UPDATE verbatim.messages SET hidden = true, parts = $3, text = $4, meta = $5, enrichment = $6 WHERE seq = $1 AND sub = $2",
    [seq, sub, JSON.stringify(parts), text, JSON.stringify(meta), JSON.stringify(enrichment)],
  );
  await client.query("DELETE FROM verbatim.past_enrichments WHERE seq = $1 AND sub = $2", [
    seq,
    sub,
  ]);
  const first = await client.query(
    `SELECT text FROM verbatim.messages
     WHERE session_id = $1 AND kind = 'message' AND role = 'user' AND NOT hidden ORDER BY seq, sub LIMIT 1`,
    [session_id],
  );
  const opening: string | undefined = first.rows[0]?.text;
  await client.query(
    "UPDATE verbatim.sessions SET hidden = hidden + 1, opening = $2 WHERE session_id = $1",
    [session_id, opening === undefined ? null : openingOf(opening)],
  );
}

/** Takes the words out of the events that said what is hidden, and away what was made of them. */
async function hideEvents(
  client: pg.PoolClient,
  deleted: readonly Happened[],
  hidden: ReadonlySet<number>,
  uid: Uid,
): Promise<void> {
  if (deleted.length === 0 && hidden.size === 0) return;
  const named = deleted.flatMap(({ event }) =>
    event.event === "message_deleted"
      ? [[uidOfSession(event, uid), event.message_id] as const]
      : [],
  );
  const changed = await client.query(
    `UPDATE verbatim.session_events s SET event = (s.event - 'insight') || '{"content": ""}'
       || CASE WHEN s.event ? 'insight' THEN '{"is_breakthrough": true}'::jsonb ELSE '{}'::jsonb END
     WHERE s.event_name = 'message_said' AND (s.seq = ANY($1::int8[]) OR s.seq IN
       (SELECT o.seq FROM unnest($2::uuid[], $3::text[]) AS x(uid, message_id)
        JOIN verbatim.session_events o ON o.uid = x.uid AND o.message_id = x.message_id AND o.message_id IS NOT NULL))
     RETURNING s.uid, s.seq`,
    [[...hidden], named.map(([session]) => session), named.map(([, message]) => message)],
  );
  // A snapshot may hold the first words of what was called a breakthrough.
  await client.query(
    `DELETE FROM verbatim.snapshots n USING unnest($1::uuid[], $2::int8[]) AS x(uid, seq)
     WHERE n.uid = x.uid AND n.seq >= x.seq`,
    [changed.rows.map((row) => row.uid), changed.rows.map((row) => row.seq)],
  );
}
