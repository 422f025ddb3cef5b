/**
 * Group commit: appends wait while the previous commit runs, and then go
 * together.
 *
 * They keep the order they were made in (J5), in commits of at most
 * COMMIT_BYTES_MAX. At most PENDING_BYTES_MAX wait; who comes beyond that waits
 * in line outside, and nothing is ever dropped.
 */
import { COMMIT_BYTES_MAX, type Heard, PENDING_BYTES_MAX } from "@verbatim/core";

type Waiting = {
  readonly heard: readonly Heard[];
  readonly bytes: number;
  readonly done: PromiseWithResolvers<number>;
};

export interface CommitQueue {
  /** Resolves with the first seq once it is safe; rejects with what `write` refused it with. */
  append(heard: readonly Heard[], bytes: number): Promise<number>;
  /** Resolves when nothing waits. */
  quiet(): Promise<void>;
}

/** `write` makes records safe and gives the seq of the first; `idle` is told whenever nothing waits any more. */
export function openCommitQueue(
  write: (heard: readonly Heard[]) => Promise<number>,
  idle: () => void,
): CommitQueue {
  const pending: Waiting[] = [];
  const roomWanted: (() => void)[] = [];
  let pendingBytes = 0;
  let waiters = 0;
  let line: Promise<void> = Promise.resolve();
  let working: Promise<void> | null = null;

  async function work(): Promise<void> {
    while (pending.length > 0) {
      const batch = nextBatch(pending);
      await commit(batch, write);
      for (const one of batch) pendingBytes -= one.bytes;
      for (const wake of roomWanted.splice(0)) wake();
    }
    working = null;
    idle();
  }

  /** Waits in line until so many bytes fit; a batch larger than everything waits to be alone. */
  async function room(bytes: number): Promise<void> {
    waiters += 1;
    const mine = line.then(async () => {
      while (pendingBytes > 0 && pendingBytes + bytes > PENDING_BYTES_MAX) {
        await new Promise<void>((resolve) => roomWanted.push(resolve));
      }
      waiters -= 1;
    });
    line = mine;
    await mine;
  }

  return {
    append: async (heard, bytes) => {
      if (waiters > 0 || pendingBytes + bytes > PENDING_BYTES_MAX) await room(bytes);
      const done = Promise.withResolvers<number>();
      pending.push({ heard, bytes, done });
      pendingBytes += bytes;
      working ??= Promise.resolve().then(work);
      return await done.promise;
    },
    quiet: async () => {
      while (working !== null) await working;
    },
  };
}

/** One write for all of them; each learns its own first seq, or the one reason why not. */
async function commit(
  batch: readonly Waiting[],
  write: (heard: readonly Heard[]) => Promise<number>,
): Promise<void> {
  try {
    let seq = await write(batch.flatMap((one) => one.heard));
    for (const one of batch) {
      one.done.resolve(seq);
      seq += one.heard.length;
    }
  } catch (error) {
    for (const one of batch) one.done.reject(error);
  }
}

/** Takes from the front as much as one commit may hold, and always something. */
function nextBatch(pending: Waiting[]): readonly Waiting[] {
  let bytes = 0;
  let count = 0;
  for (const one of pending) {
    if (count > 0 && bytes + one.bytes > COMMIT_BYTES_MAX) break;
    bytes += one.bytes;
    count += 1;
  }
  return pending.splice(0, count);
}
