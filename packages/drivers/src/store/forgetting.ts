/**
 * Taking entries that were erased out of Postgres.
 *
 *   S21  Afterwards the database holds what one made anew from the erased journal
 *        holds: rows, sums, sessions, citations and the text index, repeats of
 *        what is gone included, which are then the first of their ids.
 *   S22  Whatever was done of it is done again without harm, and a part of it is
 *        done whole or not at all.
 *
 * The numbers are forgotten and counted again by who counts (counting.ts): sums
 * cannot be taken back from. Snapshots of the sessions go too; where events of a
 * session are left they are made again when asked for.
 */
import { SEGMENT_SEQS, type Settled, segmentOf, VerbatimError } from "@verbatim/core";
import { happenedIn } from "@verbatim/core/sessions";
import type pg from "pg";
import { guarded, openPool } from "./connect.ts";
import { forgetNumbers } from "./counting.ts";
import { conversationAgain, headAgain, sessionAgain } from "./forgetting-again.ts";
import { hiddenIn, hideSaved } from "./hiding.ts";
import { indexAgain, lockIndex } from "./indexing.ts";
import { uidOf } from "./library.ts";
import { ensurePartitions } from "./partitions.ts";
import { asHidden, toldIn } from "./plan.ts";
import { refuseRebuilding } from "./rebuilding.ts";
import { claimIds, saveAsides, saveMessages, saveRepeats } from "./save.ts";
import { insertEvents } from "./session-save.ts";
import { inTransaction } from "./transaction.ts";

/** What went out of the database now. */
type ForgottenRows = {
  readonly messages: number;
  readonly events: number;
  readonly sessions: number;
};

export interface Forgetting {
  /** Takes out what these erased entries once held; `settle` gives entries that stay, as they are in the journal. Those that have other words now are saved anew. */
  part(
    erased: readonly Settled[],
    rest: {
      readonly isGone: (seq: number) => boolean;
      readonly settle: (seqs: readonly number[]) => Promise<readonly Settled[]>;
      readonly reworded?: readonly number[];
    },
  ): Promise<ForgottenRows>;
  /** Makes the text index again for these places, and forgets the numbers. After the last part. */
  finish(places: readonly (readonly [from: number, to: number])[]): Promise<void>;
  /** Asks Postgres to write over what was taken out; false when it did not get to it. */
  wipe(): Promise<boolean>;
}

/** Cleaning up a large database takes a while, and nobody waits for it. */
const WIPE_MS = 600_000;

/** Opens it. Fails with `postgres_unreachable` while Postgres is away. */
export function openForgetting(url: string): Forgetting & AsyncDisposable {
  const pool = openPool(url, { max: 1, queryMs: WIPE_MS });
  return {
    part: (erased, rest) =>
      guarded(() =>
        inTransaction(pool, async (client) => {
          await client.query("SET LOCAL synchronous_commit = on");
          await refuseRebuilding(client);
          await lockIndex(client);
          return await takeOut(client, erased, rest);
        }),
      ),
    finish: (places) =>
      guarded(async () => {
        for (const segment of segmentsOf(places)) {
          await inTransaction(pool, async (client) => {
            await lockIndex(client);
            await indexAgain(client, [segment]);
          });
        }
        await inTransaction(pool, async (client) => {
          await client.query("SET LOCAL synchronous_commit = on");
          await client.query("SELECT 1 FROM verbatim.cursors WHERE name = 'deep' FOR UPDATE");
          await forgetNumbers(client);
        });
      }),
    wipe: () => wiped(pool),
    [Symbol.asyncDispose]: () => pool.end(),
  };
}

function segmentsOf(places: readonly (readonly [from: number, to: number])[]): ReadonlySet<number> {
  const segments = new Set<number>();
  for (const [from, to] of places) {
    for (let seq = from; seq <= to; seq += SEGMENT_SEQS) segments.add(segmentOf(seq));
    segments.add(segmentOf(to));
  }
  return segments;
}

