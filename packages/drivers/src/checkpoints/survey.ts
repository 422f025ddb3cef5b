/**
 * Looking at every byte of the checkpoints: the index and its chain, both files
 * of each, and whether they hold the journal without a gap.
 *
 *   C44  What was forgotten and stands in a checkpoint all the same is told of.
 *
 * Changes nothing, and is right beside somebody who makes one, or who died over
 * it: what is being made is no fault.
 */
import type { Sha256 } from "@verbatim/core";
import {
  type Checkpoint,
  type CheckpointEntry,
  type CheckpointIndex,
  checkpointedTo,
  type FileFact,
  headOf,
  readIndex,
} from "@verbatim/core/checkpoints";
import { holds, isTombstone, type Range, within } from "@verbatim/core/forget";
import { differingIn, entriesIn } from "./differing.ts";
import { noteIn } from "./erasing.ts";
import { INDEX_FILE, namesIn } from "./names-in.ts";
import { factOf, passingBytes } from "./reading.ts";
import { indexIn, saidBy } from "./recovering.ts";

/** Something that is not as it was made; `seqs` are the entries it is about, where that is known. */
type CheckpointFault = {
  readonly file: string;
  readonly what: string;
  readonly seqs?: { readonly first: number; readonly last: number };
};

export type CheckpointReport = {
  readonly checkpoints: number;
  readonly entries: number;
  readonly bytes: number;
  /** Everything up to this seq is in a checkpoint. */
  readonly to: number;
  /** The end of the chain: written down elsewhere, it proves that nothing was changed since. Null without an index. */
  readonly head: string | null;
  readonly faults: readonly CheckpointFault[];
};

export type SurveyOptions = {
  readonly sha256: Sha256;
  /** The journal they should be of, and how far it is; null when there is none to compare with. */
  readonly journal: { readonly id: string; readonly last: number } | null;
  /** What a checkpoint should hold, by that journal: with it, a difference is named by its entries. */
  readonly entries?: (one: Checkpoint) => AsyncIterable<CheckpointEntry>;
  /** Places of what was forgotten: no checkpoint may hold any of it. */
  readonly forgotten?: readonly Range[];
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
};

/** Looks at a folder; one that is not there has no checkpoints and no faults. Throws when it is stopped. */
export async function surveyCheckpoints(
  dir: string,
  options: SurveyOptions,
): Promise<CheckpointReport> {
  const { sha256 } = options;
  const faults: CheckpointFault[] = [];
  const names = await namesIn(dir);
  const found = await indexIn(dir, sha256);
  const index = found?.ok === true ? found.value : null;
  if (found !== null && !found.ok) faults.push({ file: INDEX_FILE, what: remade(found.why) });
  // The first one is there before the index is.
  if (found === null && names.ids.size > 1)
    faults.push({ file: INDEX_FILE, what: remade("it is gone") });
  const listed = index?.checkpoints ?? [];
  faults.push(...relationFaults(listed, index, options));
  const progress = progressOf(listed, options);
  const coming = await comingIn(dir, sha256);
  for (const one of listed) {
    options.signal?.throwIfAborted();
    const found = await fileFaults(dir, [one, ...coming(one.id)], progress);
    for (const fault of found) faults.push(await placed(dir, one, fault, options));
    faults.push(...(await forgottenFaults(dir, one, options)));
  }
  faults.push(...(await unlistedFaults(dir, index, names.ids)));
  return {
    checkpoints: listed.length,
    entries: listed.reduce((sum, one) => sum + one.count, 0),
    bytes: listed.reduce((sum, one) => sum + bytesOf(one), 0),
    to: index === null ? 0 : checkpointedTo(index),
    head: index === null ? null : headOf(index, sha256),
    faults,
  };
}

const GONE = "it is gone";
const REMAKE = "it is made again by: verbatim verify --repair";

function remade(why: string): string {
  return `${why}; it is made again from the files by the next: verbatim checkpoint, or by: verbatim verify --repair`;
}

/** How they lie to each other and to the journal. */
function relationFaults(
  listed: readonly Checkpoint[],
  index: CheckpointIndex | null,
  { journal }: SurveyOptions,
): readonly CheckpointFault[] {
  const faults: CheckpointFault[] = [];
  let to = 0;
  for (const { id, first_seq, last_seq } of listed) {
    if (first_seq > to + 1)
      faults.push({ file: id, what: `no checkpoint holds entries ${to + 1} to ${first_seq - 1}` });
    to = last_seq;
  }
  if (journal === null || index === null) return faults;
  if (index.journal_id !== journal.id)
    faults.push({ file: INDEX_FILE, what: "it is of another journal than this one" });
  else if (to > journal.last)
    faults.push({
      file: INDEX_FILE,
      what: `it goes to ${to}, beyond the journal's ${journal.last}: it holds what this journal has lost; move the folder away and keep it, and the next checkpoint begins anew`,
    });
  return faults;
}

