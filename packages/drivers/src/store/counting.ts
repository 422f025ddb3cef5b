/**
 * Counting messages in the transaction that saves them (N2), and counting what
 * is saved already again, when the taxonomy has changed or the numbers are new.
 *
 * The numbers have a cursor of their own beside the archive's. They stand
 * together, but while everything is counted again: then saving goes on without
 * counting, and counting follows until it is there.
 */
import {
  addTally,
  callNameOf,
  count,
  type EnrichedMessage,
  mayCount,
  rowKeyOf,
  type Settled,
  type TallyRow,
  type Thread,
  threadKeyOf,
  VerbatimError,
} from "@verbatim/core";
import type pg from "pg";
import { lockIndex } from "./indexing.ts";
import { asHidden, type Told, toldIn, type Uid } from "./plan.ts";
import { refacet } from "./refacet.ts";

/** Counts messages that follow those counted so far, in the order of the journal. */
export async function countMessages(
  client: pg.PoolClient,
  messages: readonly EnrichedMessage[],
  uid: Uid,
): Promise<void> {
  if (messages.length === 0) return;
  const claims = messages.map((message) => claimsOf(message, uid));
  const won = await claim(client, claims.flat());
  const known = await threadsOf(client, messages, uid);
  const told = messages.map((message, at) => {
    const isWon = (kind: Claim["kind"]): boolean | undefined => {
      const made = claims[at]?.find((one) => one.kind === kind);
      return made && won.has(nameOf(made));
    };
    return { message, isFirst: isWon("words") === true, isCallKnown: isWon("call") === false };
  });
  const counted = count(told, known);
  await addRows(client, counted.rows);
  await saveThreads(client, counted.threads, uid);
}

/** What a message may be the first with: its words, its model call. */
type Claim = {
  readonly kind: "words" | "call";
  readonly uid: string;
  readonly seq: number;
  readonly sub: number;
};

function claimsOf(message: EnrichedMessage, uid: Uid): readonly Claim[] {
  const { seq, sub, enrichment } = message;
  const call = callNameOf(message);
  return [
    ...(mayCount(message)
      ? [{ kind: "words", uid: wordsUidOf(enrichment), seq, sub } as const]
      : []),
    ...(call === null ? [] : [{ kind: "call", uid: uid(call), seq, sub } as const]),
  ];
}

/** What `said` knows the words of a message by. */
export function wordsUidOf({ normal_hash }: EnrichedMessage["enrichment"]): string {
  return normal_hash.replace(UUID_DIGITS, "$1-$2-$3-$4-$5").slice(0, UUID_CHARS);
}

/** Those of the claims that nobody made before, by name. */
async function claim(
  client: pg.PoolClient,
  claims: readonly Claim[],
): Promise<ReadonlySet<string>> {
  if (claims.length === 0) return new Set();
  const inserted = await client.query({
    text: "INSERT INTO verbatim.said SELECT * FROM unnest($1::uuid[], $2::int8[], $3::int2[]) ON CONFLICT DO NOTHING RETURNING uid, seq, sub",
    values: [
      claims.map((one) => one.uid),
      claims.map((one) => one.seq),
      claims.map((one) => one.sub),
    ],
  });
  return new Set(inserted.rows.map(nameOf));
}

const UUID_DIGITS = /^(.{8})(.{4})(.{4})(.{4})(.{12})/;
const UUID_CHARS = 36;

function nameOf({ uid, ...place }: Pick<Claim, "uid" | "seq" | "sub">): string {
  return `${uid} ${placeOf(place)}`;
}

function placeOf({ seq, sub }: { readonly seq: number; readonly sub: number }): string {
  return `${seq}.${sub}`;
}

async function threadsOf(
  client: pg.PoolClient,
  messages: readonly EnrichedMessage[],
  uid: Uid,
): Promise<ReadonlyMap<string, Thread>> {
  const keys = new Map(messages.map(threadKeyOf).map((key) => [uid(key), key]));
  const found = await client.query("SELECT uid, thread FROM verbatim.threads WHERE uid = ANY($1)", [
    [...keys.keys()],
  ]);
  return new Map(found.rows.map((row) => [keys.get(row.uid) ?? "", row.thread]));
}

/** Adds rows to those that are there. Whoever holds the cursor is alone here. */
async function addRows(client: pg.PoolClient, rows: readonly TallyRow[]): Promise<void> {
  const found = await client.query({
    text: `SELECT t.hour, t.project, t.speaker, t.tally FROM verbatim.tallies t
      JOIN unnest($1::timestamptz[], $2::text[], $3::text[]) AS w(hour, project, speaker) USING (hour, project, speaker)`,
    values: [
      rows.map((row) => row.hour),
      rows.map((row) => row.project),
      rows.map((row) => row.speaker),
    ],
  });
  const known = new Map<string, TallyRow>(found.rows.map((row) => [rowKeyOf(row), row]));
  const sums = rows.map((row) => {
    const tally = {};
    addTally(tally, known.get(rowKeyOf(row))?.tally ?? {});
    addTally(tally, row.tally);
    return { ...row, tally };
  });
  await client.query(
    `INSERT INTO verbatim.tallies (hour, project, speaker, tally)
     SELECT * FROM jsonb_to_recordset($1::jsonb) AS x(hour timestamptz, project text, speaker text, tally jsonb)
     ON CONFLICT (hour, project, speaker) DO UPDATE SET tally = excluded.tally`,
    [JSON.stringify(sums)],
  );
}

