/**
 * The index of a folder of checkpoints, put right after whatever happened to it:
 * what was being made when somebody died is swept away or, when it was whole
 * already, taken in; an index that is torn, changed or gone is made again from
 * the files, each of which says itself whether it is whole.
 *
 * Only for who holds the lock. Doing it twice changes nothing.
 */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Result, type Sha256, VerbatimError } from "@verbatim/core";
import {
  type CheckpointIndex,
  checkpointedTo,
  indexText,
  readIndex,
  withCheckpoint,
} from "@verbatim/core/checkpoints";
import { INDEX_FILE, type NamesIn, namesIn, whenAbsent } from "./names-in.ts";
import { jsonBytes, readThrough, type Said } from "./reading.ts";
import type { ShelfFs } from "./shelf-fs.ts";

export type Recovering = {
  readonly dir: string;
  readonly fs: ShelfFs;
  readonly sha256: Sha256;
  /** The journal they are of. */
  readonly journalId: string;
  readonly now: () => string;
};

/** What was done beside sweeping, for a log. */
export type Recovered = {
  readonly index: CheckpointIndex;
  /** Why the index was made again; null when it was whole, or gone. */
  readonly remade: string | null;
  /** Checkpoints that were whole and not in it. */
  readonly taken: readonly string[];
};

/** The index in a folder; null where there is none. */
export async function indexIn(
  dir: string,
  sha256: Sha256,
): Promise<Result<CheckpointIndex> | null> {
  const text = await readFile(join(dir, INDEX_FILE), "utf8").catch(whenAbsent(null));
  return text === null ? null : readIndex(text, sha256);
}

/** Puts the folder right. Throws `journal_foreign` when it belongs to another journal. */
export async function recovered(ports: Recovering): Promise<Recovered> {
  const { dir, fs, sha256, journalId } = ports;
  const names = await namesIn(dir);
  for (const name of names.leftovers) await fs.remove(join(dir, name));
  const found = await indexIn(dir, sha256);
  const before = found?.ok === true ? found.value : { journal_id: journalId, checkpoints: [] };
  if (before.journal_id !== journalId) throw foreign(dir);
  const { index, taken } = await withUnlisted(before, [...names.ids], ports);
  const remade = found?.ok === false ? found.why : null;
  if (remade !== null) await putAside(ports);
  if (remade !== null || taken.length > 0)
    await fs.replace(join(dir, INDEX_FILE), indexText(index, sha256));
  await removeHalves(index, names, ports);
  return { index, remade, taken };
}

/** A Parquet without its JSON is of a checkpoint that was never finished. */
async function removeHalves(
  { checkpoints }: CheckpointIndex,
  { ids, tables }: NamesIn,
  { dir, fs }: Recovering,
): Promise<void> {
  const known = new Set([...ids, ...checkpoints.map(({ id }) => id)]);
  for (const id of tables) if (!known.has(id)) await fs.remove(join(dir, `${id}.parquet`));
}

/** The index with those whole checkpoints that lie behind what it has. */
async function withUnlisted(
  before: CheckpointIndex,
  ids: readonly string[],
  { dir, sha256, journalId }: Recovering,
): Promise<{ readonly index: CheckpointIndex; readonly taken: readonly string[] }> {
  const listed = new Set(before.checkpoints.map(({ id }) => id));
  const found = await saidBy(
    dir,
    ids.filter((id) => !listed.has(id)),
  );
  const taken: string[] = [];
  let index = before;
  for (const said of found) {
    if (said.head.journal_id !== journalId || said.head.first_seq <= checkpointedTo(index))
      continue;
    index = withCheckpoint(index, said, sha256);
    taken.push(said.head.id);
  }
  return { index, taken };
}

/** What whole checkpoints say of themselves, in the order of the journal; damaged ones are left where they are. */
export async function saidBy(dir: string, ids: readonly string[]): Promise<readonly Said[]> {
  const found: Said[] = [];
  for (const id of ids) {
    const bytes = jsonBytes(dir, id);
    const said = bytes === null ? null : await readThrough(bytes).catch(() => null);
    if (said !== null && said.head.id === id) found.push(said);
  }
  return found.toSorted((a, b) => a.head.first_seq - b.head.first_seq);
}

/** An index that cannot be trusted is kept for whoever wants to know what happened to it. */
async function putAside({ dir, fs, now }: Recovering): Promise<void> {
  const path = join(dir, INDEX_FILE);
  if (!existsSync(path)) return;
  const stamp = now().slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "_");
  await fs.rename(path, join(dir, `index_damaged_${stamp}.json`));
}

function foreign(dir: string): VerbatimError {
  return new VerbatimError(
    "journal_foreign",
    `the checkpoints in ${dir} are of another journal than this one; move that folder away, and checkpoints of this journal begin anew`,
  );
}
