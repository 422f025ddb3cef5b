/**
 * Records on their way to the journal, read straight into the bytes they are
 * appended from.
 *
 * A batch is one reused buffer. Files are read into it one after another, cut
 * in place, and appended together: nothing is copied before the journal copies
 * it, and small files share a commit. While one batch is being made safe the
 * next is filled; no more than BUFFERS are ever in use. Appends are made one
 * after another, and when one is refused those that were filled behind it are
 * refused with it, so that the journal never holds the end of a file without
 * its beginning.
 */
import { invariant } from "../errors.ts";
import type { Heard } from "../message/heard.ts";
import type { Commits } from "./commits.ts";

/** Large enough that a commit's fixed cost does not show, small enough that three stay in a cache. */
const BUFFER_BYTES: number = 2 * 1024 * 1024;
/** One filling, one being committed, one for when both are late. */
const BUFFERS = 3;
/** Less room than this is not worth a read: the batch is sent and a new one begun. */
const ROOM_BYTES_MIN: number = 64 * 1024;
/** Records of one append. Bounds the headers when lines are very short. */
const RECORDS_MAX = 8192;

/** Where the next bytes may be read to, and how many records still fit. */
type Room = { readonly bytes: Uint8Array; readonly records: number };

export interface Batch {
  /** Room for at least `wanted` bytes, usually for many more; waits until there is some. */
  room(wanted: number): Promise<Room>;
  /**
   * Takes the first `bytes` of the room just given, cut into these records.
   * Resolves when they are safe and `moved` has run; rejects when they are not.
   */
  take(bytes: number, heard: readonly Heard[], moved: () => void): Promise<void>;
  /** Sends what was taken. */
  send(): void;
}

type Filling = {
  readonly buffer: Uint8Array;
  used: number;
  readonly heard: Heard[];
  readonly moved: (() => void)[];
  readonly sent: PromiseWithResolvers<void>;
};

/** An empty batch. One hearing at a time may fill it. */
export function openBatch(commits: Commits): Batch {
  const { give, empty } = openBuffers();
  let filling: Filling | null = null;
  let line: Promise<void> = Promise.resolve();
  let onTheirWay = 0;
  let refused: { readonly why: unknown } | null = null;

  function send(): void {
    const batch = filling;
    if (batch === null) return;
    filling = null;
    if (batch.heard.length === 0) {
      give(batch.buffer);
      batch.sent.resolve();
      return;
    }
    onTheirWay += 1;
    line = line.then(() => append(batch));
  }

  async function append(batch: Filling): Promise<void> {
    try {
      if (refused !== null) throw refused.why;
      await commits.commit(batch.heard, () => {
        for (const move of batch.moved) move();
      });
      batch.sent.resolve();
    } catch (why) {
      refused = { why };
      batch.sent.reject(why);
    } finally {
      onTheirWay -= 1;
      if (onTheirWay === 0) refused = null;
      give(batch.buffer);
    }
  }

  function begin(buffer: Uint8Array): Filling {
    const sent = Promise.withResolvers<void>();
    // Whoever gave records hears of a refusal; one that does not listen hears its file again anyway.
    sent.promise.catch(() => undefined);
    filling = { buffer, used: 0, heard: [], moved: [], sent };
    return filling;
  }

  return {
    room: async (wanted) => {
      if (filling !== null && !hasRoom(filling, wanted)) send();
      const current = filling ?? begin(await empty(wanted));
      return {
        bytes: current.buffer.subarray(current.used),
        records: RECORDS_MAX - current.heard.length,
      };
    },
    take: (bytes, heard, moved) => {
      const current = filling;
      invariant(current !== null, "records are taken into the room that was given");
      current.used += bytes;
      for (const one of heard) current.heard.push(one);
      current.moved.push(moved);
      return current.sent.promise;
    },
    send,
  };
}

/** The buffers in use, and those that are free again. */
function openBuffers(): {
  give(buffer: Uint8Array): void;
  empty(wanted: number): Promise<Uint8Array>;
} {
  const free: Uint8Array[] = [];
  const waiting: ((buffer: Uint8Array) => void)[] = [];
  let made = 0;

  function give(buffer: Uint8Array): void {
    // A buffer made for one very long line is not kept.
    if (buffer.length !== BUFFER_BYTES) return;
    const next = waiting.shift();
    if (next === undefined) free.push(buffer);
    else next(buffer);
  }

  async function empty(wanted: number): Promise<Uint8Array> {
    if (wanted > BUFFER_BYTES) return new Uint8Array(wanted);
    const ready = free.pop();
    if (ready !== undefined) return ready;
    if (made < BUFFERS) {
      made += 1;
      return new Uint8Array(BUFFER_BYTES);
    }
    return await new Promise((resolve) => {
      waiting.push(resolve);
    });
  }

  return { give, empty };
}

function hasRoom(batch: Filling, wanted: number): boolean {
  const rest = batch.buffer.length - batch.used;
  if (batch.heard.length >= RECORDS_MAX || rest < wanted) return false;
  return batch.used === 0 || rest >= ROOM_BYTES_MIN;
}
