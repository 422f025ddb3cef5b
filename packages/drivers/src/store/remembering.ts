/**
 * Rows of numbers that were read a moment ago: a page asks ten questions of the
 * same ones at once, and reading them is most of what an answer costs.
 *
 *   N10  Rows that are remembered are given only while the table holds the very
 *        same versions of its rows, for whoever asks: whatever was counted,
 *        hidden or forgotten since is in the next answer.
 *
 * Only for who reads at one moment (snapshot.ts): which versions there are and
 * the rows themselves must be of the same one. For some seconds, and so many
 * rows; what goes on longer is read again.
 */
import type { NumbersFilter, TallyRow } from "@verbatim/core";
import type pg from "pg";

/** As long as somebody looks at one page and chooses on it. */
const KEPT_MS = 30_000;
/** Rows kept in all; a thousand are about three megabytes. */
const KEPT_ROWS_MAX = 20_000;

type Read = (client: pg.PoolClient, filter: NumbersFilter) => Promise<readonly TallyRow[]>;

/** The same answers as `read` gives, those that are known without asking it. Not for those of one session. */
export function remembering(read: Read): Read {
  const known = new Map<string, Promise<readonly TallyRow[]>>();
  let version = "";
  let rowsKept = 0;
  let lapse: NodeJS.Timeout | undefined;
  const forget = (): void => {
    known.clear();
    rowsKept = 0;
  };
  return async (client, filter) => {
    const is = await versionOf(client);
    if (is !== version) forget();
    version = is;
    const { since, until, project, speaker } = filter;
    const question = JSON.stringify([since, until, project, speaker]);
    const before = known.get(question);
    // Whoever asked first may have failed for a reason of his own.
    if (before !== undefined) return await before.catch(() => read(client, filter));
    const asked = read(client, filter);
    known.set(question, asked);
    clearTimeout(lapse);
    lapse = setTimeout(forget, KEPT_MS).unref();
    try {
      const rows = await asked;
      rowsKept += rows.length;
      if (rowsKept > KEPT_ROWS_MAX) forget();
      return rows;
    } catch (error) {
      if (known.get(question) === asked) known.delete(question);
      throw error;
    }
  };
}

/** Another after any row was added, changed or taken away: a changed row is another version in another place. */
async function versionOf(client: pg.PoolClient): Promise<string> {
  const found = await client.query(
    `SELECT count(*) || ' ' || COALESCE(sum(hashtextextended(tableoid || ' ' || xmin::text || ' ' || ctid::text, 0)), 0) AS version
     FROM verbatim.tallies`,
  );
  return found.rows[0]?.version ?? "";
}
