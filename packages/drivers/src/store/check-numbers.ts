/** Counting everything again, to compare with the numbers that are there (N3). */
import { isDeepStrictEqual } from "node:util";
import { openCounter, rowKeyOf } from "@verbatim/core";
import type pg from "pg";
import { guarded, openPool } from "./connect.ts";
import { uidOf } from "./library.ts";
import { countedOf, messagesIn } from "./numbers.ts";

/** What counting again says of the numbers that are there. */
export type NumbersCheck = {
  readonly counted_to: number;
  readonly rows: number;
  readonly threads: number;
  readonly problems: readonly string[];
};

/** Counts every message again and compares each row and thread: all of one moment, while saving goes on. */
export async function checkNumbers(
  url: string,
  onProgress: (done: number, total: number) => void,
): Promise<NumbersCheck> {
  const pool = openPool(url, { max: 1 });
  try {
    return await guarded(async () => {
      const client = await pool.connect();
      try {
        await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
        return await compared(client, onProgress);
      } finally {
        client.release(true);
      }
    });
  } finally {
    await pool.end();
  }
}

async function compared(
  client: pg.PoolClient,
  onProgress: (done: number, total: number) => void,
): Promise<NumbersCheck> {
  const { counted_to } = await countedOf(client);
  const counter = openCounter();
  for await (const told of messagesIn(client, "m.seq <= $3", [counted_to])) {
    counter.add(told);
    onProgress(told.at(-1)?.message.seq ?? counted_to, counted_to);
  }
  const rows = new Map(counter.rows().map((row) => [rowKeyOf(row), row.tally]));
  const threads = new Map([...counter.threads].map(([key, thread]) => [uidOf(key), thread]));
  const keptRows = await client.query("SELECT hour, project, speaker, tally FROM verbatim.tallies");
  const keptThreads = await client.query("SELECT uid, thread FROM verbatim.threads");
  const problems = [
    ...differences(
      "the numbers of",
      rows,
      new Map(keptRows.rows.map((row) => [rowKeyOf(row), row.tally])),
    ),
    ...differences(
      "thread",
      threads,
      new Map(keptThreads.rows.map((row) => [row.uid, row.thread])),
    ),
  ];
  return { counted_to, rows: rows.size, threads: threads.size, problems };
}

function differences(
  what: string,
  counted: ReadonlyMap<string, unknown>,
  kept: ReadonlyMap<string, unknown>,
): readonly string[] {
  const names = new Set([...counted.keys(), ...kept.keys()]);
  return [...names].flatMap((name) => {
    if (!kept.has(name)) return [`${what} ${name} are missing`];
    if (!counted.has(name)) return [`${what} ${name} are of no message`];
    const again: unknown = JSON.parse(JSON.stringify(counted.get(name)));
    return isDeepStrictEqual(again, kept.get(name))
      ? []
      : [`${what} ${name} differ when counted again`];
  });
}
