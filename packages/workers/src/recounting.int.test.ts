/** Counting everything again by another taxonomy, stopped half-way, on a real Postgres. */
import { afterAll, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Log,
  makeSettle,
  openSettledReader,
  readTaxonomy,
  type Settle,
  STANDARD_TAXONOMY,
} from "@verbatim/core";
import { aHeard } from "@verbatim/core/testing";
import { openJournal, openJournalReader } from "@verbatim/drivers/journal";
import { checkNumbers, openDeepStore, openLibrary } from "@verbatim/drivers/store";
import { testDatabaseUrl } from "@verbatim/drivers/testing";
import { catchUp } from "./pipeline.ts";
import { recountAll } from "./recounting.ts";

const ENTRIES = 1200;
const log: Log = { info: () => {}, warn: () => {}, error: () => {} };
const sha256 = (data: Uint8Array | string): string =>
  createHash("sha256").update(data).digest("hex");
const url = await testDatabaseUrl();
const deep = openDeepStore(url);
const library = openLibrary(url);
const folder = mkdtempSync(join(tmpdir(), "verbatim-recount-"));
afterAll(async () => {
  await library[Symbol.asyncDispose]();
  await deep[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

/** Everything speaks of journals, says the new taxonomy. */
const own = readTaxonomy(
  JSON.stringify({
    name: "own",
    version: 1,
    domains: { journals: { about: "journals", terms: { journal: 5 } } },
  }),
);

test("N3: a recount that is stopped goes on where it stood, and ends with what counting once gives", async () => {
  if (!own.ok) throw new Error(own.why);
  const writer = await openJournal({ dir: folder, program: "test" });
  await writer.append(Array.from({ length: ENTRIES }, (_, at) => aHeard(at + 1)));
  await writer.close();
  const journal = openJournalReader(folder);
  const bySettle = (settle: Settle) => ({
    settled: openSettledReader(journal, settle),
    log,
    journal,
    settling: async () => settle,
  });
  const before = bySettle(makeSettle({ sha256, taxonomy: STANDARD_TAXONOMY }));
  const after = bySettle(makeSettle({ sha256, taxonomy: own.value }));
  await deep.claim("one journal");
  await deep.useTaxonomy("standard");
  const consumer = {
    name: "postgres",
    cursor: () => deep.cursor(),
    newest: () => deep.newest(),
    take: deep.save,
  };
  await catchUp(consumer, before, ENTRIES, new AbortController().signal);
  expect(await deep.countedTo()).toBe(ENTRIES);

  await deep.useTaxonomy("own");
  const stop = new AbortController();
  const told: number[] = [];
  await recountAll(
    deep,
    after,
    async ({ counted_to }) => {
      told.push(counted_to);
      stop.abort();
    },
    stop.signal,
  );
  const [first] = told;
  expect(await deep.countedTo()).toBe(first ?? 0);
  expect(first).toBeLessThan(ENTRIES);

  const done = await recountAll(deep, after, async () => {}, new AbortController().signal);
  expect(done).toEqual({ counted_to: ENTRIES, settled_to: ENTRIES });
  const { rows } = await library.messages({ chain_type: "journals" }, { limit: 500 });
  expect(rows).toHaveLength(500);
  expect((await checkNumbers(url, () => undefined)).problems).toEqual([]);
});
