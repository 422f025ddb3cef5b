/**
 * Snapshots in Postgres. The newest few of a session are kept; an older one is
 * made again from the session's events, and given only if it is the same.
 */
import { createHash } from "node:crypto";
import { makeSnapshot, type SessionEvent, type SessionSnapshot } from "@verbatim/core/sessions";
import type pg from "pg";
import { uidOf } from "./library.ts";
import { uidOfSession } from "./session-plan.ts";

/** A long session has thousands, each a little longer than the one before. */
const KEPT = 3;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const sha256 = (data: Uint8Array | string): string =>
  createHash("sha256").update(data).digest("hex");

/** Saves a snapshot; the answer comes when Postgres has it on its disk. */
export async function saveSnapshot(pool: pg.Pool, snapshot: SessionSnapshot): Promise<void> {
  const { snapshot_id, name, seq, at, content } = snapshot;
  const uid = uidOfSession(name, uidOf);
  const client = await pool.connect();
  let failed: Error | undefined;
  try {
    await client.query("BEGIN");
    await client.query("SET LOCAL synchronous_commit = on");
    await client.query(
      `INSERT INTO verbatim.snapshots (snapshot_id, uid, user_id, session_id, seq, at, sha256, content)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
       ON CONFLICT (snapshot_id) DO UPDATE SET sha256 = excluded.sha256, content = excluded.content`,
      [snapshot_id, uid, name.user_id, name.session_id, seq, at, snapshot.sha256, content],
    );
    await client.query(
      `DELETE FROM verbatim.snapshots WHERE uid = $1 AND seq <
         (SELECT min(seq) FROM (SELECT seq FROM verbatim.snapshots WHERE uid = $1 ORDER BY seq DESC LIMIT ${KEPT}) AS newest)`,
      [uid],
    );
    await client.query("COMMIT");
  } catch (error) {
    failed = error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    client.release(failed);
  }
}

/** A snapshot as it was taken, or null. */
export async function readSnapshot(
  pool: pg.Pool,
  snapshotId: string,
): Promise<SessionSnapshot | null> {
  if (!UUID.test(snapshotId)) return null;
  const found = await pool.query(
    "SELECT snapshot_id, user_id, session_id, seq, at, sha256, content FROM verbatim.snapshots WHERE snapshot_id = $1",
    [snapshotId],
  );
  const [row] = found.rows;
  if (row === undefined) return await madeAgain(pool, snapshotId);
  const { user_id, session_id, ...rest } = row;
  return { ...rest, name: { user_id, session_id } };
}

async function madeAgain(pool: pg.Pool, snapshotId: string): Promise<SessionSnapshot | null> {
  const found = await pool.query(
    `SELECT e.seq, e.at, e.event, t.event AS taken
     FROM verbatim.session_events t JOIN verbatim.session_events e ON e.uid = t.uid AND e.seq <= (t.event ->> 'seq')::int8
     WHERE t.event_name = 'snapshot_taken' AND t.event ->> 'snapshot_id' = $1 ORDER BY e.seq`,
    [snapshotId],
  );
  const rows: readonly {
    readonly seq: number;
    readonly at: string;
    readonly event: SessionEvent;
    readonly taken: SessionEvent;
  }[] = found.rows;
  const [first] = rows;
  if (first === undefined || first.taken.event !== "snapshot_taken") return null;
  const { user_id, session_id } = first.taken;
  const events = rows.map(({ seq, at, event }) => ({ event, moment: { seq, at } }));
  const made = makeSnapshot({ user_id, session_id }, events, sha256);
  if (made === null || made.sha256 !== first.taken.sha256) return null;
  const { messages: _, ...snapshot } = made;
  return { ...snapshot, snapshot_id: snapshotId };
}
