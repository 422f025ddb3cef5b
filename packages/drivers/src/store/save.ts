/**
 * Saving a stretch: one transaction that holds the rows and the cursor (S1).
 *
 * The cursor row is locked first, so two writers take turns and the second finds
 * the work done. Rows go in by COPY, which is several times faster than INSERT
 * and takes any bytes.
 */
import { type Settled, VerbatimError } from "@verbatim/core";
import { type Happened, happenedIn } from "@verbatim/core/sessions";
import type pg from "pg";
import { copyRows } from "./copy.ts";
import { countMessages } from "./counting.ts";
import { hiddenIn, hideSaved, mayHide } from "./hiding.ts";
import { lockIndex } from "./indexing.ts";
import { ensurePartitions } from "./partitions.ts";
import { asHidden, gainsOf, type SessionGain, type Told, toldIn, type Uid } from "./plan.ts";
import { send } from "./send.ts";
import { saveSessionEvents } from "./session-save.ts";

/** Saves what follows the cursor; gives the number of entries saved. */
export async function saveStretch(
  client: pg.PoolClient,
  stretch: readonly Settled[],
  uid: Uid,
): Promise<number> {
  const happened = happenedIn(stretch);
  // Who takes words out of the index holds it, and takes it before the cursor.
  if (mayHide(happened)) await lockIndex(client);
  const { settledTo, isCounted } = await lockCursor(client);
  const fresh = stretch.filter((one) => one.entry.seq > settledTo);
  const [first] = fresh;
  const last = fresh.at(-1);
  if (first === undefined || last === undefined) return 0;
  if (first.entry.seq !== settledTo + 1) {
    throw new VerbatimError(
      "conflict",
      `the deep store is at ${settledTo}, this stretch begins at ${first.entry.seq}`,
    );
  }
  const events = happened.filter(({ moment }) => moment.seq > settledTo);
  const { newOnes, repeated, hidden } = await saveRows(client, fresh, uid, events);
  const messages = newOnes.map((one) => one.message);
  await saveSessions(client, gainsOf(newOnes));
  if (isCounted) await countMessages(client, messages, uid);
  await saveSessionEvents(client, events, uid, hidden);
  const stands = await hideSaved(client, events, uid, { hidden, isCounted });
  await moveCursor(client, fresh, { isCounted: stands, repeated, newOnes });
  return fresh.length;
}

type SavedRows = {
  readonly newOnes: readonly Told[];
  readonly repeated: readonly Told[];
  readonly hidden: ReadonlySet<number>;
};

/** Rows of entries, with their bytes: of messages that are new, of repeats, and of what is aside. */
export async function saveRows(
  client: pg.PoolClient,
  fresh: readonly Settled[],
  uid: Uid,
  events: readonly Happened[] = happenedIn(fresh),
): Promise<SavedRows> {
  const told = toldIn(fresh, uid);
  const isNew = await claimIds(client, told);
  const hidden = await hiddenIn(client, events, uid);
  const newOnes = asHidden(
    told.filter((_, place) => isNew[place] === true),
    hidden,
  );
  const repeated = told.filter((_, place) => isNew[place] !== true);
  await ensurePartitions(client, fresh[0]?.entry.seq ?? 0, fresh.at(-1)?.entry.seq ?? 0);
  await saveMessages(client, newOnes);
  if (repeated.length > 0) await saveRepeats(client, repeated);
  const aside = fresh.filter((one) => one.aside !== null || one.messages.length === 0);
  await saveAsides(client, aside);
  return { newOnes, repeated, hidden };
}

/** Where the archive stands, and whether the numbers stand there too. */
async function lockCursor(
  client: pg.PoolClient,
): Promise<{ readonly settledTo: number; readonly isCounted: boolean }> {
  const found = await client.query(
    "SELECT settled_to, counted_to FROM verbatim.cursors WHERE name = 'deep' FOR UPDATE",
  );
  const settledTo: unknown = found.rows[0]?.settled_to;
  if (typeof settledTo === "number")
    return { settledTo, isCounted: found.rows[0]?.counted_to === settledTo };
  throw new VerbatimError(
    "postgres_unreachable",
    "the deep store does not know its journal yet; it is claimed and tried again",
  );
}