async function wiped(pool: pg.Pool): Promise<boolean> {
  const client = await pool.connect().catch(() => null);
  if (client === null) return false;
  try {
    await client.query(`SET statement_timeout = ${WIPE_MS}`);
    for (const table of WIPED) await client.query(`VACUUM verbatim.${table}`);
    return true;
  } catch {
    return false;
  } finally {
    client.release(true);
  }
}

const WIPED = [
  "messages",
  "repeats",
  "asides",
  "message_ids",
  "sessions",
  "tallies",
  "threads",
  "said",
  "past_enrichments",
  "search_postings",
  "search_tail",
  "session_events",
  "session_heads",
  "session_members",
  "conversations",
  "citations",
  "snapshots",
] as const;

type Rest = Parameters<Forgetting["part"]>[1];
type Row = { readonly seq: number; readonly sub: number };
type GoneMessage = Row & {
  readonly source: string;
  readonly id: string;
  readonly session_id: string;
};
type GoneEvent = { readonly uid: string; readonly conversation_uid: string | null };

async function takeOut(
  client: pg.PoolClient,
  erased: readonly Settled[],
  { isGone, settle, reworded = [] }: Rest,
): Promise<ForgottenRows> {
  const seqs = [...erased.map(({ entry }) => entry.seq), ...reworded];
  await refuseUnsettled(client, Math.max(0, ...seqs));
  const repeats = (await repeatsOf(client, seqs)).filter(({ seq }) => !isGone(seq));
  const orphans = [...(await rowsOf(client, reworded)), ...repeats];
  const touched = [...new Set([...seqs, ...orphans.map(({ seq }) => seq)])];
  const before = await sumsOf(client, touched);
  const gone = await removed(client, seqs, orphans);
  await saveAsides(client, erased);
  const promoted = await promote(client, orphans, settle);
  const sessions = new Set([...gone.messages.map((one) => one.session_id), ...promoted.sessions]);
  for (const session of sessions) await sessionAgain(client, session);
  const uids = new Set(gone.events.map(({ uid }) => uid));
  for (const uid of uids) await headAgain(client, uid);
  for (const { conversation_uid } of gone.events)
    if (conversation_uid !== null) await conversationAgain(client, conversation_uid);
  await indexAgain(client, new Set(orphans.map(({ seq }) => segmentOf(seq))));
  await addSums(client, before, await sumsOf(client, touched));
  const again = gone.messages.filter(({ seq }) => reworded.includes(seq));
  return {
    messages: gone.messages.length - again.length,
    events: gone.events.length,
    sessions: uids.size,
  };
}

/** What is not saved yet is saved as erased by who saves; what is must be saved before it can go. */
async function refuseUnsettled(client: pg.PoolClient, last: number): Promise<void> {
  const found = await client.query(
    "SELECT settled_to FROM verbatim.cursors WHERE name = 'deep' FOR UPDATE",
  );
  const settled: number = found.rows[0]?.settled_to ?? 0;
  if (settled >= last) return;
  throw new VerbatimError("busy", `Postgres is at entry ${settled}, not at ${last} yet`);
}

/** Records that repeat what is in these entries. */
async function repeatsOf(client: pg.PoolClient, seqs: readonly number[]): Promise<readonly Row[]> {
  const found = await client.query(
    "SELECT seq, sub FROM verbatim.repeats WHERE first_seq = ANY($1::int8[]) ORDER BY seq, sub",
    [seqs],
  );
  return found.rows;
}

/** Messages of these entries. */
async function rowsOf(client: pg.PoolClient, seqs: readonly number[]): Promise<readonly Row[]> {
  if (seqs.length === 0) return [];
  const found = await client.query(
    "SELECT seq, sub FROM verbatim.messages WHERE seq = ANY($1::int8[]) ORDER BY seq, sub",
    [seqs],
  );
  return found.rows;
}

type Sums = {
  readonly stored: number;
  readonly aside: number;
  readonly repeats: number;
  readonly messages: number;
};

