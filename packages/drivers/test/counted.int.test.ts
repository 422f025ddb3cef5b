/** The same entries in checkpoints, read by DuckDB, and in Postgres: they count the same. */
import { afterAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { type Entry, makeSettle } from "@verbatim/core";
import { keptEntry } from "@verbatim/core/checkpoints";
import { anEntry } from "@verbatim/core/testing";
import { Client } from "pg";
import { openDeepStore } from "../src/store/deep.ts";
import { AT, sha256, shelfIn } from "./checkpoint-shelf.ts";
import { testDatabaseUrl } from "./services.ts";

const settle = makeSettle({ sha256 });
const folder = await mkdtemp(join(tmpdir(), "vb-counted-"));
const url = await testDatabaseUrl();
const client = new Client({ connectionString: url });
await client.connect();
let duck: DuckDBConnection;

afterAll(async () => {
  duck.closeSync();
  await client.end();
  await rm(folder, { recursive: true, force: true });
});

const MANY = 300;

/** Said with tokens and without, heard again, and not understood. */
function entries(): readonly Entry[] {
  return Array.from({ length: MANY }, (_, at): Entry => {
    const seq = at + 1;
    if (seq % 11 === 0) return anEntry(seq, { raw: new Uint8Array([0xff, at, 0, 10]) });
    // Under another key: the same message once more.
    if (seq % 7 === 0) return { ...anEntry(seq - 1), seq, key: `again-${seq}` };
    const item = {
      ...{ id: `k-${seq}`, session_id: `s-${seq % 5}`, text: `wörd ${"and more ".repeat(at % 9)}` },
      author: { name: seq % 2 === 0 ? "ada" : "bob", role: seq % 2 === 0 ? "user" : "assistant" },
      ...(seq % 3 === 0 ? { model: "boat-1", usage: { input_tokens: seq, output_tokens: 3 } } : {}),
    };
    return anEntry(seq, { raw: new TextEncoder().encode(JSON.stringify(item)) });
  });
}

async function counted(sql: string): Promise<readonly number[]> {
  const found = await duck.runAndReadAll(sql);
  return (found.getRowsJS()[0] ?? []).map(Number);
}

async function stored(sql: string): Promise<readonly number[]> {
  const found = await client.query({ text: sql, rowMode: "array" });
  const [row]: readonly unknown[][] = found.rows;
  return (row ?? []).map(Number);
}

test("X3: DuckDB counts and sums in checkpoints what Postgres does in the archive", async () => {
  const settled = entries().map((entry) => settle(entry));
  {
    await using deep = openDeepStore(url);
    await deep.claim("journal-1");
    await deep.save(settled);
  }
  {
    await using shelf = await shelfIn(folder);
    for (const first_seq of [1, 101, 201]) {
      await using draft = await shelf.begin({ label: "x", made_at: AT, first_seq });
      await draft.add(settled.slice(first_seq - 1, first_seq + 99).map(keptEntry));
      await draft.finish(first_seq + 99);
    }
  }
  duck = await (await DuckDBInstance.create()).connect();
  await duck.run(`
    CREATE VIEW rows AS SELECT * FROM read_parquet('${folder}/*.parquet');
    CREATE VIEW messages AS SELECT * FROM rows WHERE kind IN ('message', 'record')
      QUALIFY row_number() OVER (PARTITION BY id ORDER BY seq, sub) = 1`);
  const inDuck = await counted(`
    SELECT count(*), sum(word_count), sum(char_count), sum(input_tokens), sum(output_tokens),
           count(DISTINCT session_id), sum(octet_length(raw)), sum(seq) FROM messages`);
  const inPostgres = await stored(`
    SELECT count(*), sum((enrichment->>'word_count')::int), sum((enrichment->>'char_count')::int),
           sum((usage->>'input_tokens')::int), sum((usage->>'output_tokens')::int),
           count(DISTINCT session_id), sum(octet_length(raw)), sum(seq) FROM verbatim.messages`);
  expect(inDuck).toEqual([...inPostgres]);
  expect(inDuck[0]).toBeGreaterThan(200);
  const asides = await counted(
    "SELECT count(*), sum(octet_length(raw)) FROM rows WHERE kind = 'aside'",
  );
  expect(asides).toEqual([...(await stored("SELECT count(*), sum(bytes) FROM verbatim.asides"))]);
  const all = await counted("SELECT count(DISTINCT seq), sum(octet_length(raw)) FROM rows");
  expect(all).toEqual([MANY, settled.reduce((sum, { entry }) => sum + entry.raw.length, 0)]);
});
