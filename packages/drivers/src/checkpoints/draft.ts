/**
 * A checkpoint on its way: both its files are written beside their names, synced
 * and known by their digests, in memory that does not grow with them.
 *
 * The Parquet is complete before the JSON says that it is: a JSON file with its
 * last line vouches for both.
 */
import { createHash } from "node:crypto";
import type { Column, Row } from "@verbatim/core";
import {
  CHECKPOINT_COLUMNS,
  type CheckpointCounts,
  type CheckpointEntry,
  type CheckpointHead,
  type CheckpointTail,
  digestText,
  type FileFact,
  headLine,
  lineOf,
  rowsOf,
  tailText,
} from "@verbatim/core/checkpoints";
import type { Said } from "./reading.ts";
import type { ShelfFs } from "./shelf-fs.ts";

/** Lines wait for so many bytes to be written in one go. */
const WRITE_BYTES: number = 1024 * 1024;
/** What was settled and written is given back after so much of it: left alone, memory grew to 410 MB, with 16 MB here to 280 (2026-11-21). */
const GIVE_BACK_BYTES: number = 4 * 1024 * 1024;

/** A table that is written row by row; `finish` gives it its name. */
type Table = {
  add(row: Row): Promise<void>;
  finish(): Promise<FileFact>;
  [Symbol.asyncDispose](): Promise<void>;
};
export type OpenTable = (
  path: string,
  columns: readonly Column[],
  options: { readonly replace: boolean },
) => Promise<Table>;

/** Where the two files are written to. */
export type Places = { readonly json: string; readonly parquet: string };

export type Draft = {
  add(entry: CheckpointEntry): Promise<void>;
  counts(): CheckpointCounts;
  /** Both files whole and synced at their places. */
  seal(tail: Pick<CheckpointTail, "last_seq" | "erased">): Promise<Said>;
  /** Takes away what was written. */
  discard(): Promise<void>;
};

/** Begins the two files. */
export async function openDraft(
  head: CheckpointHead,
  places: Places,
  ports: { readonly fs: ShelfFs; readonly openTable: OpenTable },
): Promise<Draft> {
  const { fs } = ports;
  const table = await ports.openTable(places.parquet, CHECKPOINT_COLUMNS, { replace: true });
  const text = await openText(places.json, fs).catch(async (error: unknown) => {
    await table[Symbol.asyncDispose]();
    throw error;
  });
  const counts = { count: 0, messages: 0, asides: 0, withheld: 0, raw_bytes: 0 };
  text.put(headLine(head));
  return {
    add: async (entry) => {
      text.put(`${counts.count === 0 ? "" : ",\n"}${lineOf(entry)}`);
      for (const row of rowsOf(entry)) await table.add(row);
      counts.count += 1;
      counts.messages += entry.messages.length;
      counts.asides += entry.raw !== null && entry.messages.length === 0 ? 1 : 0;
      counts.withheld += entry.raw === null ? 1 : 0;
      counts.raw_bytes += entry.raw?.length ?? 0;
      await text.writeSome();
    },
    counts: () => ({ ...counts }),
    seal: async ({ last_seq, erased }) => {
      const { bytes, sha256 } = await table.finish();
      const parquet = { bytes, sha256 };
      const tail = { last_seq, ...counts, erased, parquet };
      text.put(tailText(tail));
      text.put(digestText(text.digest()));
      const json = await text.finish();
      return { head, tail, json };
    },
    // What cannot be removed is swept by whoever opens the shelf next: why it was given up is what is told.
    discard: async () => {
      await text.close();
      await table[Symbol.asyncDispose]().catch(() => undefined);
      await fs.remove(places.json).catch(() => undefined);
      await fs.remove(places.parquet).catch(() => undefined);
    },
  };
}

type Text = {
  put(text: string): void;
  /** Writes when there is enough of it. */
  writeSome(): Promise<void>;
  /** The digest of everything put so far. */
  digest(): string;
  finish(): Promise<FileFact>;
  close(): Promise<void>;
};

/** A file of text that knows its digest. */
async function openText(path: string, fs: ShelfFs): Promise<Text> {
  const file = await fs.create(path);
  const hash = createHash("sha256");
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  let bytes = 0;
  let isOpen = true;
  let keptBytes = 0;

  async function write(): Promise<void> {
    const now = Buffer.concat(waiting);
    keptBytes += now.length;
    waiting = [];
    waitingBytes = 0;
    await file.write(now);
    if (keptBytes < GIVE_BACK_BYTES) return;
    keptBytes = 0;
    Bun.gc(true);
  }

  async function close(): Promise<void> {
    if (!isOpen) return;
    isOpen = false;
    await file.close();
  }

  return {
    put: (text) => {
      const piece = Buffer.from(text);
      hash.update(piece);
      waiting.push(piece);
      waitingBytes += piece.length;
      bytes += piece.length;
    },
    writeSome: async () => {
      if (waitingBytes >= WRITE_BYTES) await write();
    },
    digest: () => hash.copy().digest("hex"),
    finish: async () => {
      await write();
      await file.sync();
      await close();
      return { bytes, sha256: hash.digest("hex") };
    },
    close,
  };
}
