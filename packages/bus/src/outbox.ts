/**
 * Answers on their way to clients, some of which do not read: each client has a
 * queue of its own, of which only the head is tried again, so that nobody waits
 * for anybody else.
 */
import type { Frames } from "@verbatim/core";
import type { BusPorts } from "./ports.ts";

/** Answers kept for a client that does not read; more are dropped, and it asks again with its ids. */
const KEPT_MAX = 2000;
const FULL_MS_MIN = 1;
const FULL_MS_MAX = 100;

export interface Outbox {
  /** Resolves when the client has been sent it; false when it is gone, wants it no more, or reads too little. */
  give(client: Uint8Array, frames: Frames, isUnwanted: () => boolean): Promise<boolean>;
  /** Answers that were dropped because their client did not read. */
  dropped(): number;
}

type Waiting = {
  readonly frames: Frames;
  readonly isUnwanted: () => boolean;
  readonly done: (isSent: boolean) => void;
};

/** Nothing is on its way. */
export function openOutbox(ports: Pick<BusPorts, "answer" | "wait">): Outbox {
  const queues = new Map<string, Waiting[]>();
  let dropped = 0;

  async function empty(name: string, client: Uint8Array, queue: Waiting[]): Promise<void> {
    let pause = FULL_MS_MIN;
    for (let head = queue[0]; head !== undefined; head = queue[0]) {
      const sent = head.isUnwanted() ? "gone" : await sentBy(ports, client, head.frames);
      if (sent === "full") {
        await ports.wait(pause);
        pause = Math.min(FULL_MS_MAX, pause * 2);
        continue;
      }
      pause = FULL_MS_MIN;
      queue.shift();
      head.done(sent === "sent");
    }
    queues.delete(name);
  }

  return {
    give: (client, frames, isUnwanted) =>
      new Promise((done) => {
        const name = nameOf(client);
        const queue = queues.get(name) ?? [];
        if (queue.length >= KEPT_MAX) {
          dropped += 1;
          done(false);
          return;
        }
        queue.push({ frames, isUnwanted, done });
        if (queues.has(name)) return;
        queues.set(name, queue);
        void empty(name, client, queue);
      }),
    dropped: () => dropped,
  };
}

/** A client by its identity, which is any bytes. */
export function nameOf(client: Uint8Array): string {
  return Array.from(client, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A socket that is closed, because we stop, has no clients: what they asked for is recorded all the same. */
async function sentBy(
  { answer }: Pick<BusPorts, "answer">,
  client: Uint8Array,
  frames: Frames,
): ReturnType<BusPorts["answer"]> {
  try {
    return await answer(client, frames);
  } catch {
    return "gone";
  }
}
