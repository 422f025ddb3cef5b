/**
 * Taking entries out of checkpoints that are there: the files that hold them are
 * made again under their names, the chain is linked anew, and the index says what
 * was taken out when.
 *
 *   C31  What was taken out stands in none of the files afterwards, and whoever
 *        dies over it leaves a checkpoint that is whole: the old one, or the new.
 *
 * The new files are complete beside the old ones before a note says so; from the
 * note on, whoever opens the shelf next finishes it.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { invariant, type Sha256, VerbatimError } from "@verbatim/core";
import {
  type Checkpoint,
  type CheckpointIndex,
  type Erase,
  entryOfLine,
  erasedEntry,
  indexText,
  isCheckpointId,
  linkedAnew,
  withCheckpoint,
} from "@verbatim/core/checkpoints";
import { isTombstone } from "@verbatim/core/forget";
import { type OpenTable, openDraft } from "./draft.ts";
import { INDEX_FILE, NOTE_FILE, whenAbsent } from "./names-in.ts";
import { jsonBytes, readThrough } from "./reading.ts";
import { indexIn } from "./recovering.ts";
import type { ShelfFs } from "./shelf-fs.ts";

type Ports = { readonly dir: string; readonly fs: ShelfFs; readonly sha256: Sha256 };
/** What whoever writes to the folder needs. */
export type WritePorts = Ports & { readonly openTable: OpenTable };

const DECODER = new TextDecoder();

/** Takes them out of every checkpoint that holds one. Throws `source_unreadable` at last for those that are damaged. */
export async function erased(
  { seqs, why, at }: Erase,
  before: CheckpointIndex,
  ports: WritePorts,
): Promise<{ readonly index: CheckpointIndex; readonly made: readonly Checkpoint[] }> {
  const out = new Set(seqs);
  const sorted = [...out].toSorted((a, b) => a - b);
  const damaged: string[] = [];
  const done: string[] = [];
  let index = before;
  for (const one of before.checkpoints) {
    if (!sorted.some((seq) => seq >= one.first_seq && seq <= one.last_seq)) continue;
    const next = await without(one, { out, why, at }, index, ports);
    if (next === "damaged") damaged.push(one.id);
    else if (next !== "as it was") {
      index = next;
      done.push(one.id);
    }
  }
  if (damaged.length > 0) throw unreadable(damaged, ports.dir);
  return { index, made: index.checkpoints.filter(({ id }) => done.includes(id)) };
}

type Taking = { readonly out: ReadonlySet<number>; readonly why: string; readonly at: string };

async function without(
  one: Checkpoint,
  { out, why, at }: Taking,
  index: CheckpointIndex,
  ports: WritePorts,
): Promise<CheckpointIndex | "as it was" | "damaged"> {
  const { dir, fs, sha256, openTable } = ports;
  const bytes = jsonBytes(dir, one.id);
  if (bytes === null) return "damaged";
  const { id, label, made_at, first_seq, last_seq } = one;
  const head = { id, label, made_at, first_seq, journal_id: index.journal_id };
  const draft = await openDraft(head, newPlaces(dir, id), { fs, openTable });
  try {
    let entries = 0;
    const said = await readThrough(bytes, async (line) => {
      const entry = entryOfLine(DECODER.decode(line));
      if (entry === null) throw new VerbatimError("source_unreadable", "not an entry");
      const isOut = out.has(entry.seq) && entry.raw !== null && !isTombstone(entry.raw);
      if (isOut) entries += 1;
      await draft.add(isOut ? erasedEntry(entry, why, sha256) : entry);
    }).catch((error: unknown) => {
      if (error instanceof VerbatimError && error.code === "source_unreadable") return null;
      throw error;
    });
    if (said === null || entries === 0) {
      await draft.discard();
      return said === null ? "damaged" : "as it was";
    }
    const made = await draft.seal({ last_seq, erased: [...one.erased, { at, why, entries }] });
    const next = replaced(index, { ...made, head }, sha256);
    await fs.syncFolder(dir);
    await fs.replace(join(dir, NOTE_FILE), JSON.stringify({ id, index: indexText(next, sha256) }));
  } catch (error) {
    await draft.discard();
    throw error;
  }
  return await finishErasing(ports);
}

/** Where the files of one that is made again lie until they are complete. */
export function newPlaces(
  dir: string,
  id: string,
): { readonly json: string; readonly parquet: string } {
  return { json: join(dir, `${id}.json.new`), parquet: join(dir, `${id}.parquet.new`) };
}

/** The index with this one in the place of the one of its name. */
export function replaced(
  index: CheckpointIndex,
  made: Parameters<typeof withCheckpoint>[1],
  sha256: Sha256,
): CheckpointIndex {
  const [one] = withCheckpoint({ ...index, checkpoints: [] }, made, sha256).checkpoints;
  const checkpoints = index.checkpoints.map((old) =>
    one !== undefined && old.id === one.id ? one : old,
  );
  return linkedAnew({ ...index, checkpoints }, sha256);
}

/** Finishes what a note says is complete; the index it leads to. */
export async function finishErasing({
  dir,
  fs,
  sha256,
}: Ports): Promise<CheckpointIndex | "as it was"> {
  const note = await noteIn(dir);
  if (note === null) return "as it was";
  const places = newPlaces(dir, note.id);
  const absent = whenAbsent(undefined);
  await fs.rename(places.parquet, join(dir, `${note.id}.parquet`)).catch(absent);
  await fs.rename(places.json, join(dir, `${note.id}.json`)).catch(absent);
  await fs.remove(join(dir, `${note.id}.json.zst`));
  await fs.syncFolder(dir);
  await fs.replace(join(dir, INDEX_FILE), note.index);
  await fs.remove(join(dir, NOTE_FILE));
  await fs.syncFolder(dir);
  const index = await indexIn(dir, sha256);
  invariant(index?.ok === true, "the index that was just written is whole");
  return index.value;
}

type Note = { readonly id: string; readonly index: string };

/** What is under way; null when nothing is. */
export async function noteIn(dir: string): Promise<Note | null> {
  const text = await readFile(join(dir, NOTE_FILE), "utf8").catch(whenAbsent(null));
  if (text === null) return null;
  try {
    const note: Partial<Note> | null = JSON.parse(text);
    return typeof note?.id === "string" && typeof note.index === "string" && isCheckpointId(note.id)
      ? { id: note.id, index: note.index }
      : null;
  } catch {
    return null;
  }
}

function unreadable(ids: readonly string[], dir: string): VerbatimError {
  return new VerbatimError(
    "source_unreadable",
    `${ids.join(", ")} in ${dir} cannot be read, so nothing could be taken out of it; put it back from a copy or remove its files, then ask again`,
    { facts: { damaged: ids.length } },
  );
}