/** For each message told: whether it is the first of its id (S2). */
export async function claimIds(
  client: pg.PoolClient,
  told: readonly Told[],
): Promise<readonly boolean[]> {
  if (told.length === 0) return [];
  const inserted = await client.query({
    text: "INSERT INTO verbatim.message_ids SELECT * FROM unnest($1::uuid[], $2::int8[], $3::int2[], $4::uuid[]) ON CONFLICT DO NOTHING RETURNING seq, sub",
    values: [
      told.map((one) => one.uid),
      told.map((one) => one.message.seq),
      told.map((one) => one.message.sub),
      told.map((one) => one.raw_uid),
    ],
    rowMode: "array",
  });
  const won = new Set(inserted.rows.map(([seq, sub]) => `${seq}.${sub}`));
  return told.map(({ message }) => won.has(`${message.seq}.${message.sub}`));
}

/** Saves messages that are the first of their ids. */
export async function saveMessages(client: pg.PoolClient, told: readonly Told[]): Promise<void> {
  if (told.length > 0) await send(client, MESSAGES, messageRows(told));
}

const MESSAGES =
  "verbatim.messages (seq, sub, id, session_id, conversation_id, source, key, author_name, role, receiver, topic, said_at, heard_at, parent_id, kind, parts, text, model, usage, meta, chain_type, ace_tier, enrichment, raw, hidden)";
const MESSAGE_FIELDS = 25;

function messageRows(told: readonly Told[]): Uint8Array {
  const rows = copyRows();
  for (const { message, settled, hidden = false } of told) {
    rows.row(MESSAGE_FIELDS);
    rows.int8(message.seq);
    rows.int2(message.sub);
    rows.text(message.id);
    rows.text(message.session_id);
    rows.text(message.conversation_id ?? null);
    rows.text(message.source);
    rows.text(settled.entry.key);
    rows.text(message.author.name);
    rows.text(message.author.role);
    rows.text(message.receiver ?? null);
    rows.text(message.topic ?? null);
    rows.moment(message.said_at);
    rows.moment(message.heard_at);
    rows.text(message.parent_id ?? null);
    rows.text(message.kind);
    rows.json(message.parts);
    rows.text(message.text);
    rows.text(message.model ?? null);
    rows.json(message.usage ?? null);
    rows.json(message.meta);
    rows.text(message.enrichment.chain_type);
    rows.text(message.enrichment.ace_tier);
    rows.json(message.enrichment);
    rows.bytes(message.sub === 0 ? settled.entry.raw : null);
    rows.bool(hidden);
  }
  return rows.finish();
}

/** Saves repeats. One keeps its bytes only where they are not the first's. */
export async function saveRepeats(client: pg.PoolClient, repeated: readonly Told[]): Promise<void> {
  const found = await client.query({
    text: "SELECT uid, seq, raw_uid FROM verbatim.message_ids WHERE uid = ANY($1::uuid[])",
    values: [repeated.map((one) => one.uid)],
  });
  const firsts = new Map<string, { seq: number; raw_uid: string }>(
    found.rows.map((row) => [row.uid, row]),
  );
  const rows = copyRows();
  for (const { message, settled, uid, raw_uid } of repeated) {
    const first = firsts.get(uid);
    rows.row(7);
    rows.int8(message.seq);
    rows.int2(message.sub);
    rows.int8(first?.seq ?? message.seq);
    rows.text(message.source);
    rows.text(settled.entry.key);
    rows.moment(message.heard_at);
    rows.bytes(message.sub === 0 && first?.raw_uid !== raw_uid ? settled.entry.raw : null);
  }
  await send(
    client,
    "verbatim.repeats (seq, sub, first_seq, source, key, heard_at, raw)",
    rows.finish(),
  );
}

/** Saves what was not understood, or not wholly. */
export async function saveAsides(client: pg.PoolClient, aside: readonly Settled[]): Promise<void> {
  if (aside.length > 0) await send(client, ASIDES, asideRows(aside));
}

const ASIDES = "verbatim.asides (seq, source, key, heard_at, why, partial, raw, bytes)";

