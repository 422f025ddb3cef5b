/**
 * Whose turn it is to write the file: group commits, and what must not run
 * beside one.
 *
 * Appends wait while the previous commit runs, and then go together, in the
 * order they were made (J5), in commits of at most COMMIT_BYTES_MAX. Marks and
 * seals write the same file and stand in the same line: two that both believe
 * to know where the file ends would write over each other.
 *
 * At most PENDING_BYTES_MAX wait; who comes beyond that waits in line outside,
 * and nothing is ever dropped.
 */
import { COMMIT_BYTES_MAX, type Heard, PENDING_BYTES_MAX } from "@verbatim/core";

type Waiting = {
  readonly heard: readonly Heard[];
  readonly bytes: number;
  readonly done: PromiseWithResolvers<number>;
};
/** Something that has the file to itself. */
type Alone = { readonly run: () => Promise<void> };
type Turn = Waiting | Alone;

export interface CommitQueue {
  /** Resolves with the first seq once it is safe; rejects with what `write` refused it with. */
  append(heard: readonly Heard[], bytes: number): Promise<number>;
  /** Runs after everything that was appended before it, with no commit beside it. */
  alone<Value>(run: () => Promise<Value>): Promise<Value>;
}

/** `write` makes records safe and gives the seq of the first. */
export function openCommitQueue(write: (heard: readonly Heard[]) => Promise<number>): CommitQueue {
  const turns: Turn[] = [];
  const roomWanted: (() => void)[] = [];
  let pendingBytes = 0;
  let waiters = 0;
  let line: Promise<void> = Promise.resolve();
  let working = false;

  async function work(): Promise<void> {
    for (let first = turns[0]; first !== undefined; first = turns[0]) {
      if ("run" in first) {
        turns.shift();
        await first.run();
        continue;
      }
      const batch = nextBatch(turns);
      await commit(batch, write);
      for (const one of batch) pendingBytes -= one.bytes;
      for (const wake of roomWanted.splice(0)) wake();
    }
    working = false;
  }

  function take(turn: Turn): void {
    turns.push(turn);
    if (working) return;
    working = true;
    // What is appended in the same breath goes into the same commit.
    queueMicrotask(() => void work());
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
      pendingBytes += bytes;
      take({ heard, bytes, done });
      return await done.promise;
    },
    alone: async (run) =>
      await new Promise((resolve, reject) => {
        take({ run: () => run().then(resolve, reject) });
      }),
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

/** Takes from the front as many appends as one commit may hold, and always one. */
function nextBatch(turns: Turn[]): readonly Waiting[] {
  const batch: Waiting[] = [];
  let bytes = 0;
  for (const turn of turns) {
    if ("run" in turn || (batch.length > 0 && bytes + turn.bytes > COMMIT_BYTES_MAX)) break;
    bytes += turn.bytes;
    batch.push(turn);
  }
  turns.splice(0, batch.length);
  return batch;
}
