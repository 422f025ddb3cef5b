/** Homes whose sealed segments may be dropped: checkpoints hold them, and who reads back says the truth unless told otherwise. */
import { mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { makeSettle } from "@verbatim/core";
import { keptEntry, withheldEntry } from "@verbatim/core/checkpoints";
import { aHeard } from "@verbatim/core/testing";
import { openCheckpointsHolding } from "../src/checkpoints/holding.ts";
import { packFile } from "../src/files/pack.ts";
import type { DropOptions, DropProof } from "../src/journal/drop.ts";
import { openJournalReader } from "../src/journal/reader.ts";
import { openRewriting, type Saved } from "../src/journal/rewrite.ts";
import { openJournal } from "../src/journal/writer.ts";
import { AT, sha256, shelfIn } from "./checkpoint-shelf.ts";
import { words } from "./sealed-journal.ts";

const ALL = { from: 1, to: 1_000_000, entries: 1_000_000, bytes: 1 << 30 } as const;
/** The entry that the checkpoints withhold. */
export const WITHHELD = 7;

export type Droppable = {
  readonly home: string;
  readonly dir: string;
  /** Sealed segments, the oldest first. */
  readonly files: readonly string[];
};

/** Segments of so many entries each, in checkpoints of eight; some entries are no text, one is withheld. */
export async function droppableHome(segments: number, entries: number): Promise<Droppable> {
  const home = mkdtempSync(join(tmpdir(), "vb-drop-"));
  const dir = join(home, "journal");
  for (let day = 1; day <= segments; day += 1) {
    const now = (): Date => new Date(Date.UTC(2026, 0, day));
    const journal = await openJournal({ dir, program: "test", now });
    for (let at = 1; at <= entries; at += 1) {
      const seed = day * 1000 + at;
      const raw = at % 5 === 0 ? new Uint8Array([0xff, at, 10, 0, 123]) : words(3000, seed);
      await journal.append([{ ...aHeard(seed), raw }]);
    }
    await journal.close();
  }
  await checkpointed(home, 8);
  const names = readdirSync(join(dir, "archive")).toSorted();
  return { home, dir, files: names.map((name) => `archive/${name}`) };
}

async function checkpointed(home: string, each: number): Promise<void> {
  const entries = await openJournalReader(join(home, "journal")).read(ALL);
  const settle = makeSettle({ sha256 });
  await using shelf = await shelfIn(join(home, "checkpoints"));
  for (let from = 0; from < entries.length; from += each) {
    const some = entries.slice(from, from + each);
    await using draft = await shelf.begin({ label: "x", made_at: AT, first_seq: from + 1 });
    await draft.add(
      some.map((one) =>
        one.seq === WITHHELD
          ? withheldEntry(one, "off the record", sha256)
          : keptEntry(settle(one)),
      ),
    );
    await draft.finish(from + some.length);
  }
}

/** How it is dropped: everything is read back as it is in the journal, unless `over` says otherwise. */
export function aDrop(dir: string, over: Partial<DropProof> = {}): DropOptions {
  const held: DropProof["held"] = async (from, limit) => {
    const to = from + limit - 1;
    const found = await openJournalReader(dir).read({ ...ALL, from, to });
    return new Map(found.map(({ seq, raw }) => [seq, sha256(raw)]));
  };
  const checkpoints = openCheckpointsHolding(join(dirname(dir), "checkpoints"), sha256);
  return {
    proof: { held, checkpoints, ...over },
    now: () => AT,
    onProgress: () => {},
    signal: new AbortController().signal,
  };
}

/** Drops one segment. */
export async function drop(
  dir: string,
  file: string,
  over: Partial<DropProof> = {},
): Promise<Saved | null> {
  using rewriting = openRewriting({ dir, program: "test" });
  return await rewriting.drop(file, aDrop(dir, over));
}

/** Makes every checkpoint's JSON small. */
export async function packCheckpoints(home: string): Promise<void> {
  const folder = join(home, "checkpoints");
  const along = { onProgress: (): void => {}, signal: new AbortController().signal };
  for (const name of readdirSync(folder))
    if (/^2.*[.]json$/.test(name)) await packFile(join(folder, name), along);
}
