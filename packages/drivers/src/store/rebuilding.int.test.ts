import { afterAll, beforeEach, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { makeSettle, type Settled } from "@verbatim/core";
import { anEntry } from "@verbatim/core/testing";
import { Client } from "pg";
import { testDatabaseUrl } from "../../test/services.ts";
import { openDeepStore } from "./deep.ts";
import { openLibrary } from "./library.ts";
import { openRebuilding } from "./rebuilding.ts";

const sha256 = (data: Uint8Array | string): string =>
  createHash("sha256").update(data).digest("hex");
const settle = makeSettle({ sha256 });
const stretch = (from: number, to: number): Settled[] =>
  Array.from({ length: to - from + 1 }, (_, one) => settle(anEntry(from + one)));

const url = await testDatabaseUrl();
const deep = openDeepStore(url);
const library = openLibrary(url);
const client = new Client({ connectionString: url });
await client.connect();
afterAll(async () => {
  await client.end();
  for (const one of [deep, library]) await one[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await deep.clear();
  await deep.claim("journal-1");
  await deep.save(stretch(1, 10));
});

async function schemas(): Promise<readonly string[]> {
  const found = await client.query(
    "SELECT nspname AS name FROM pg_namespace WHERE nspname LIKE 'verbatim%' ORDER BY 1",
  );
  return found.rows.map(({ name }) => name);
}

test("W11: readers see the old one until the swap and the new one after it, and saving goes on behind both", async () => {
  await client.query("UPDATE verbatim.messages SET text = 'old'");
  await using rebuilding = await openRebuilding(url);
  await rebuilding.next.claim("journal-1");
  await rebuilding.next.save(stretch(1, 6));
  while ((await rebuilding.next.indexSome()) > 0);
  await deep.save(stretch(11, 12));
  const page = async () => (await library.messages({}, { limit: 50, order: "asc" })).rows;
  expect((await page()).map(({ text }) => text).slice(0, 10)).toEqual(Array(10).fill("old"));
  let saving: Promise<void> = Promise.resolve();
  await rebuilding.swap(async (upTo) => {
    expect(upTo).toBe(12);
    // Waits until the swap is done, and then goes on in the new one.
    saving = deep.save(stretch(13, 14));
    await rebuilding.next.save(stretch(7, 12));
  });
  await saving;
  const rows = await page();
  expect(rows.map(({ seq }) => seq)).toEqual(stretch(1, 14).map(({ entry }) => entry.seq));
  expect(rows.some(({ text }) => text === "old")).toBe(false);
  expect(await library.totals()).toMatchObject({ settled_to: 14, stored: 14, messages: 14 });
  expect(await schemas()).toEqual(["verbatim"]);
});

test("W11: one that ends half way leaves the old one in use, and the next clears its rest away", async () => {
  const first = await openRebuilding(url);
  await first.next.claim("journal-1");
  await first.next.save(stretch(1, 4));
  await expect(openRebuilding(url)).rejects.toMatchObject({ code: "busy" });
  await expect(first.swap(() => Promise.reject(new Error("no room")))).rejects.toThrow("no room");
  await first[Symbol.asyncDispose]();
  expect(await schemas()).toEqual(["verbatim", "verbatim_next"]);
  expect(await library.totals()).toMatchObject({ settled_to: 10, messages: 10 });
  await deep.save(stretch(11, 11));
  await using second = await openRebuilding(url);
  expect(await schemas()).toEqual(["verbatim"]);
  await second.next.claim("journal-1");
  expect(await second.next.cursor()).toBe(0);
  await second.abandon();
  expect(await schemas()).toEqual(["verbatim"]);
});
