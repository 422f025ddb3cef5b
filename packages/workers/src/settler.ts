/**
 * Keeping one store up with the journal: who asks, and what happens while it is
 * away.
 *
 * A hint says how far the journal is safe; the newest one counts. Whatever goes
 * wrong is tried again after AGAIN_MS, by itself, until the signal: a store that
 * is away costs time, never an entry (W1).
 */
import { type JournalReader, type Log, type Settle, VerbatimError } from "@verbatim/core";
import { type Consumer, catchUp } from "./pipeline.ts";

/** A store that is away is asked again this often. */
const AGAIN_MS = 1000;

export type SettlerParts = {
  readonly consumer: Consumer;
  /** Binds the store to this journal; again after each trouble, because the store may be a new, empty one. */
  readonly claim: () => Promise<void>;
  /** What is to be done once caught up, in small steps: false when there is nothing left. */
  readonly afterwards: (signal: AbortSignal) => Promise<void>;
  readonly journal: JournalReader;
  readonly settle: Settle;
  readonly log: Log;
};

export interface Settler {
  /** Brings the store at least to `upTo`; resolves when it is there, or when stopped. */
  reach(upTo: number, signal: AbortSignal): Promise<void>;
}

/** A settler for one store. Calls take turns. */
export function settlerOf(parts: SettlerParts): Settler {
  const { consumer, log } = parts;
  let claimed = false;
  let wanted = 0;
  let turn: Promise<void> = Promise.resolve();

  async function once(signal: AbortSignal): Promise<void> {
    if (!claimed || (await consumer.cursor()) === 0) await parts.claim();
    claimed = true;
    let at = -1;
    while (!signal.aborted) {
      const before = at;
      at = await catchUp(consumer, parts, wanted, signal);
      await parts.afterwards(signal);
      if (at >= wanted || at === before) return;
    }
  }

  async function untilDone(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        return await once(signal);
      } catch (error) {
        claimed = false;
        log.warn("settling_interrupted", { store: consumer.name, why: whyOf(error) });
        await pause(AGAIN_MS, signal);
      }
    }
  }

  return {
    reach: (upTo, signal) => {
      wanted = Math.max(wanted, upTo);
      turn = turn.then(() => untilDone(signal));
      return turn;
    },
  };
}

function whyOf(error: unknown): string {
  if (error instanceof VerbatimError) return `${error.code}: ${error.message}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      "abort",
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
