/**
 * Filling the text index behind the archive (S5).
 *
 * Whole segments of SEGMENT_SEQS are read, cut into terms and written as one row
 * a term. What is younger than the last whole segment lies in search_tail, a row
 * a term and message, and leaves it when its segment is sealed, in the same
 * transaction: a message is in exactly one of the two.
 *
 * Bulk imports skip the tail: as long as a whole segment can be sealed, it is.
 */
import { messageTerms, type Place, packPlaces, SEGMENT_SEQS, segmentOf } from "@verbatim/core";
import type pg from "pg";
import { copyRows } from "./copy.ts";
import { MESSAGE_COLUMNS, messageOf } from "./rows.ts";
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

/** One at a time, without standing in the way of a save. */
async function lockIndex(client: pg.PoolClient): Promise<void> {
  await client.query("SELECT pg_advisory_xact_lock(hashtext('verbatim.search'))");
}

async function sealSegment(client: pg.PoolClient, sealed: number): Promise<void> {
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
  const rows = copyRows();
  for (const [term, list] of [...places].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    rows.row(4);
    rows.text(term);
    rows.int4(segment);
    rows.int4(list.length);
    rows.bytes(packPlaces(list, segment));
  }
  await send(client, "verbatim.search_postings (term, segment, n, places)", rows.finish());
  await client.query("DELETE FROM verbatim.search_tail WHERE seq <= $1", [last]);
  await client.query(
    "UPDATE verbatim.cursors SET sealed_to = $1, indexed_to = GREATEST(indexed_to, $1) WHERE name = 'deep'",
    [last],
  );
}

async function fillTail(client: pg.PoolClient, indexed: number, settled: number): Promise<void> {
  const rows = copyRows();
  for await (const { message, terms } of termsBetween(client, indexed, settled)) {
    for (const term of terms) {
      rows.row(3);
      rows.text(term);
      rows.int8(message.seq);
      rows.int2(message.sub);
    }
  }
  await send(client, "verbatim.search_tail (term, seq, sub)", rows.finish());
  await client.query("UPDATE verbatim.cursors SET indexed_to = $1 WHERE name = 'deep'", [settled]);
}

type Termed = { readonly message: Place; readonly terms: Iterable<string> };

/** Entries read at once: a whole segment of long messages would be a hundred megabytes. */
const READ_SEQS = 512;

/** Bookkeeping records are not searched for. */
async function* termsBetween(
  client: pg.PoolClient,
  after: number,
  to: number,
): AsyncGenerator<Termed> {
  for (let at = after; at < to; at += READ_SEQS) {
    const found = await client.query(
      `SELECT ${MESSAGE_COLUMNS} FROM verbatim.messages WHERE seq > $1 AND seq <= $2 AND kind = 'message' ORDER BY seq, sub`,
      [at, Math.min(to, at + READ_SEQS)],
    );
    for (const row of found.rows) {
      const message = messageOf(row);
      // Only the place is kept: the texts may go as soon as they are cut.
      const place = { seq: message.seq, sub: message.sub };
      yield { message: place, terms: new Set(messageTerms(message)) };
    }
  }
}
