/** What the database holds of each entry, for `verify`: in seq order, digests computed by Postgres. */
import type { Trace, Witness } from "@verbatim/core";
import { guarded, openPool } from "./connect.ts";
import { totalsOf } from "./library.ts";

/** Opens the witness. Fails with `postgres_unreachable` while Postgres is away. */
export function openWitness(url: string): Witness & AsyncDisposable {
  const pool = openPool(url, { max: 2 });
  return {
    totals: () => guarded(() => totalsOf(pool)),
    traces: (from, limit) =>
      guarded(async () => {
        const found = await pool.query(TRACES, [from, from + limit]);
        const rows: readonly Trace[] = found.rows;
        return rows;
      }),
    [Symbol.asyncDispose]: () => pool.end(),
  };
}

/**
 * Every entry has its bytes in exactly one place: on its first message, on its
 * repeat (or, where they are the same, on the message that was first), or aside.
 */
const TRACES = `
  SELECT seq, encode(sha256(raw), 'hex') AS sha256, 'stored' AS outcome
    FROM verbatim.messages WHERE seq >= $1 AND seq < $2 AND sub = 0
  UNION ALL
  SELECT r.seq, encode(sha256(COALESCE(r.raw, m.raw)), 'hex'), 'repeat'
    FROM verbatim.repeats r LEFT JOIN verbatim.messages m ON m.seq = r.first_seq AND m.sub = 0
   WHERE r.seq >= $1 AND r.seq < $2 AND r.sub = 0
  UNION ALL
  SELECT seq, encode(sha256(raw), 'hex'), 'aside'
    FROM verbatim.asides WHERE seq >= $1 AND seq < $2 AND NOT partial
  ORDER BY seq`;