async function saveThreads(
  client: pg.PoolClient,
  threads: ReadonlyMap<string, Thread>,
  uid: Uid,
): Promise<void> {
  const rows = [...threads].map(([key, thread]) => {
    const [session_id]: readonly string[] = JSON.parse(key);
    return { uid: uid(key), session_id, open: thread.open.length, thread };
  });
  await client.query(
    `INSERT INTO verbatim.threads (uid, session_id, open, thread)
     SELECT * FROM jsonb_to_recordset($1::jsonb) AS x(uid uuid, session_id text, open int, thread jsonb)
     ON CONFLICT (uid) DO UPDATE SET open = excluded.open, thread = excluded.thread`,
    [JSON.stringify(rows)],
  );
}

/** Counts a stretch that is saved already and follows what is counted; what another taxonomy said of it is kept and replaced. */
export async function recountStretch(
  client: pg.PoolClient,
  stretch: readonly Settled[],
  uid: Uid,
): Promise<void> {
  await lockIndex(client);
  const { counted_to, settled_to } = await lockCounted(client);
  const fresh = stretch.filter(({ entry }) => entry.seq > counted_to && entry.seq <= settled_to);
  const [first] = fresh;
  const last = fresh.at(-1);
  if (first === undefined || last === undefined) return;
  if (first.entry.seq !== counted_to + 1) {
    throw new VerbatimError(
      "conflict",
      `the numbers are at ${counted_to}, this stretch begins at ${first.entry.seq}`,
    );
  }
  const told = toldIn(fresh, uid);
  const saved = await savedBy(client, told);
  const there = told.filter(({ message }) => saved.has(placeOf(message)));
  const hidden = there.filter(({ message }) => saved.get(placeOf(message))?.hidden === true);
  const held = asHidden(there, new Set(hidden.map(({ message }) => message.seq)));
  const changed = held.filter(
    ({ message }) => saved.get(placeOf(message))?.taxonomy !== message.enrichment.taxonomy,
  );
  if (changed.length > 0) await replaceEnrichments(client, changed);
  await countMessages(
    client,
    held.map(({ message }) => message),
    uid,
  );
  await refacet(client, first.entry.seq, last.entry.seq);
  await client.query("UPDATE verbatim.cursors SET counted_to = $1 WHERE name = 'deep'", [
    last.entry.seq,
  ]);
}

/** Where the numbers stand, locked against everybody else. */
async function lockCounted(
  client: pg.PoolClient,
): Promise<{ readonly counted_to: number; readonly settled_to: number }> {
  const found = await client.query(
    "SELECT counted_to, settled_to FROM verbatim.cursors WHERE name = 'deep' FOR UPDATE",
  );
  return found.rows[0] ?? { counted_to: 0, settled_to: 0 };
}

type Saved = { readonly taxonomy: string; readonly hidden: boolean };

/** The taxonomy of each message that is saved, and whether it is hidden; repeats are not there. */
async function savedBy(
  client: pg.PoolClient,
  told: readonly Told[],
): Promise<ReadonlyMap<string, Saved>> {
  const found = await client.query({
    text: `SELECT m.seq, m.sub, m.hidden, m.enrichment ->> 'taxonomy' AS taxonomy FROM verbatim.messages m
      JOIN unnest($1::int8[], $2::int2[]) AS w(seq, sub) ON m.seq = w.seq AND m.sub = w.sub
      WHERE m.seq BETWEEN $3 AND $4`,
    values: [
      told.map(({ message }) => message.seq),
      told.map(({ message }) => message.sub),
      told[0]?.message.seq ?? 0,
      told.at(-1)?.message.seq ?? 0,
    ],
  });
  return new Map(found.rows.map((row) => [placeOf(row), row]));
}

async function replaceEnrichments(client: pg.PoolClient, told: readonly Told[]): Promise<void> {
  const values = [
    JSON.stringify(
      told.map(({ message: { seq, sub, enrichment } }) => ({
        seq,
        sub,
        chain_type: enrichment.chain_type,
        ace_tier: enrichment.ace_tier,
        enrichment,
      })),
    ),
    told[0]?.message.seq,
    told.at(-1)?.message.seq,
  ];
  const rows =
    "jsonb_to_recordset($1::jsonb) AS x(seq int8, sub int2, chain_type text, ace_tier text, enrichment jsonb) WHERE m.seq = x.seq AND m.sub = x.sub AND m.seq BETWEEN $2 AND $3";
  await client.query(
    `INSERT INTO verbatim.past_enrichments SELECT m.seq, m.sub, m.enrichment ->> 'taxonomy', m.enrichment
     FROM verbatim.messages m, ${rows} ON CONFLICT DO NOTHING`,
    values,
  );
  await client.query(
    `UPDATE verbatim.messages m SET chain_type = x.chain_type, ace_tier = x.ace_tier, enrichment = x.enrichment FROM ${rows}`,
    values,
  );
}

/** Says which taxonomy holds. Where it is another one than before, everything is to be counted again. */
export async function useTaxonomy(client: pg.PoolClient, taxonomy: string): Promise<void> {
  const changed = await client.query(
    "UPDATE verbatim.cursors SET taxonomy = $1, counted_to = 0 WHERE name = 'deep' AND taxonomy <> $1",
    [taxonomy],
  );
  if ((changed.rowCount ?? 0) > 0) await forgetNumbers(client);
}

/** Empties the numbers; whoever counts begins at the first entry. */
export async function forgetNumbers(client: pg.ClientBase): Promise<void> {
  await client.query("UPDATE verbatim.cursors SET counted_to = 0 WHERE name = 'deep'");
  await client.query("TRUNCATE verbatim.tallies, verbatim.threads, verbatim.said");
}
