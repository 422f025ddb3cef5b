/**
 * One blocking reader of the live stream for a whole process: it rings when
 * something came, and everybody who waits reads on from their own place.
 */
import { KEYS } from "@verbatim/core";
import type { Redis } from "ioredis";

/** Long enough to be idle cheaply, short enough that a stop is not kept waiting. */
const BLOCK_MS = 1000;
/** After an error, before asking again. */
export const AWAY_MS = 250;

export interface Bell {
  /** Resolves when something came, on abort, or after a second: a ring that was missed costs no more than that. */
  wait(signal: AbortSignal): Promise<void>;
  /** Ends the reading; everybody who waits is woken. */
  close(): Promise<void>;
}

/** Begins to listen. `reader` is used for nothing else, because it blocks. */
export function openBell(reader: Redis): Bell {
  const waiting = new Set<() => void>();
  let closed = false;
  const ring = (): void => {
    for (const wake of [...waiting]) wake();
  };

  async function listen(): Promise<void> {
    while (!closed) {
      try {
        const came = await reader.xread("BLOCK", BLOCK_MS, "STREAMS", KEYS.liveStream, "$");
        if (came !== null) ring();
      } catch {
        ring();
        await pause(AWAY_MS);
      }
    }
  }

  const listening = listen();
  return {
    wait: async (signal) => {
      await new Promise<void>((resolve) => {
        const done = (): void => {
          waiting.delete(done);
          clearTimeout(timer);
          signal.removeEventListener("abort", done);
          resolve();
        };
        const timer = setTimeout(done, BLOCK_MS);
        waiting.add(done);
        signal.addEventListener("abort", done, { once: true });
      });
    },
    close: async () => {
      closed = true;
      reader.disconnect();
      ring();
      await listening;
    },
  };
}

/** Waits so long. */
export async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}
