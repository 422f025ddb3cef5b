/** A dropped journal with checkpoints, one entry of which is hidden by now, and a version that writes tables otherwise. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { makeSettle } from "@verbatim/core";
import {
  type Checkpoint,
  type CheckpointEntry,
  keptEntry,
  type Remade,
  withheldEntry,
} from "@verbatim/core/checkpoints";
import { openCheckpointLibrary } from "../src/checkpoints/library.ts";
import { droppedOn } from "../src/journal/dropped-file.ts";
import { openJournalReader } from "../src/journal/reader.ts";
import { type JournalReport, verifyJournal } from "../src/journal/verify.ts";
import { openParquet } from "../src/parquet/file.ts";
import { AT, sha256, shelfIn } from "./checkpoint-shelf.ts";
import { drop, droppableHome, WITHHELD } from "./dropping.ts";

/** The second checkpoint, and an entry of it that is hidden by now. */
export const SECOND = "20261121_134217_x-2";
export const HIDDEN_SINCE = 10;

export type HiddenSince = {
  readonly home: string;
  readonly checkpoints: string;
  /** Makes the second one again: then the same bytes are not to be had. */
  remake(): Promise<Remade>;
  /** What the second one holds. */
  held(): Promise<readonly CheckpointEntry[]>;
  journal(): Promise<JournalReport>;
};

/** One segment of twenty entries, dropped or not. */
export async function hiddenSince(isDropped: boolean): Promise<HiddenSince> {
  const { home, dir } = await droppableHome(1, 20);
  const checkpoints = join(home, "checkpoints");
  if (isDropped) await drop(dir, `archive/${readdirSync(join(dir, "archive"))[0]}`);
  const settle = makeSettle({ sha256 });
  const entries = async function* (
    { first_seq, last_seq }: Checkpoint,
    hidden: "then" | "now",
  ): AsyncGenerator<CheckpointEntry> {
    const range = { from: first_seq, to: last_seq, entries: 100, bytes: 1 << 30 };
    for (const one of await openJournalReader(dir).read(range)) {
      const isHidden = one.seq === WITHHELD || (hidden === "now" && one.seq === HIDDEN_SINCE);
      yield isHidden ? withheldEntry(one, "deleted", sha256) : keptEntry(settle(one));
    }
  };
  return {
    ...{ home, checkpoints },
    remake: async () => {
      await using shelf = await shelfIn(checkpoints, {
        openTable: (path, columns, options) =>
          openParquet(
            path,
            columns.map((one) => ({ ...one, name: `${one.name}_` })),
            options,
          ),
      });
      return await shelf.remake(SECOND, { entries, isNeeded: droppedOn(dir), at: AT });
    },
    held: () => Array.fromAsync(openCheckpointLibrary(checkpoints, sha256).entries(SECOND)),
    journal: () => verifyJournal(dir),
  };
}
