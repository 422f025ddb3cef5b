/**
 * Making a checkpoint again whose files are damaged or gone.
 *
 *   C42  It gets the bytes it was made with, where its own JSON, or the journal
 *        with what can still be read of it, comes to their digests: then nothing
 *        else changes. Otherwise it is made of the journal anew, and the index
 *        says so, with the chain linked anew.
 *   C43  Whoever dies over it leaves the damaged one or the new one, and nothing
 *        is made of a journal that does not have all of its entries.
 *   C45  One that a dropped segment of the journal rests on holds what it held: of
 *        its own JSON where that is whole, else with what was hidden then. What was
 *        hidden since stays in it, for there the journal has it.
 */
import { join } from "node:path";
import {
  type Checkpoint,
  type CheckpointEntry,
  type CheckpointIndex,
  indexText,
  isSameRecord,
  type Made,
  type Remade,
  type RemakeFrom,
} from "@verbatim/core/checkpoints";
import { pairsOf } from "./differing.ts";
import { type Draft, openDraft } from "./draft.ts";
import { finishErasing, newPlaces, replaced, type WritePorts } from "./erasing.ts";
import { openCheckpointLibrary } from "./library.ts";
import { NOTE_FILE } from "./names-in.ts";
import { factOf, passingBytes } from "./reading.ts";

/** Said in the index of one that has other bytes than it was made with first. */
const MADE_AGAIN = "made again from the journal, because it was damaged";

/** Makes one again; the index it leads to, and what came of it. */
export async function remade(
  id: string,
  from: RemakeFrom,
  index: CheckpointIndex,
  ports: WritePorts,
): Promise<{ readonly index: CheckpointIndex; readonly came: Remade }> {
  const one = index.checkpoints.find((each) => each.id === id);
  if (one === undefined) return { index, came: "not" };
  for (const entries of await waysOf(one, from, ports)) {
    const { draft, said } = await made(one, index, { entries, erased: () => one.erased }, ports);
    if (said !== null && isAs(one, said)) {
      await putBack(id, ports);
      return { index, came: "same" };
    }
    await draft.discard();
  }
  return await instead(one, from, index, ports);
}

/** Where the same bytes may come from, the likeliest first. */
async function waysOf(
  one: Checkpoint,
  from: RemakeFrom,
  ports: WritePorts,
): Promise<readonly AsyncIterable<CheckpointEntry>[]> {
  const own = await ownEntries(one, ports);
  return own === null ? [from.entries(one, "then"), mixed(ports.dir, one, from)] : [own];
}

/** Those of its own JSON; null where that is not whole. */
async function ownEntries(
  { id, files }: Checkpoint,
  { dir, sha256 }: WritePorts,
): Promise<AsyncIterable<CheckpointEntry> | null> {
  const json = passingBytes(dir, id, "json");
  const fact = json === null ? null : await factOf(json).catch(() => null);
  return fact?.sha256 === files.json.sha256 ? openCheckpointLibrary(dir, sha256).entries(id) : null;
}

/** Entries as the file has them where they are of the same records, else those of the journal: another version read them otherwise. */
async function* mixed(
  dir: string,
  one: Checkpoint,
  from: RemakeFrom,
): AsyncGenerator<CheckpointEntry> {
  for await (const { found, entry } of pairsOf(dir, one.id, from.entries(one, "then")))
    yield found !== null && isSameRecord(found, entry) ? found : entry;
}

type What = {
  readonly entries: AsyncIterable<CheckpointEntry>;
  /** What the tail says was taken out, now that so many entries are in it; null when it is not to be finished. */
  readonly erased: (count: number) => Checkpoint["erased"] | null;
};

/** Both files beside those that are there; nothing of them is left when it throws. */
async function made(
  { id, label, made_at, first_seq, last_seq }: Checkpoint,
  { journal_id }: CheckpointIndex,
  what: What,
  ports: WritePorts,
): Promise<{ readonly draft: Draft; readonly said: Made | null }> {
  const head = { id, label, made_at, first_seq, journal_id };
  const draft = await openDraft(head, newPlaces(ports.dir, id), ports);
  try {
    for await (const entry of what.entries) await draft.add(entry);
    const erased = what.erased(draft.counts().count);
    return { draft, said: erased === null ? null : await draft.seal({ last_seq, erased }) };
  } catch (error) {
    await draft.discard();
    throw error;
  }
}

function isAs({ files }: Checkpoint, { json, tail }: Made): boolean {
  return json.sha256 === files.json.sha256 && tail.parquet.sha256 === files.parquet.sha256;
}

/** The same bytes under the same names: the index stands. Dying between two of these leaves one of them damaged, as before. */
async function putBack(id: string, { dir, fs }: WritePorts): Promise<void> {
  const places = newPlaces(dir, id);
  await fs.rename(places.parquet, join(dir, `${id}.parquet`));
  await fs.rename(places.json, join(dir, `${id}.json`));
  await fs.remove(join(dir, `${id}.json.zst`));
  await fs.syncFolder(dir);
}

/** What other bytes are made of. (C45) */
async function anewFrom(
  one: Checkpoint,
  from: RemakeFrom,
  ports: WritePorts,
): Promise<AsyncIterable<CheckpointEntry>> {
  if (!from.isNeeded(one.id)) return from.entries(one, "now");
  return (await ownEntries(one, ports)) ?? from.entries(one, "then");
}

/** Other bytes of the same entries, when all of them are known. */
async function instead(
  one: Checkpoint,
  from: RemakeFrom,
  index: CheckpointIndex,
  ports: WritePorts,
): Promise<{ readonly index: CheckpointIndex; readonly came: Remade }> {
  const { dir, fs, sha256 } = ports;
  const again = { at: from.at, why: MADE_AGAIN, entries: 0 };
  const erased = (count: number): Checkpoint["erased"] | null =>
    count < one.count ? null : [...one.erased, again];
  const { draft, said } = await made(
    one,
    index,
    { entries: await anewFrom(one, from, ports), erased },
    ports,
  );
  if (said === null) {
    await draft.discard();
    return { index, came: "not" };
  }
  const next = replaced(index, said, sha256);
  await fs.syncFolder(dir);
  const note = { id: one.id, index: indexText(next, sha256) };
  await fs.replace(join(dir, NOTE_FILE), JSON.stringify(note));
  const done = await finishErasing(ports);
  return { index: done === "as it was" ? next : done, came: "other" };
}