function asideRows(aside: readonly Settled[]): Uint8Array {
  const rows = copyRows();
  for (const { entry, messages, aside: why } of aside) {
    const partial = messages.length > 0;
    rows.row(8);
    rows.int8(entry.seq);
    rows.text(entry.source);
    rows.text(entry.key);
    rows.moment(entry.at);
    rows.text(why ?? "nothing in it");
    rows.bool(partial);
    rows.bytes(partial ? null : entry.raw);
    rows.int4(entry.raw.length);
  }
  return rows.finish();
}

const UPSERT_SESSION = `
  INSERT INTO verbatim.sessions AS s (session_id, source, conversation_id, title, opening, project, first_said_at, last_said_at, messages, user_turns, models, first_seq, last_seq, hidden)
  SELECT x.session_id, x.source, x.conversation_id, x.title, x.opening, x.project, x.first_said_at, x.last_said_at, x.messages, x.user_turns,
         ARRAY(SELECT jsonb_array_elements_text(x.models)), x.first_seq, x.last_seq, x.hidden
  FROM jsonb_to_recordset($1::jsonb) AS x(session_id text, source text, conversation_id text, title text, opening text, project text,
       first_said_at timestamptz, last_said_at timestamptz, messages int, user_turns int, models jsonb, first_seq int8, last_seq int8, hidden int)
  ON CONFLICT (session_id) DO UPDATE SET
    conversation_id = COALESCE(excluded.conversation_id, s.conversation_id),
    title = COALESCE(excluded.title, s.title),
    opening = COALESCE(s.opening, excluded.opening),
    project = COALESCE(s.project, excluded.project),
    first_said_at = CASE WHEN s.messages = 0 AND excluded.messages > 0 THEN excluded.first_said_at
      WHEN excluded.messages = 0 AND s.messages > 0 THEN s.first_said_at ELSE LEAST(s.first_said_at, excluded.first_said_at) END,
    last_said_at = CASE WHEN s.messages = 0 AND excluded.messages > 0 THEN excluded.last_said_at
      WHEN excluded.messages = 0 AND s.messages > 0 THEN s.last_said_at ELSE GREATEST(s.last_said_at, excluded.last_said_at) END,
    messages = s.messages + excluded.messages,
    user_turns = s.user_turns + excluded.user_turns,
    models = ARRAY(SELECT DISTINCT unnest(s.models || excluded.models) ORDER BY 1),
    last_seq = excluded.last_seq,
    hidden = s.hidden + excluded.hidden`;

/** Adds what sessions gained. */
export async function saveSessions(
  client: pg.PoolClient,
  gains: readonly SessionGain[],
): Promise<void> {
  if (gains.length === 0) return;
  const rows = gains.map((gain) => ({ ...gain, models: [...gain.models].toSorted() }));
  await client.query(UPSERT_SESSION, [JSON.stringify(rows)]);
}

/** An entry is aside when nothing of it was read; every other one is stored, be it new or a repeat (S3). */
async function moveCursor(
  client: pg.PoolClient,
  fresh: readonly Settled[],
  counts: {
    readonly isCounted: boolean;
    readonly repeated: readonly Told[];
    readonly newOnes: readonly Told[];
  },
): Promise<void> {
  const aside = fresh.filter((one) => one.messages.length === 0).length;
  const withNew = new Set(counts.newOnes.map((one) => one.message.seq));
  const onlyRepeats = new Set(
    counts.repeated.map((one) => one.message.seq).filter((seq) => !withNew.has(seq)),
  );
  const last = fresh.at(-1)?.entry;
  await client.query(
    `UPDATE verbatim.cursors SET settled_to = $1, stored = stored + $2, aside = aside + $3,
       repeats = repeats + $4, messages = messages + $5, last_heard_at = $6,
       counted_to = CASE WHEN $7 THEN $1 ELSE counted_to END WHERE name = 'deep'`,
    [
      last?.seq,
      fresh.length - aside,
      aside,
      onlyRepeats.size,
      counts.newOnes.length,
      last?.at,
      counts.isCounted,
    ],
  );
}
