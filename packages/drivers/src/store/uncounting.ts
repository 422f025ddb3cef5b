/**
 * The numbers after a message was hidden that is counted already (N9): the names
 * its words gave are taken out of the row they are in. Where nobody can say
 * without counting again (a row that is full, a thread that changed its folder),
 * everything is counted again.
 */
import { type EnrichedMessage, mayCount, type TallyRow, threadKeyOf } from "@verbatim/core";
import { tallyRowOf, tallyWithout } from "@verbatim/core/sessions";
import type pg from "pg";
import { forgetNumbers, wordsUidOf } from "./counting.ts";
import type { Uid } from "./plan.ts";

/** Takes a message's names out of the numbers; false when these are to be counted again. `message` is as it was. */
export async function countHidden(
  client: pg.PoolClient,
  message: EnrichedMessage,
  uid: Uid,
): Promise<boolean> {
  if (!(await isCountedFirst(client, message))) return true;
  const row = await rowOf(client, message, uid);
  const left = row === null ? null : tallyWithout(row.tally, message);
  if (row === null || left === null) {
    await forgetNumbers(client);
    return false;
  }
  await client.query(
    "UPDATE verbatim.tallies SET tally = $4 WHERE hour = $1 AND project = $2 AND speaker = $3",
    [row.hour, row.project, row.speaker, JSON.stringify(left)],
  );
  return true;
}

/** Whether the message is among those that were counted by their words. */
async function isCountedFirst(client: pg.PoolClient, message: EnrichedMessage): Promise<boolean> {
  if (!mayCount(message)) return false;
  const { seq, sub, enrichment } = message;
  const found = await client.query(
    "SELECT 1 FROM verbatim.said WHERE uid = $1 AND seq = $2 AND sub = $3",
    [wordsUidOf(enrichment), seq, sub],
  );
  return found.rows.length > 0;
}

/** The row it is counted in; null when nobody knows which that is. */
async function rowOf(
  client: pg.PoolClient,
  message: EnrichedMessage,
  uid: Uid,
): Promise<TallyRow | null> {
  const row = tallyRowOf(message, "");
  const found = await client.query(
    `SELECT t.tally FROM verbatim.tallies t, verbatim.threads h
     WHERE t.hour = $1 AND t.project = $2 AND t.speaker = $3
       AND h.uid = $4 AND h.thread ->> 'project' = ''`,
    [row.hour, row.project, row.speaker, uid(threadKeyOf(message))],
  );
  const [kept] = found.rows;
  return kept === undefined ? null : { ...row, tally: kept.tally };
}
