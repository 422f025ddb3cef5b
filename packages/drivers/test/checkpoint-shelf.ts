/** Checkpoints of a journal of numbered entries, and file operations that end at any step, as a program does that is killed. */
import { hash } from "node:crypto";
import { makeSettle } from "@verbatim/core";
import { type CheckpointEntry, type CheckpointShelf, keptEntry } from "@verbatim/core/checkpoints";
import { anEntry } from "@verbatim/core/testing";
import { openCheckpointShelf, type ShelfOptions } from "../src/checkpoints/shelf.ts";
import { realShelfFs, type ShelfFs } from "../src/checkpoints/shelf-fs.ts";
import { openParquet } from "../src/parquet/file.ts";

export const JOURNAL_ID = "journal-1";
export const AT = "2026-11-21T13:42:17.000Z";

export function sha256(data: Uint8Array | string): string {
  return hash("sha256", data, "hex");
}

const settle = makeSettle({ sha256 });

/** Entries `first` to `last`, settled; of every fifth nothing is understood. */
export function entriesOf(first: number, last: number): readonly CheckpointEntry[] {
  return Array.from({ length: last - first + 1 }, (_, one) => {
    const seq = first + one;
    const over = seq % 5 === 0 ? { raw: new Uint8Array([0xff, seq, 10, 0]) } : {};
    return keptEntry(settle(anEntry(seq, over)));
  });
}

/** A shelf in `dir`; what is not said is as it is in every test. */
export async function shelfIn(
  dir: string,
  over: Partial<ShelfOptions> = {},
): Promise<CheckpointShelf> {
  return await openCheckpointShelf({
    ...{ dir, journalId: JOURNAL_ID, program: "test", waitMs: 0, sha256, now: () => AT },
    signal: new AbortController().signal,
    openTable: openParquet,
    log: { info: () => {}, warn: () => {}, error: () => {} },
    ...over,
  });
}

/** Makes the checkpoint of these entries; gives its id. */
export async function make(
  shelf: CheckpointShelf,
  first_seq: number,
  last: number,
  label = "x",
): Promise<string> {
  await using draft = await shelf.begin({ label, made_at: AT, first_seq });
  await draft.add(entriesOf(first_seq, last));
  return (await draft.finish(last)).id;
}

/** What a step that is not done any more fails with. */
export class Dead extends Error {
  override readonly name: string = "Dead";
}

/** Operations of which the first `steps` are done and none after them, as if the program was killed there. */
export function mortal(steps: number): Pick<ShelfOptions, "fs" | "openTable"> & {
  /** Closes what a program that is killed would have left to the system. */
  readonly bury: () => Promise<void>;
} {
  const tables: AsyncDisposable[] = [];
  let done = 0;
  async function step<Value>(work: () => Promise<Value>): Promise<Value> {
    if (done >= steps) throw new Dead(`killed after ${steps} steps`);
    done += 1;
    return await work();
  }
  const { mkdir, create, rename, remove, syncFolder, replace } = realShelfFs;
  const fs: ShelfFs = {
    mkdir: (path) => step(() => mkdir(path)),
    create: async (path) => {
      const file = await step(() => create(path));
      return {
        write: (bytes) => step(() => file.write(bytes)),
        sync: () => step(() => file.sync()),
        close: () => file.close(),
      };
    },
    rename: (from, to) => step(() => rename(from, to)),
    remove: (path) => step(() => remove(path)),
    syncFolder: (path) => step(() => syncFolder(path)),
    replace: (path, text) => step(() => replace(path, text)),
  };
  return {
    fs,
    openTable: async (path, columns, options) => {
      const table = await step(() => openParquet(path, columns, options));
      tables.push(table);
      return {
        add: (row) => table.add(row),
        finish: () => step(() => table.finish()),
        [Symbol.asyncDispose]: async () => {
          if (done < steps) await table[Symbol.asyncDispose]();
        },
      };
    },
    bury: async () => {
      for (const table of tables) await table[Symbol.asyncDispose]();
    },
  };
}