/** What files may be instead: those that are being made again without something. */
async function comingIn(
  dir: string,
  sha256: Sha256,
): Promise<(id: string) => readonly Checkpoint[]> {
  const note = await noteIn(dir);
  const read = note === null ? null : readIndex(note.index, sha256);
  if (read === null || !read.ok) return () => [];
  return (id) => read.value.checkpoints.filter((one) => one.id === id && one.id === note?.id);
}

/** Both files, against any of what they may be. */
async function fileFaults(
  dir: string,
  ways: readonly Checkpoint[],
  passed: (bytes: number) => void,
): Promise<readonly CheckpointFault[]> {
  const id = ways[0]?.id ?? "";
  const found: (CheckpointFault | null)[] = [];
  for (const format of ["json", "parquet"] as const) {
    const facts = ways.map((one) => one.files[format]);
    const what = await faultIn(passingBytes(dir, id, format), facts, passed);
    found.push(what === null ? null : { file: `${id}.${format}`, what });
  }
  return found.filter((one) => one !== null);
}

/** A fault of a file, with the entries it is about and what to do. (C41) */
async function placed(
  dir: string,
  one: Checkpoint,
  { file, what }: CheckpointFault,
  { entries }: SurveyOptions,
): Promise<CheckpointFault> {
  const { id, first_seq: first, last_seq: last } = one;
  const todo = entries === undefined ? "put it back from a copy" : REMAKE;
  if (!file.endsWith(".json") || what === GONE || entries === undefined)
    return { file, what: `${what} (entries ${first} to ${last}); ${todo}`, seqs: { first, last } };
  const found = await differingIn(dir, id, entries(one));
  if (found === null)
    return { file, what: `${what}: no entry, but its first or last line; ${todo}` };
  const which =
    found.count === 1
      ? `entry ${found.first} differs`
      : `${found.count} entries from ${found.first} to ${found.last} differ`;
  return { file, what: `${what}: ${which}; ${todo}`, seqs: found };
}

/** Words of what was forgotten: of a folder that was put back from before. (C44) */
async function forgottenFaults(
  dir: string,
  { id, first_seq, last_seq }: Checkpoint,
  { forgotten = [] }: SurveyOptions,
): Promise<readonly CheckpointFault[]> {
  const ranges = within(forgotten, first_seq, last_seq);
  if (ranges.length === 0) return [];
  const seqs: number[] = [];
  for await (const one of entriesIn(dir, id))
    if (one !== null && one.raw !== null && holds(ranges, one.seq) && !isTombstone(one.raw))
      seqs.push(one.seq);
  const [first, last] = [seqs[0], seqs.at(-1)];
  if (first === undefined || last === undefined) return [];
  const which =
    seqs.length === 1
      ? `entry ${first}, which was forgotten`
      : `${seqs.length} entries from ${first} to ${last} that were forgotten`;
  const what = `it holds ${which}; taken out by: verbatim verify --repair`;
  return [{ file: `${id}.json`, what, seqs: { first, last } }];
}

async function faultIn(
  bytes: AsyncIterable<Uint8Array> | null,
  facts: readonly FileFact[],
  passed: (bytes: number) => void,
): Promise<string | null> {
  if (bytes === null) return GONE;
  try {
    const fact = await factOf(bytes, passed);
    if (facts.some(({ sha256 }) => sha256 === fact.sha256)) return null;
    const made = facts[0]?.bytes ?? 0;
    return fact.bytes === made
      ? "it has other bytes than it was made with"
      : `it has ${fact.bytes} bytes and was made with ${made}`;
  } catch (error) {
    return `it cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Whole ones that go on where the index ends are taken into it by the next; anything else that is not in it is a fault. */
async function unlistedFaults(
  dir: string,
  index: CheckpointIndex | null,
  ids: ReadonlySet<string>,
): Promise<readonly CheckpointFault[]> {
  const listed = new Set(index?.checkpoints.map(({ id }) => id));
  const unlisted = [...ids].filter((id) => !listed.has(id));
  const whole = new Set<string>();
  let to = index === null ? 0 : checkpointedTo(index);
  for (const { head, tail } of await saidBy(dir, unlisted)) {
    if (head.first_seq <= to) continue;
    whole.add(head.id);
    to = tail.last_seq;
  }
  return unlisted
    .filter((id) => !whole.has(id))
    .map((id) => ({
      file: `${id}.json`,
      what: "it is not in the index, and is damaged or holds what others hold",
    }));
}

function progressOf(
  listed: readonly Checkpoint[],
  { onProgress }: SurveyOptions,
): (bytes: number) => void {
  const total = listed.reduce((sum, one) => sum + bytesOf(one), 0);
  let done = 0;
  return (bytes) => {
    done += bytes;
    onProgress?.(Math.min(done, total), total);
  };
}

function bytesOf({ files }: Checkpoint): number {
  return files.json.bytes + files.parquet.bytes;
}
