/**
 * A Parquet file that is written row by row, in memory that does not grow with it.
 *
 *   X4  The file is there under its name whole or not at all: it is written
 *       beside, synced and then given its name. What lies there already is
 *       never replaced unless that was asked for.
 *   X5  The same rows give the same bytes.
 *
 * Rows wait until a group of them is worth writing: so many, or so many bytes.
 * What stays in memory after that is a group's place in the file, some 20 KB.
 */
import { existsSync, statSync } from "node:fs";
import { type FileHandle, link, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { zstdCompressSync } from "node:zlib";
import { type Column, type Row, VerbatimError } from "@verbatim/core";
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import { schemaOf, sizeOf, storedAs } from "./schema.ts";

/** A group is what a reader takes at once: large enough to compress well, small enough to hold several times over. */
const GROUP_BYTES: number = 8 * 1024 * 1024;
const GROUP_ROWS = 50_000;
/** Failures of the place that is written to, and not of ours. */
const PLACE_FAILURES: readonly string[] = [
  "ENOSPC",
  "EDQUOT",
  "EFBIG",
  "EACCES",
  "EPERM",
  "EROFS",
  "ENOTDIR",
  "EISDIR",
  "ENAMETOOLONG",
  "EIO",
];
/** Where a file system has no links, two programs that export to one name at one moment are not told apart. */
const NO_LINKS: readonly string[] = ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"];

export type ParquetFile = {
  /** Takes a row; its cells are those of the columns, in their order. */
  add(row: Row): Promise<void>;
  /** Gives the file its name; the number of its bytes. */
  finish(): Promise<number>;
  /** Takes away what was written, unless it has its name already. */
  [Symbol.asyncDispose](): Promise<void>;
};

/** Begins a file at `path`, whose folder is there. */
export async function openParquet(
  path: string,
  columns: readonly Column[],
  options: { readonly replace: boolean },
): Promise<ParquetFile> {
  checkPlace(path, options.replace);
  const beside = `${path}.${process.pid}.part`;
  const handle = await placed(path, () => open(beside, "w", 0o600));
  const table = openTable(columns);
  let isOpen = true;

  async function written(): Promise<void> {
    await placed(path, () => writeAll(handle, table.take()));
  }

  return {
    add: async (row) => {
      if (table.add(row)) await written();
    },
    finish: async () => {
      table.end();
      await written();
      await placed(path, () => handle.sync());
      isOpen = false;
      await handle.close();
      await placed(path, () => named(beside, path, options.replace));
      await placed(path, () => syncFolder(dirname(path)));
      return table.bytes();
    },
    [Symbol.asyncDispose]: async () => {
      if (isOpen) await handle.close();
      await rm(beside, { force: true });
    },
  };
}

type Table = {
  /** Whether there is a group to be taken. */
  add(row: Row): boolean;
  end(): void;
  /** The bytes made since they were last taken; valid until the next row is added. */
  take(): Uint8Array;
  /** All bytes so far. */
  bytes(): number;
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
    bytes: () => writer.offset,
  };
}

function checkPlace(path: string, replace: boolean): void {
  const folder = dirname(path);
  if (!existsSync(folder)) {
    throw new VerbatimError(
      "input_invalid",
      `there is no folder ${folder}; make it, or name another with --out`,
    );
  }
  if (!existsSync(path)) return;
  if (statSync(path).isDirectory()) {
    throw new VerbatimError("input_invalid", `${path} is a folder; name a file in it with --out`);
  }
  if (!replace) throw isThere(path);
}

function isThere(path: string): VerbatimError {
  return new VerbatimError(
    "conflict",
    `${path} is there already; name another file with --out, or replace it with --force`,
  );
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, at, bytes.length - at);
    at += bytesWritten;
  }
}

/** A link is refused where something lies already, however late it came there. (X4) */
async function named(beside: string, path: string, replace: boolean): Promise<void> {
  if (replace) return await rename(beside, path);
  try {
    await link(beside, path);
    await rm(beside);
  } catch (error) {
    if (codeOf(error) === "EEXIST") throw isThere(path);
    if (!NO_LINKS.includes(codeOf(error))) throw error;
    if (existsSync(path)) throw isThere(path);
    await rename(beside, path);
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Failures of the place get the name that a person can act on. */
async function placed<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const code = codeOf(cause);
    if (!PLACE_FAILURES.includes(code)) throw cause;
    throw new VerbatimError(
      "output_failed",
      `${path} cannot be written (${code}); nothing was left there; make room or name another place with --out`,
      { cause },
    );
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
