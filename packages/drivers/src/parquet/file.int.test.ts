/** Parquet files, read back by DuckDB. */
import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import type { Cell, Column, Row } from "@verbatim/core";
import fc from "fast-check";
import { openParquet } from "./index.ts";

const COLUMNS: readonly Column[] = [
  { name: "number", type: "integer", always: true },
  { name: "some", type: "integer", always: false },
  { name: "text", type: "text", always: true },
  { name: "note", type: "text", always: false },
  { name: "tags", type: "texts", always: true },
  { name: "flag", type: "flag", always: false },
  { name: "at", type: "moment", always: true },
];
const MB = 1024 * 1024;
let duck: DuckDBConnection;
let folder: string;
let files = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "vb-parquet-"));
  duck = await (await DuckDBInstance.create()).connect();
  await duck.run("SET TimeZone = 'UTC'");
});
beforeEach(() => {
  files += 1;
});
afterAll(async () => {
  duck.closeSync();
  await rm(folder, { recursive: true, force: true });
});

const fresh = (): string => join(folder, `t-${files}.parquet`);

async function write(path: string, rows: Iterable<Row>, replace = false): Promise<number> {
  await using file = await openParquet(path, COLUMNS, { replace });
  for (const row of rows) await file.add(row);
  return (await file.finish()).bytes;
}

/** Rows as DuckDB reads them, as cells. */
async function read(path: string): Promise<readonly Row[]> {
  const found = await duck.runAndReadAll(`SELECT * FROM '${path}'`);
  return found.getRowsJS().map((row) => row.map(cellOf));
}

function cellOf(value: unknown): Cell {
  if (typeof value === "bigint") return Number(value);
  if (value instanceof Date) return value.getTime();
  if (Array.isArray(value)) return value.map(String);
  return typeof value === "string" || typeof value === "boolean" ? value : null;
}

const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: "grapheme" }),
  fc.constantFrom("", "\0", "a\0b", "👩‍👩‍👧‍👦", "\u{10ffff}", "null", "'; DROP TABLE x; --"),
);
const whole = text.map((one) => one.toWellFormed());
const integer = fc.maxSafeInteger();
const row = fc.tuple(
  integer,
  fc.option(integer),
  whole,
  fc.option(whole),
  fc.array(whole, { maxLength: 4 }),
  fc.option(fc.boolean()),
  fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 }),
);

test("X4: what DuckDB reads is what was added, whatever it is", async () => {
  const path = fresh();
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 40 }), async (rows) => {
      await write(path, rows, true);
      expect(await read(path)).toEqual(rows);
    }),
    { numRuns: 60 },
  );
});

test("texts of a megabyte and more rows than one group takes come back whole", async () => {
  const long = (number: number): string => `${number} ${"x€👍".repeat(MB / 4)}`;
  const rows = Array.from(
    { length: 24 },
    (_, at): Row => [at, null, long(at), null, [long(at)], null, at],
  );
  await write(fresh(), rows);
  const found = await read(fresh());
  expect(found.length).toBe(rows.length);
  expect(found.every((one, at) => Bun.deepEquals(one, rows[at]))).toBe(true);
  const groups = await duck.runAndReadAll(
    `SELECT count(DISTINCT row_group_id)::INT FROM parquet_metadata('${fresh()}')`,
  );
  expect(Number(groups.getRowsJS()[0]?.[0])).toBeGreaterThan(3);
});

test("columns have the types that were asked for, also without a row", async () => {
  await write(fresh(), []);
  const described = await duck.runAndReadAll(
    `SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM '${fresh()}')`,
  );
  expect(described.getRowsJS()).toEqual([
    ["number", "BIGINT"],
    ["some", "BIGINT"],
    ["text", "VARCHAR"],
    ["note", "VARCHAR"],
    ["tags", "VARCHAR[]"],
    ["flag", "BOOLEAN"],
    ["at", "TIMESTAMP WITH TIME ZONE"],
  ]);
  expect(await read(fresh())).toEqual([]);
});

test("X4: a file that is there is kept, also when it came while another was written", async () => {
  await writeFile(fresh(), "mine");
  await expect(write(fresh(), [])).rejects.toMatchObject({ code: "conflict" });
  expect(await readFile(fresh(), "utf8")).toBe("mine");
  await rm(fresh());
  await using late = await openParquet(fresh(), COLUMNS, { replace: false });
  await writeFile(fresh(), "came first");
  await expect(late.finish()).rejects.toThrow("--force");
  expect(await readFile(fresh(), "utf8")).toBe("came first");
  await write(fresh(), [], true);
  expect(await read(fresh())).toEqual([]);
});

test("X4: what is not finished leaves nothing", async () => {
  const before = readdirSync(folder);
  {
    await using file = await openParquet(fresh(), COLUMNS, { replace: false });
    await file.add([1, null, "a", null, [], null, 0]);
    expect(existsSync(fresh())).toBe(false);
  }
  expect(readdirSync(folder)).toEqual(before);
});

test("X5: the same rows give the same bytes", async () => {
  const rows = fc.sample(row, { numRuns: 300, seed: 7 });
  await write(fresh(), rows);
  const first = await readFile(fresh());
  const size = await write(fresh(), rows, true);
  expect((await readFile(fresh())).equals(first)).toBe(true);
  expect(size).toBe(first.length);
});

test("a place that cannot be written to is named with what to do", async () => {
  const lost = join(folder, "nowhere", "t.parquet");
  await expect(write(lost, [])).rejects.toMatchObject({ code: "input_invalid" });
  await expect(write(folder, [])).rejects.toMatchObject({ code: "input_invalid" });
  const long = join(folder, `${"x".repeat(300)}.parquet`);
  await expect(write(long, [])).rejects.toMatchObject({ code: "output_failed" });
});
