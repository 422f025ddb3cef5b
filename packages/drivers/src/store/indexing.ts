/**
 * Filling the text index behind the archive (S5).
 *
 * Whole segments of SEGMENT_SEQS are read, cut into terms and written as one row
 * a term. What is younger than the last whole segment lies in search_tail, a row
 * a term and message, and leaves it when its segment is sealed, in the same
 * transaction: a message is in exactly one of the two.
 *
 * Bulk imports skip the tail: as long as a whole segment can be sealed, it is.
 *
 * Messages are read and rows are sent a few megabytes at a time: how long
 * messages are, and not how many, decides how much of them is in memory.
 */
import {
  type EnrichedMessage,
  INDEXED_CHARS_MAX,
  messageTerms,
  type Place,
  packPlaces,
  SEGMENT_SEQS,
  segmentOf,
  unpackPlaces,
} from "@verbatim/core";
import type pg from "pg";
import { type CopyRows, copyRows } from "./copy.ts";
import { send } from "./send.ts";

/** Takes in one segment, or what the tail lacks; the number of entries taken, 0 when nothing is missing. */
export async function indexSome(client: pg.PoolClient): Promise<number> {
  const found = await client.query(
    "SELECT settled_to, sealed_to, indexed_to FROM verbatim.cursors WHERE name = 'deep'",
  );
  const cursor = found.rows[0];
  if (cursor === undefined) return 0;
  const { settled_to: settled, sealed_to: sealed, indexed_to: indexed } = cursor;
  if (settled - sealed >= SEGMENT_SEQS) {
    await lockIndex(client);
    await sealSegment(client, sealed);
    return sealed + SEGMENT_SEQS - Math.min(indexed, sealed + SEGMENT_SEQS) || SEGMENT_SEQS;
  }
  if (settled === indexed) return 0;
  await lockIndex(client);
  await fillTail(client, indexed, settled);
  return settled - indexed;
}

/** One at a time, without standing in the way of a save. Taken before the cursor is. */
export async function lockIndex(client: pg.PoolClient): Promise<void> {
  await client.query("SELECT pg_advisory_xact_lock(hashtext('verbatim.search'))");
}

/** Makes again what the index knows of these messages, after some of them went. The index is the caller's alone. */
export async function indexAgain(client: pg.PoolClient, segments: Iterable<number>): Promise<void> {
  const found = await client.query(
    "SELECT sealed_to, indexed_to FROM verbatim.cursors WHERE name = 'deep'",
  );
  const { sealed_to, indexed_to } = found.rows[0] ?? { sealed_to: 0, indexed_to: 0 };
  for (const segment of segments) {
    if ((segment + 1) * SEGMENT_SEQS > sealed_to) continue;
    await client.query("DELETE FROM verbatim.search_postings WHERE segment = $1", [segment]);
    await postSegment(client, segment * SEGMENT_SEQS);
  }
  await client.query("DELETE FROM verbatim.search_tail");
  if (indexed_to > sealed_to) await fillTail(client, sealed_to, indexed_to);
}

async function sealSegment(client: pg.PoolClient, sealed: number): Promise<void> {
  const last = sealed + SEGMENT_SEQS;
  await postSegment(client, sealed);
  await client.query("DELETE FROM verbatim.search_tail WHERE seq <= $1", [last]);
  await client.query(
    "UPDATE verbatim.cursors SET sealed_to = $1, indexed_to = GREATEST(indexed_to, $1) WHERE name = 'deep'",
    [last],
  );
}

/** A row for each word of the segment that follows `sealed`. */
async function postSegment(client: pg.PoolClient, sealed: number): Promise<void> {
  const last = sealed + SEGMENT_SEQS;
  const segment = segmentOf(last);
  const places = new Map<string, Place[]>();
  for await (const { message, terms } of termsBetween(client, sealed, last)) {
    for (const term of terms) {
      const known = places.get(term);
      if (known === undefined) places.set(term, [message]);
      else known.push(message);
    }
  }
  const rows = rowsFor(client, "verbatim.search_postings (term, segment, n, places)");
  for (const [term, list] of [...places].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    await rows.put((row) => {
      row.row(4);
      row.text(term);
      row.int4(segment);
      row.int4(list.length);
      row.bytes(packPlaces(list, segment));
    });
  }
  await rows.end();
}

async function fillTail(client: pg.PoolClient, indexed: number, settled: number): Promise<void> {
  const rows = rowsFor(client, "verbatim.search_tail (term, seq, sub)");
  for await (const { message, terms } of termsBetween(client, indexed, settled)) {
    for (const term of terms) {
      await rows.put((row) => {
        row.row(3);
        row.text(term);
        row.int8(message.seq);
        row.int2(message.sub);
      });
    }
  }
  await rows.end();
  await client.query("UPDATE verbatim.cursors SET indexed_to = $1 WHERE name = 'deep'", [settled]);
}

