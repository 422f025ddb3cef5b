/**
 * Making the deep store anew beside the one in use.
 *
 *   W11  Until a rebuild is complete, everybody reads and writes what was there
 *        before; from one moment on, the new. However it ends before that, the
 *        old one stays, and what was half made is cleared away by the next.
 *
 * The new one is a schema of its own, filled by the same statements. When it has
 * caught up, the old cursor is locked, so that nothing is saved meanwhile; the
 * last entries are filled in, and both schemas change their names in one
 * transaction. Nothing in either is the only copy.
 */
import { type DeepStore, VerbatimError } from "@verbatim/core";
import type pg from "pg";
import { guarded, openPool } from "./connect.ts";
import { openDeepStore } from "./deep.ts";
import { ensureSchema } from "./migrate.ts";

const NEXT = "verbatim_next";
const OLD = "verbatim_old";
const KEY = "hashtext('verbatim.rebuild')";
/** One rebuild at a time in a database. */
const LOCK = `pg_try_advisory_lock(${KEY})`;
/** Readers of one moment hold the cursor: whoever waits longer for them tries again. */
const SWAP_LOCK = "5s";
/** Rows of a large archive take their time to go. */
const DROP_MS = 600_000;

/** A rebuild under way. */
export interface Rebuilding extends AsyncDisposable {
  /** The new one, empty at first. */
  readonly next: DeepStore;
  /**
   * Puts the new one in the place of the old. `fill` is called while nobody
   * saves, with how far the old one is, and must bring the new one there.
   */
  swap(fill: (upTo: number) => Promise<void>): Promise<void>;
  /** Throws the new one away. */
  abandon(): Promise<void>;
}

/** Begins one: what an earlier one left is cleared away. Throws `busy` while another runs. */
export async function openRebuilding(url: string): Promise<Rebuilding> {
  const pool = openPool(url, { max: 2, queryMs: DROP_MS });
  const holder = await guarded(() => pool.connect());
  const next = openDeepStore(url, NEXT);
  const close = async (): Promise<void> => {
    await next[Symbol.asyncDispose]();
    holder.release(true);
    await pool.end();
  };
  try {
    await guarded(() => hold(holder));
    await ensureSchema(pool);
    await guarded(() => cleared(pool));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    next,
    swap: async (fill) => {
      await guarded(() => swap(holder, fill));
      await guarded(() => pool.query(`DROP SCHEMA IF EXISTS ${OLD} CASCADE`));
    },
    abandon: () => guarded(() => cleared(pool)),
    [Symbol.asyncDispose]: close,
  };
}

async function hold(client: pg.PoolClient): Promise<void> {
  const found = await client.query(`SELECT ${LOCK} AS held`);
  if (found.rows[0]?.held === true) return;
  throw new VerbatimError(
    "busy",
    "this database is being rebuilt by somebody else; see: verbatim jobs list --queue rebuild --state active",
  );
}

/** Takes away what is neither in use nor complete. */
async function cleared(pool: pg.Pool): Promise<void> {
  await pool.query(`DROP SCHEMA IF EXISTS ${NEXT} CASCADE`);
  await pool.query(`DROP SCHEMA IF EXISTS ${OLD} CASCADE`);
}

async function swap(client: pg.PoolClient, fill: (upTo: number) => Promise<void>): Promise<void> {
  try {
    await client.query("BEGIN");
    await client.query(`SET LOCAL lock_timeout = '${SWAP_LOCK}'`);
    await client.query("SET LOCAL synchronous_commit = on");
    await client.query("LOCK TABLE verbatim.cursors IN ACCESS EXCLUSIVE MODE");
    const found = await client.query("SELECT settled_to FROM verbatim.cursors WHERE name = 'deep'");
    await fill(Number(found.rows[0]?.settled_to ?? 0));
    await client.query(`ALTER SCHEMA verbatim RENAME TO ${OLD}`);
    await client.query(`ALTER SCHEMA ${NEXT} RENAME TO verbatim`);
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK").catch(() => undefined);
    throw error;
  }
}

/** Throws `busy` while somebody rebuilds: who began before something was taken out of the journal may bring it back. */
export async function refuseRebuilding(client: pg.PoolClient): Promise<void> {
  const { rows } = await client.query(
    `SELECT CASE WHEN pg_try_advisory_lock_shared(${KEY}) THEN pg_advisory_unlock_shared(${KEY}) ELSE false END AS free`,
  );
  if (rows[0]?.free === true) return;
  throw new VerbatimError("busy", "Postgres is being rebuilt; this goes on when it is done");
}