/** What these entries are counted as in the cursor (S3). */
async function sumsOf(client: pg.PoolClient, seqs: readonly number[]): Promise<Sums> {
  const found = await client.query(
    `WITH m AS (SELECT seq FROM verbatim.messages WHERE seq = ANY($1::int8[])),
       r AS (SELECT DISTINCT seq FROM verbatim.repeats WHERE seq = ANY($1::int8[]) AND seq NOT IN (SELECT seq FROM m))
     SELECT (SELECT count(*) FROM m) AS messages, (SELECT count(DISTINCT seq) FROM m) + (SELECT count(*) FROM r) AS stored,
       (SELECT count(*) FROM r) AS repeats,
       (SELECT count(*) FROM verbatim.asides WHERE seq = ANY($1::int8[]) AND NOT partial) AS aside`,
    [seqs],
  );
  return found.rows[0];
}

async function addSums(client: pg.PoolClient, before: Sums, after: Sums): Promise<void> {
  await client.query(
    "UPDATE verbatim.cursors SET stored = stored + $1, aside = aside + $2, repeats = repeats + $3, messages = messages + $4 WHERE name = 'deep'",
    [
      after.stored - before.stored,
      after.aside - before.aside,
      after.repeats - before.repeats,
      after.messages - before.messages,
    ],
  );
}

async function removed(
  client: pg.PoolClient,
  seqs: readonly number[],
  orphans: readonly Row[],
): Promise<{ readonly messages: readonly GoneMessage[]; readonly events: readonly GoneEvent[] }> {
  const messages = await client.query(
    "DELETE FROM verbatim.messages WHERE seq = ANY($1::int8[]) RETURNING seq, sub, source, id, session_id",
    [seqs],
  );
  const rows: readonly GoneMessage[] = messages.rows;
  await client.query(
    "DELETE FROM verbatim.message_ids WHERE uid = ANY($1::uuid[]) AND seq = ANY($2::int8[])",
    [rows.map(({ source, id }) => uidOf(`${source}\0${id}`)), seqs],
  );
  await client.query(
    "DELETE FROM verbatim.repeats WHERE seq = ANY($1::int8[]) OR (first_seq = ANY($1::int8[]) AND seq = ANY($2::int8[]))",
    [seqs, orphans.map(({ seq }) => seq)],
  );
  for (const table of ["asides", "past_enrichments"])
    await client.query(`DELETE FROM verbatim.${table} WHERE seq = ANY($1::int8[])`, [seqs]);
  const events = await client.query(
    "DELETE FROM verbatim.session_events WHERE seq = ANY($1::int8[]) RETURNING uid, conversation_uid",
    [seqs],
  );
  return { messages: rows, events: events.rows };
}

/** Records whose first is gone: the first of them is the first now. */
async function promote(
  client: pg.PoolClient,
  orphans: readonly Row[],
  settle: Rest["settle"],
): Promise<{ readonly sessions: readonly string[] }> {
  if (orphans.length === 0) return { sessions: [] };
  const places = new Set(orphans.map(({ seq, sub }) => `${seq}.${sub}`));
  const settled = await settle([...new Set(orphans.map(({ seq }) => seq))]);
  const happened = happenedIn(settled);
  const hidden = await hiddenIn(client, happened, uidOf);
  const told = asHidden(toldIn(settled, uidOf), hidden).filter(({ message }) =>
    places.has(`${message.seq}.${message.sub}`),
  );
  const isNew = await claimIds(client, told);
  const first = told.filter((_, at) => isNew[at] === true);
  const again = told.filter((_, at) => isNew[at] !== true);
  await ensurePartitions(client, orphans[0]?.seq ?? 0, orphans.at(-1)?.seq ?? 0);
  await saveMessages(client, first);
  if (again.length > 0) await saveRepeats(client, again);
  const events = await insertEvents(client, happened, uidOf);
  await hideSaved(client, events, uidOf, { hidden, isCounted: false });
  const sessions = first.map(({ message }) => message.session_id);
  return { sessions: [...sessions, ...events.map(({ event }) => event.session_id)] };
}
