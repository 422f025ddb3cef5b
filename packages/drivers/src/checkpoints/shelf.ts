/**
 * The folder of checkpoints, for the one who writes to it.
 *
 *   C29  One at a time: who comes while another writes waits for him, or is told
 *        who it is.
 *   C30  A name is given once, and what it names is not written again: two of
 *        one second and one label have two names.
 *
 * A new checkpoint comes into being in this order, so that dying between two of
 * these leaves either nothing or the whole (C26): Parquet complete, JSON
 * complete, the JSON's name, the folder synced, the index. Taking entries out of
 * one that is there is in erasing.ts, making a damaged one again in remaking.ts.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { invariant, type Log, type Sha256, VerbatimError } from "@verbatim/core";
import {
  type CheckpointDraft,
  type CheckpointIndex,
  type CheckpointShelf,
  checkpointedTo,
  checkpointIdOf,
  indexText,
  withCheckpoint,
} from "@verbatim/core/checkpoints";
import { type Lock, ownerOf, takeLock } from "../process/lock.ts";
import { type OpenTable, openDraft } from "./draft.ts";
import { erased, finishErasing } from "./erasing.ts";
import { INDEX_FILE, LOCK_FILE } from "./names-in.ts";
import { placed } from "./place.ts";
import { recovered } from "./recovering.ts";
import { remade } from "./remaking.ts";
import { realShelfFs, type ShelfFs } from "./shelf-fs.ts";

/** How often a lock that another holds is tried. */
const TRY_MS = 100;

export type ShelfOptions = {
  readonly dir: string;
  /** The journal the checkpoints are of. */
  readonly journalId: string;
  /** Who writes, for the one who is refused. */
  readonly program: string;
  /** Who holds the lock is waited for so long. */
  readonly waitMs: number;
  readonly signal: AbortSignal;
  readonly openTable: OpenTable;
  readonly sha256: Sha256;
  readonly log: Log;
  readonly now?: () => string;
  readonly fs?: ShelfFs;
};

/** Opens it to write. Throws `busy` when another writes for longer than anybody waits, `journal_foreign`, `output_failed`. */
export async function openCheckpointShelf(options: ShelfOptions): Promise<CheckpointShelf> {
  const { dir, fs = realShelfFs } = options;
  const lock = await placed(dir, async () => {
    await fs.mkdir(dir);
    return await locked(options);
  });
  try {
    return await placed(dir, () => shelfOf(options, lock));
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function shelfOf(options: ShelfOptions, lock: Lock): Promise<CheckpointShelf> {
  const { dir, journalId, sha256, openTable, log, fs = realShelfFs } = options;
  const now = options.now ?? ((): string => new Date().toISOString());
  await finishErasing({ dir, fs, sha256 });
  const found = await recovered({ dir, fs, sha256, journalId, now });
  if (found.remade !== null) log.warn("checkpoint_index_remade", { why: found.remade });
  for (const id of found.taken) log.info("checkpoint_taken_in", { checkpoint: id });
  let index = found.index;

  async function save(next: CheckpointIndex): Promise<void> {
    await fs.replace(join(dir, INDEX_FILE), indexText(next, sha256));
    index = next;
  }

  /** Set while a checkpoint has its name and is not in the index: until that is so, no other may hold the same. */
  let unlisted = false;

  return {
    index: () => index,
    begin: (ask) => placed(dir, () => begun({ ...ask, journal_id: journalId })),
    erase: (asked) =>
      placed(dir, async () => {
        const done = await erased(asked, index, { dir, fs, sha256, openTable });
        index = done.index;
        return done.made;
      }),
    remake: (id, from) =>
      placed(dir, async () => {
        const done = await remade(id, from, index, { dir, fs, sha256, openTable });
        index = done.index;
        return done.came;
      }),
    [Symbol.asyncDispose]: async () => lock.release(),
  };

  async function begun(ask: Omit<Parameters<typeof openDraft>[0], "id">): Promise<CheckpointDraft> {
    if (unlisted) throw notListed(dir);
    invariant(
      ask.first_seq > checkpointedTo(index),
      "a checkpoint begins where the last one ended",
    );
    const id = checkpointIdOf(ask.made_at, ask.label, (name) => isTaken(dir, name, index));
    const path = join(dir, `${id}.json`);
    const places = { json: `${path}.part`, parquet: join(dir, `${id}.parquet`) };
    const draft = await openDraft({ ...ask, id }, places, { fs, openTable });
    let isDone = false;
    return {
      add: (entries) =>
        placed(dir, async () => {
          for (const entry of entries) await draft.add(entry);
        }),
      counts: draft.counts,
      finish: (last_seq) =>
        placed(dir, async () => {
          const said = await draft.seal({ last_seq, erased: [] });
          await fs.rename(places.json, path);
          // From here on it is whole and found by whoever comes next, whatever happens.
          isDone = true;
          unlisted = true;
          await fs.syncFolder(dir);
          const next = withCheckpoint(index, said, sha256);
          await save(next);
          unlisted = false;
          const made = next.checkpoints.at(-1);
          invariant(made !== undefined, "what was added is there");
          return made;
        }),
      [Symbol.asyncDispose]: async () => {
        if (!isDone) await draft.discard();
      },
    };
  }
}

/** Also by a checkpoint whose files are damaged, half gone, or compressed. (C30) */
function isTaken(dir: string, id: string, { checkpoints }: CheckpointIndex): boolean {
  const endings = ["json", "json.zst", "parquet"];
  return (
    checkpoints.some((one) => one.id === id) ||
    endings.some((ending) => existsSync(join(dir, `${id}.${ending}`)))
  );
}

function notListed(dir: string): VerbatimError {
  return new VerbatimError(
    "output_failed",
    `the index of the checkpoints in ${dir} could not be written; the next checkpoint goes on from there once it can`,
  );
}

async function locked({ dir, program, waitMs, signal }: ShelfOptions): Promise<Lock> {
  const path = join(dir, LOCK_FILE);
  for (let waited = 0; ; waited += TRY_MS) {
    const owner = { program, pid: process.pid, since: new Date().toISOString() };
    const lock = takeLock(path, owner);
    if (lock !== null) return lock;
    if (waited >= waitMs || signal.aborted) break;
    await pause(TRY_MS, undefined, { signal }).catch(() => undefined);
  }
  const holder = ownerOf(path);
  const who = holder === null ? "another process" : `${holder.program}, pid ${holder.pid}`;
  throw new VerbatimError(
    "busy",
    `${who} is writing checkpoints in ${dir} now; ask again when it is done`,
    { facts: { pid: holder?.pid ?? 0 } },
  );
}