/** Rows on their way into a table, sent whenever there are enough of them. */
function rowsFor(client: pg.PoolClient, target: string) {
  let rows = copyRows();
  const end = async (): Promise<void> => {
    await send(client, target, rows.finish());
    rows = copyRows();
  };
  return {
    put: async (row: (rows: CopyRows) => void): Promise<void> => {
      row(rows);
      if (rows.size() > BYTES_MAX) await end();
    },
    end,
  };
}

type Termed = { readonly message: Place; readonly terms: Iterable<string> };

/** Bytes of text read at once, past the first message, and of rows sent at once. */
const BYTES_MAX: number = 4 * 1024 * 1024;
/** Messages read at once, however short. */
const READ_MESSAGES = 512;

/** What Postgres sends of a text at most: no character has more than four bytes. */
const TEXT_BYTES = `least(octet_length(text), ${4 * INDEXED_CHARS_MAX})`;

/** What the terms of a message are made of. */
const TERMED_BY = `seq, sub, left(text, ${INDEXED_CHARS_MAX}) AS text, session_id, conversation_id, source,
    author_name, role, chain_type, ace_tier, enrichment->'shl_tags' AS shl_tags,
    jsonb_build_object('user_id', meta->'user_id') AS meta`;

/** The next messages after a place; their lengths are summed up without their texts being read. Bookkeeping records are not searched for. */
const NEXT = `
  SELECT ${TERMED_BY}
  FROM (SELECT *, sum(${TEXT_BYTES}) OVER (ORDER BY seq, sub ROWS UNBOUNDED PRECEDING) - ${TEXT_BYTES} AS before
        FROM verbatim.messages
        WHERE seq >= $1 AND (seq, sub) > ($1, $2) AND seq <= $3 AND kind = 'message' AND NOT hidden
        ORDER BY seq, sub LIMIT ${READ_MESSAGES}) AS next
  WHERE before < ${BYTES_MAX} ORDER BY seq, sub`;

type Row = Place &
  Pick<EnrichedMessage, "text" | "session_id" | "source" | "meta"> &
  Pick<EnrichedMessage["enrichment"], "chain_type" | "ace_tier" | "shl_tags"> & {
    readonly conversation_id: string | null;
    readonly author_name: string;
    readonly role: EnrichedMessage["author"]["role"];
  };

async function* termsBetween(
  client: pg.PoolClient,
  after: number,
  to: number,
): AsyncGenerator<Termed> {
  let place: Place | undefined = { seq: after, sub: LAST_SUB };
  while (place !== undefined) {
    const found = await client.query(NEXT, [place.seq, place.sub, to]);
    const rows: readonly Row[] = found.rows;
    place = undefined;
    for (const row of rows) {
      // Only the place is kept: the texts may go as soon as they are cut.
      place = { seq: row.seq, sub: row.sub };
      yield { message: place, terms: termsIn(row) };
    }
  }
}

/** Takes a message out of the index: no word leads to it, and what it alone said is no word of the index. Whoever calls it holds the index. */
export async function hideTerms(client: pg.PoolClient, { seq, sub }: Place): Promise<void> {
  const found = await client.query(
    `SELECT ${TERMED_BY} FROM verbatim.messages WHERE seq = $1 AND sub = $2`,
    [seq, sub],
  );
  const terms = found.rows.flatMap((row: Row) => [...termsIn(row)]);
  await client.query(
    "DELETE FROM verbatim.search_tail WHERE term = ANY($1::text[]) AND seq = $2 AND sub = $3",
    [terms, seq, sub],
  );
  const segment = segmentOf(seq);
  const sealed = await client.query(
    "SELECT term, places FROM verbatim.search_postings WHERE term = ANY($1::text[]) AND segment = $2",
    [terms, segment],
  );
  for (const { term, places } of sealed.rows) {
    const left = unpackPlaces(places, segment).filter((one) => one.seq !== seq || one.sub !== sub);
    await client.query(
      "UPDATE verbatim.search_postings SET n = $3, places = $4 WHERE term = $1 AND segment = $2",
      [term, segment, left.length, packPlaces(left, segment)],
    );
  }
  await client.query(
    "DELETE FROM verbatim.search_postings WHERE term = ANY($1::text[]) AND segment = $2 AND n = 0",
    [terms, segment],
  );
}

/** Comes after every message of an entry. */
const LAST_SUB = 32_767;

function termsIn({ author_name: name, role, conversation_id, ...row }: Row): ReadonlySet<string> {
  return new Set(
    messageTerms({
      ...row,
      author: { name, role },
      enrichment: row,
      ...(conversation_id === null ? {} : { conversation_id }),
    }),
  );
}
