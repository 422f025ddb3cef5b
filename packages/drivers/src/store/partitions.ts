/**
 * Partitions of `messages`: 2^20 seqs each, made by the transaction that first
 * needs one. A million rows keep an index shallow, and old partitions can be
 * dropped or moved whole.
 */
import type pg from "pg";

/** Rows up to this size stay in the table as they are: trying to compress each of them costs more than saving it. */
const INLINE_BYTES = 8160;
const PARTITION_SEQS: number = 2 ** 20;

/** Makes the partitions that hold the seqs from `first` to `last`. */
export async function ensurePartitions(
  client: pg.PoolClient,
  first: number,
  last: number,
): Promise<void> {
  for (let number = partitionOf(first); number <= partitionOf(last); number += 1) {
    const name = `verbatim.messages_${number}`;
    const there = await client.query(`SELECT to_regclass('${name}') AS there`);
    if (there.rows[0]?.there !== null) continue;
    const from = number * PARTITION_SEQS;
    await client.query(
      `CREATE TABLE ${name} PARTITION OF verbatim.messages FOR VALUES FROM (${from}) TO (${from + PARTITION_SEQS}) WITH (toast_tuple_target = ${INLINE_BYTES})`,
    );
  }
}

function partitionOf(seq: number): number {
  return Math.floor(seq / PARTITION_SEQS);
}
