/**
 * The journal's one writer.
 *
 * Appends are collected while the previous fdatasync runs, written in one go,
 * synced once, and acknowledged together (J1, J5). What can go wrong:
 *
 *   no room, short write   the file is cut back to the last commit; those appends
 *                          fail with `journal_full`; the next one tries again
 *   fdatasync fails        what the kernel still holds is unknown, and a second
 *                          sync would say yes to anything: the file is never
 *                          written again. The waiting entries go to a new one,
 *                          with the same seqs; if that fails too they are
 *                          refused with `journal_failed`
 *
 * Readers are in reader.ts; what happens before the first append in recover.ts.
 */

import { join } from "node:path";
import {
  type Heard,
  type Journal,
  KEY_BYTES_MAX,
  RAW_BYTES_MAX,
  SOURCE_BYTES_MAX,
  VerbatimError,
} from "@verbatim/core";
import { type Lock, type Owner, ownerOf, takeLock } from "../process/lock.ts";
import { openCommitQueue } from "./commit-queue.ts";
import { type Current, openCurrent } from "./current.ts";
import { journalIdFor } from "./folder.ts";
import { isFull as isFullError, type JournalFs, realFs } from "./fs.ts";
import { openJournalReader } from "./reader.ts";
import { segmentsOf, storedBytesOf } from "./segments.ts";

/** After this long without an append the journal says in its own bytes that all of it is safe. */
const IDLE_MARK_MS = 1000;

export type OpenOptions = {
  /** The journal's folder; made when it is not there. */
  readonly dir: string;
  /** Who writes, for the one who is refused. */
  readonly program: string;
  /** Opens although acknowledged bytes are damaged: the loss is written down and the rest kept. */
  readonly acceptLoss?: boolean;
  readonly now?: () => Date;
  readonly fs?: JournalFs;
};

/** What a journal's owner may want to know about its health. */
export type WriterFacts = {
  readonly writeFailures: number;
  readonly segments: number;
  readonly bytes: number;
  readonly tornBytes: number;
};

export type FileJournal = Journal & { facts(): WriterFacts };

/**
 * Opens a journal to write. Throws `journal_busy` when somebody else writes it,
 * `journal_corrupt` when acknowledged bytes are damaged.
 */
export async function openJournal(options: OpenOptions): Promise<FileJournal> {
  const { dir, program, fs = realFs } = options;
  const now = (): string => (options.now?.() ?? new Date()).toISOString();
  fs.mkdir(join(dir, "archive"));
  const lock = writerLock(dir, { program, pid: process.pid, since: now() });
  try {
    const id = journalIdFor(dir, now());
    const current = await openCurrent({ dir, fs, now, acceptLoss: options.acceptLoss ?? false });
    return writerOf({ dir, id, fs, now, current, release: () => lock.release() });
  } catch (error) {
    lock.release();
    throw error;
  }
}

type Parts = {
  readonly dir: string;
  readonly id: string;
  readonly fs: JournalFs;
  readonly now: () => string;
  readonly current: Current;
  readonly release: () => void;
};

function writerOf({ dir, id, now, current, release }: Parts): FileJournal {
  const reader = openJournalReader(dir);
  let failures = 0;
  let closed = false;
  let idle: ReturnType<typeof setTimeout> | undefined;

  async function write(heard: readonly Heard[]): Promise<number> {
    clearTimeout(idle);
    try {
      await current.rotateIfDue(now());
      const first = current.lastSeq() + 1;
      await current.write(heard);
      failures = 0;
      if (!closed) idle = setTimeout(sayAllIsSafe, IDLE_MARK_MS);
      return first;
    } catch (cause) {
      failures += 1;
      throw named(cause, dir);
    }
  }

  const queue = openCommitQueue(write);
  function sayAllIsSafe(): void {
    // A mark that fails is no loss: what it would have said is true all the same.
    queue.alone(() => current.mark(now())).catch(() => undefined);
  }

  async function close(): Promise<void> {
    if (closed) return;
    closed = true;
    clearTimeout(idle);
    try {
      await queue.alone(() => current.seal(now()));
    } finally {
      clearTimeout(idle);
      current.close();
      await reader.close();
      release();
    }
  }

  return {
    ...reader,
    id,
    append: async (heard) => {
      if (closed) throw new VerbatimError("journal_failed", "the journal is closed");
      return await queue.append(heard, sizeOf(heard));
    },
    durable: () => current.lastSeq(),
    last: async () => current.lastSeq(),
    rotate: () => queue.alone(() => current.seal(now())),
    facts: () => ({
      writeFailures: failures,
      segments: segmentsOf(dir).length,
      bytes: storedBytesOf(dir),
      tornBytes: current.tornBytes,
    }),
    close,
  };
}

/** Bytes of raw; throws for what the journal does not take, before anything is written. */
function sizeOf(heard: readonly Heard[]): number {
  let bytes = 0;
  for (const one of heard) {
    if (one.raw.length > RAW_BYTES_MAX) {
      throw new VerbatimError(
        "too_large",
        `a record of ${one.raw.length} bytes is larger than the journal takes (${RAW_BYTES_MAX}); send it in pieces`,
        {
          facts: { bytes: one.raw.length, bytes_max: RAW_BYTES_MAX },
        },
      );
    }
    if (
      one.key.length > KEY_BYTES_MAX ||
      one.key.length === 0 ||
      one.source.length > SOURCE_BYTES_MAX ||
      !/^[a-z0-9-]+$/.test(one.source)
    ) {
      throw new VerbatimError(
        "input_invalid",
        `a record needs a key of 1 to ${KEY_BYTES_MAX} characters and a source of a-z, 0-9 and "-", at most ${SOURCE_BYTES_MAX}`,
        {
          facts: { key_length: one.key.length, source_length: one.source.length },
        },
      );
    }
    bytes += one.raw.length + one.key.length + 160;
  }
  return bytes;
}

function named(cause: unknown, dir: string): VerbatimError {
  if (cause instanceof VerbatimError) return cause;
  return isFullError(cause)
    ? new VerbatimError(
        "journal_full",
        `no room to write the journal in ${dir}; make room, and it goes on by itself`,
        { cause },
      )
    : new VerbatimError(
        "journal_failed",
        `the journal in ${dir} cannot be written; look at the disk`,
        { cause },
      );
}

/** The file whose lock makes its holder the one writer. */
export function writerLockOf(dir: string): string {
  return join(dir, "writer.lock");
}

function writerLock(dir: string, owner: Owner): Lock {
  const lock = takeLock(writerLockOf(dir), owner);
  if (lock !== null) return lock;
  const holder = ownerOf(writerLockOf(dir));
  const who = holder === null ? "another process" : `${holder.program}, pid ${holder.pid}`;
  throw new VerbatimError(
    "journal_busy",
    `the journal in ${dir} is being written by ${who}; stop it first, or use another --home`,
    {
      facts: { dir, pid: holder?.pid ?? 0, program: holder?.program ?? "" },
    },
  );
}
