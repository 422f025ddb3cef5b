/**
 * The entries of all checkpoints, in order, as the journal had them: what files
 * are restored from, and what a journal is made again from.
 *
 * Each file is read whole and compared with its digest before anything of it is
 * given out (C22 holds of whole files only). What is withheld has a head and no
 * bytes.
 */
import { createHash } from "node:crypto";
import { type Entry, type Sha256, STRETCH_BYTES_MAX, VerbatimError } from "@verbatim/core";
import type { Checkpoint, CheckpointEntry, CheckpointLibrary } from "@verbatim/core/checkpoints";
import { openCheckpointLibrary } from "./library.ts";

const STRETCH_ENTRIES = 5000;

type Head = Omit<Entry, "raw" | "erased"> & { readonly erased: boolean };
type Range = { readonly from: number; readonly to: number };

const ALL = { from: 1, to: Number.POSITIVE_INFINITY } as const;

/** Reads them as a journal is read. */
export type CheckpointEntries = {
  /** Oldest first. Throws `not_found` where there are none. */
  checkpoints(): Promise<readonly Checkpoint[]>;
  /** Also those that are withheld, as erased. */
  heads(): AsyncIterable<readonly Head[]>;
  stretches(range: Range): AsyncIterable<readonly Entry[]>;
};

/** Opens those of a folder. Throws `source_unreadable` at the first file that is not as it was made. */
export function openCheckpointEntries(dir: string, sha256: Sha256): CheckpointEntries {
  const library = openCheckpointLibrary(dir, sha256);
  const whole = new Set<string>();

  async function checkpoints(): Promise<readonly Checkpoint[]> {
    const found = (await library.index())?.checkpoints ?? [];
    if (found.length > 0) return found;
    throw new VerbatimError("not_found", `there are no checkpoints in ${dir}`);
  }

  async function* entriesIn(range: Range): AsyncGenerator<CheckpointEntry> {
    const touched = (await checkpoints()).filter(
      ({ first_seq, last_seq }) => last_seq >= range.from && first_seq <= range.to,
    );
    for (const one of touched) {
      if (!whole.has(one.id)) await refuseChanged(dir, library, one);
      whole.add(one.id);
      for await (const entry of library.entries(one.id)) if (isWithin(entry, range)) yield entry;
    }
  }

  async function* heads(): AsyncGenerator<readonly Head[]> {
    for await (const { seq, at, source, key, raw } of entriesIn(ALL))
      yield [{ seq, at, source, key, erased: raw === null }];
  }

  return {
    ...{ checkpoints, heads },
    stretches: (range) => stretchesOf(entriesIn(range)),
  };
}

function isWithin({ seq }: CheckpointEntry, { from, to }: Range): boolean {
  return seq >= from && seq <= to;
}

/** Throws `source_unreadable` unless the JSON of a checkpoint is, to the byte, as it was made. */
export async function refuseChanged(
  dir: string,
  library: CheckpointLibrary,
  { id }: Checkpoint,
): Promise<void> {
  const file = await library.file(id, "json");
  const found = createHash("sha256");
  for await (const piece of file?.read(0, file.bytes) ?? []) found.update(piece);
  if (file !== null && found.digest("hex") === file.mark) return;
  throw new VerbatimError(
    "source_unreadable",
    `${id}.json in ${dir} ${file === null ? "is gone" : "has other bytes than it was made with"}; put it back from a copy, or restore from the journal or Postgres`,
  );
}

async function* stretchesOf(
  entries: AsyncIterable<CheckpointEntry>,
): AsyncGenerator<readonly Entry[]> {
  let held: Entry[] = [];
  let bytes = 0;
  for await (const { seq, at, source, key, raw } of entries) {
    if (raw === null) continue;
    held.push({ seq, at, source, key, raw });
    bytes += raw.length;
    if (held.length < STRETCH_ENTRIES && bytes < STRETCH_BYTES_MAX) continue;
    yield held;
    held = [];
    bytes = 0;
  }
  if (held.length > 0) yield held;
}
