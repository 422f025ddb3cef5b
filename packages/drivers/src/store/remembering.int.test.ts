import { afterAll, beforeEach, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { makeSettle, type NumbersFilter, type Settled, type TallyRow } from "@verbatim/core";
import { anEntry } from "@verbatim/core/testing";
import { testDatabaseUrl } from "../../test/services.ts";
import { openPool } from "./connect.ts";
import { openDeepStore } from "./deep.ts";
import { openNumbers } from "./numbers.ts";
import { remembering } from "./remembering.ts";
import { atOneMoment } from "./snapshot.ts";

const sha256 = (data: Uint8Array | string): string =>
  createHash("sha256").update(data).digest("hex");
const settle = makeSettle({ sha256 });
const url = await testDatabaseUrl();
const deep = openDeepStore(url);
const numbers = openNumbers(url);
const pool = openPool(url, { max: 3 });
beforeEach(async () => {
  await deep.clear();
  await deep.claim("journal-1");
});
afterAll(async () => {
  await pool.end();
  for (const one of [deep, numbers]) await one[Symbol.asyncDispose]();
});

/** Entry `seq`, said in an hour of its own. */
function said(seq: number, name = "ada"): Settled {
  const item = {
    id: `m-${seq}`,
    session_id: "s-1",
    author: { name, role: "user" },
    said_at: new Date(Date.UTC(2026, 0, 1, seq)).toISOString(),
    text: `Part ${seq} of the hull is done.`,
  };
  return settle(
    anEntry(seq, { key: item.id, raw: new TextEncoder().encode(JSON.stringify(item)) }),
  );
}

const remembered = (filter: NumbersFilter = {}): Promise<readonly TallyRow[]> =>
  numbers.together((one) => one.tallies(filter));

test("N10: whatever changes the numbers is in the next answer", async () => {
  const changes: readonly (() => Promise<unknown>)[] = [
    () => deep.save([said(1), said(2), said(3, "bob")]),
    () => deep.save([said(4)]),
    () => pool.query(`UPDATE verbatim.tallies SET tally = '{"message": {"all": 7}}'`),
    () => pool.query("DELETE FROM verbatim.tallies WHERE speaker = 'bob'"),
    () => deep.forgetNumbers(),
    () => deep.recount([said(1), said(2), said(3, "bob"), said(4)]),
    () => deep.clear(),
  ];
  const seen = new Set<string>();
  for (const change of changes) {
    await change();
    const rows = await remembered();
    expect(rows).toEqual(await numbers.tallies({}));
    expect(await remembered()).toEqual(rows);
    seen.add(JSON.stringify(rows));
  }
  expect(seen.size).toBeGreaterThan(4);
});

test("N10: rows of one question are given for no other", async () => {
  await deep.save([said(1), said(2), said(3, "bob")]);
  for (const filter of [
    {},
    { since: "2026-01-01T02:00:00.000Z" },
    { until: "2026-01-01T02:00:00.000Z" },
    { speaker: "bob" },
    { project: "/nowhere" },
  ])
    expect([filter, await remembered(filter)]).toEqual([filter, await numbers.tallies(filter)]);
});

test("while nothing changes rows are read once, whoever asks and however many at once", async () => {
  await deep.save([said(1)]);
  let reads = 0;
  const rows: readonly TallyRow[] = [];
  const ask = remembering(async () => {
    reads += 1;
    return rows;
  });
  const asked = (): Promise<readonly TallyRow[]> => atOneMoment(pool, (client) => ask(client, {}));
  await Promise.all([asked(), asked(), asked()]);
  await asked();
  expect(reads).toBe(1);
  await deep.save([said(2)]);
  await asked();
  expect(reads).toBe(2);
});

test("who asks after somebody whose question failed is answered all the same", async () => {
  let reads = 0;
  const ask = remembering(async () => {
    reads += 1;
    if (reads === 1) throw new Error("the connection is gone");
    return [];
  });
  const asked = (): Promise<readonly TallyRow[]> => atOneMoment(pool, (client) => ask(client, {}));
  const both = await Promise.allSettled([asked(), asked()]);
  expect(both.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  expect(await asked()).toEqual([]);
});
