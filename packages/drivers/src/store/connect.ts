/**
 * The only place that makes Postgres connections, and gives foreign errors their
 * names: what means "away, or not now" is `postgres_unreachable`, what means
 * "not this" is `postgres_rejected`. What Postgres itself answered is judged by
 * its SQLSTATE alone: its words may quote ours.
 */
import { VerbatimError } from "@verbatim/core";
import pg from "pg";
import { connectionsTo } from "./elsewhere.ts";

/** A statement that takes longer is not going to be waited for by a person; one that saves is tried with less. */
const STATEMENT_MS = 30_000;
/** Waiting for somebody else's lock ends sooner, so that it is never taken for a statement that is too much. */
const LOCK_MS = 20_000;
/** Away is away after this long. */
const CONNECT_MS = 3000;
/** Answers that do not come although the connection stands: a stopped server. */
const QUERY_MS = 35_000;

/**
 * Our questions touch a few rows: starting a parallel worker costs more than all
 * of them. A commit that a crash forgets takes its cursor with it, and the
 * journal is read again: no need to wait for Postgres's own sync.
 */
const SETTINGS = "-c timezone=UTC -c max_parallel_workers_per_gather=0 -c synchronous_commit=off";

const INT8 = 20;
const TIMESTAMPTZ = 1184;

export type PoolOptions = {
  readonly max: number;
  /** An answer that takes longer is given up. */
  readonly queryMs?: number;
  /** Statements speak of this schema instead of ours. */
  readonly schema?: string;
};

/** A pool that gives seqs as numbers and times as ISO 8601. */
export function openPool(url: string, options: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max,
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: Math.max(STATEMENT_MS, options.queryMs ?? 0),
    lock_timeout: LOCK_MS,
    query_timeout: options.queryMs ?? QUERY_MS,
    options: SETTINGS,
    application_name: "verbatim",
    types: { getTypeParser },
    ...(options.schema === undefined ? {} : { Client: connectionsTo(options.schema) }),
  });
  pool.on("error", () => {});
  return pool;
}

function getTypeParser(oid: number, format?: "text" | "binary"): (value: string) => unknown {
  if (oid === INT8) return Number;
  // As ISO 8601: of any other form a Date takes the year 1 for 2001.
  if (oid === TIMESTAMPTZ)
    return (text) => new Date(text.replace(" ", "T").replace(/[+]00$/, "Z")).toISOString();
  return format === "binary"
    ? pg.types.getTypeParser(oid, "binary")
    : pg.types.getTypeParser(oid, "text");
}

/** Runs work that talks to Postgres; its errors come out with our names. */
export async function guarded<Value>(work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    throw named(error);
  }
}

/** The error with our name, when it is one that has one. */
function named(error: unknown): unknown {
  if (error instanceof VerbatimError || !(error instanceof Error)) return error;
  const state = "code" in error ? String(error.code) : "";
  const means = SQLSTATE.test(state)
    ? meaningOf(state)
    : meaningOfText(`${state} ${error.message}`);
  if (means === "away") {
    return new VerbatimError(
      "postgres_unreachable",
      "Postgres does not answer; recording goes on, and the archive catches up by itself",
      { cause: error },
    );
  }
  if (means === "rejected") {
    return new VerbatimError("postgres_rejected", `Postgres does not take it: ${error.message}`, {
      cause: error,
      facts: { state },
    });
  }
  return error;
}

/** Five characters, one of them a digit: EPIPE is none. */
const SQLSTATE = /^(?=.*\d)[0-9A-Z]{5}$/;

type Meaning = "away" | "rejected" | "unknown";

/**
 * Rejected: 22 data that cannot be, 23 constraints, 54 limits of a row, 57014 a
 * statement that took too long. Away: 08 connection, 40 lost to another
 * transaction, 53 resources, 55 locked, 57 shutting down, 58 its own disk; 3F000
 * and 42P01, our tables were dropped and are made again.
 */
function meaningOf(state: string): Meaning {
  if (/^(22|23|54)/.test(state) || state === "57014") return "rejected";
  if (/^(08|40|53|55|57|58)/.test(state) || state === "3F000" || state === "42P01") return "away";
  return "unknown";
}

/** Errors of the connection: no Postgres has said anything. */
function meaningOfText(text: string): Meaning {
  return /ECONN|EPIPE|ENOENT|ETIMEDOUT|timeout|Connection terminated|terminating|not queryable/i.test(
    text,
  )
    ? "away"
    : "unknown";
}
