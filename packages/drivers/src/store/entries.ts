/**
 * Entries of the journal out of Postgres alone: every one lies there with its raw
 * bytes, on its first message, on its repeat, or aside (S4).
 *
 * What Postgres has no text for, NUL and half a surrogate pair in a key, is
 * U+FFFD here; everything else is as the journal has it.
 */
import { type Entry, type JournalReader, STRETCH_BYTES_MAX } from "@verbatim/core";
import { FORGOTTEN } from "@verbatim/core/forget";
import type pg from "pg";
import { guarded, openPool } from "./connect.ts";

/** Heads read at once. */
const STEP = 5000;
/** Reading a whole archive takes its time. */
const QUERY_MS = 600_000;

type Head = Pick<Entry, "seq" | "at" | "source" | "key"> & { readonly erased: boolean };
type Range = { readonly from: number; readonly to: number };

/** Reads them as a journal is read. */
export type DeepEntries = Pick<JournalReader, "read"> &
  AsyncDisposable & {
    heads(): AsyncIterable<readonly Head[]>;
    stretches(range: Range): AsyncIterable<readonly Entry[]>;
  };

/** Opens them. Fails with `postgres_unreachable` while Postgres is away. */
export function openDeepEntries(url: string): DeepEntries {
  const pool = openPool(url, { max: 1, queryMs: QUERY_MS });
  return {
    heads: () => pagesOf<Head>(pool, { from: 1, to: Number.MAX_SAFE_INTEGER }, "erased"),
    stretches: (range) => stretchesIn(pool, range),
    read: ({ from, to, entries, bytes }) =>
      guarded(async () => {
        const asked = [from, to, Math.min(entries, STEP)];
        const rows = entriesOf(await pool.query(entriesSql("raw, erased"), asked));
        let sum = 0;
        const end = rows.findIndex(({ raw }, at) => {
          sum += raw.length;
          return at > 0 && sum > bytes;
        });
        return rows.slice(0, end === -1 ? rows.length : end);
      }),
    [Symbol.asyncDispose]: () => pool.end(),
  };
}

/** How long they are is asked first: many large ones at once would be more than there is room for. */
async function* stretchesIn(pool: pg.Pool, range: Range): AsyncGenerator<readonly Entry[]> {
  const lengths = "length(raw) AS len";
  for await (const rows of pagesOf<Head & { readonly len: number }>(pool, range, lengths)) {
    for (let at = 0; at < rows.length; ) {
      const end = endOf(rows, at);
      const ends = [rows[at]?.seq, rows[end - 1]?.seq, STEP];
      yield entriesOf(await guarded(() => pool.query(entriesSql("raw, erased"), ends)));
      at = end;
    }
  }
}

/** What was forgotten says so, as it does in the journal. */
function entriesOf({ rows }: pg.QueryResult): readonly Entry[] {
  return rows.map(({ erased, ...entry }) => (erased === true ? { ...entry, erased } : entry));
}

/** Where those end that are read together: at least one. */
function endOf(rows: readonly { readonly len: number }[], from: number): number {
  let bytes = 0;
  const end = rows.findIndex(({ len }, at) => {
    if (at >= from) bytes += len;
    return at > from && bytes > STRETCH_BYTES_MAX;
  });
  return end === -1 ? rows.length : end;
}

async function* pagesOf<Row extends Head>(
  pool: pg.Pool,
  { from, to }: Range,
  what: string,
): AsyncGenerator<readonly Row[]> {
  for (let at = from; ; ) {
    const found = await guarded(() => pool.query(entriesSql(what), [at, to, STEP]));
    const rows: readonly Row[] = found.rows;
    yield rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < STEP) return;
    at = last.seq + 1;
  }
}

/** Each entry once, from the one place that has its bytes. */
function entriesSql(what: string): string {
  return `SELECT seq, heard_at AS at, source, key, ${what} FROM (
      (SELECT seq, heard_at, source, key, raw, false AS erased FROM verbatim.messages
        WHERE sub = 0 AND seq >= $1 AND seq <= $2 ORDER BY seq LIMIT $3)
      UNION ALL
      (SELECT r.seq, r.heard_at, r.source, r.key, COALESCE(r.raw, m.raw), false FROM verbatim.repeats r
        LEFT JOIN verbatim.messages m ON m.seq = r.first_seq AND m.sub = 0
        WHERE r.sub = 0 AND r.seq >= $1 AND r.seq <= $2 ORDER BY r.seq LIMIT $3)
      UNION ALL
      (SELECT seq, heard_at, source, key, raw, why = '${FORGOTTEN}' FROM verbatim.asides
        WHERE NOT partial AND key NOT LIKE 'lost/%' AND seq >= $1 AND seq <= $2 ORDER BY seq LIMIT $3)
    ) AS entries ORDER BY seq LIMIT $3`;
}
