/**
 * A Parquet file that is written row by row, in memory that does not grow with
 * it, and is there whole or not at all (X4, whole-file.ts).
 *
 *   X5  The same rows give the same bytes.
 *
 * Rows wait until a group of them is worth writing: so many, or so many bytes.
 * What stays in memory after that is a group's place in the file, some 20 KB.
 */
import { zstdCompressSync } from "node:zlib";
import type { Column, Row } from "@verbatim/core";
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import { openWholeFile, type WholeFileMade } from "../process/whole-file.ts";
import { schemaOf, sizeOf, storedAs } from "./schema.ts";

/** A group is what a reader takes at once: large enough to compress well, small enough to hold several times over. */
const GROUP_BYTES: number = 4 * 1024 * 1024;
const GROUP_ROWS = 50_000;

export type ParquetFile = {
  /** Takes a row; its cells are those of the columns, in their order. */
  add(row: Row): Promise<void>;
  /** Gives the file its name. */
  finish(): Promise<WholeFileMade>;
  /** Takes away what was written, unless it has its name already. */
  [Symbol.asyncDispose](): Promise<void>;
};

/** Begins a file at `path`, whose folder is there. */
export async function openParquet(
  path: string,
  columns: readonly Column[],
  options: { readonly replace: boolean },
): Promise<ParquetFile> {
  const file = await openWholeFile(path, options);
  const table = openTable(columns);
  return {
    add: async (row) => {
      if (table.add(row)) await file.write(table.take());
    },
    finish: async () => {
      table.end();
      await file.write(table.take());
      return await file.finish();
    },
    [Symbol.asyncDispose]: () => file[Symbol.asyncDispose](),
  };
}

type Table = {
  /** Whether there is a group to be taken. */
  add(row: Row): boolean;
  end(): void;
  /** The bytes made since they were last taken; valid until the next row is added. */
  take(): Uint8Array;
};

/** Rows in, bytes out. */
function openTable(columns: readonly Column[]): Table {
  const writer = new ByteWriter();
  const parquet = new ParquetWriter({
    writer,
    schema: schemaOf(columns),
    codec: "ZSTD",
    compressors: { ZSTD: (bytes) => zstdCompressSync(bytes) },
    createdBy: "verbatim",
  });
  let held: unknown[][] = columns.map(() => []);
  let rows = 0;
  let size = 0;

  function group(): void {
    if (rows === 0) return;
    const columnData = columns.map(({ name }, at) => ({ name, data: held[at] ?? [] }));
    void parquet.write({ columnData, rowGroupSize: rows });
    held = columns.map(() => []);
    rows = 0;
    size = 0;
  }

  return {
    add: (row) => {
      for (const [at, { type }] of columns.entries()) {
        const cell = row[at] ?? null;
        held[at]?.push(storedAs(cell, type));
        size += sizeOf(cell);
      }
      rows += 1;
      if (size < GROUP_BYTES && rows < GROUP_ROWS) return false;
      group();
      return true;
    },
    end: () => {
      group();
      void parquet.finish();
    },
    take: () => {
      const made = writer.getBytes();
      writer.index = 0;
      return made;
    },
  };
}
