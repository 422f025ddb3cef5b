/**
 * Keeping one store up with the journal: who asks, and what happens while it is
 * away.
 *
 * A hint says how far the journal is safe; the newest one counts. Whatever goes
 * wrong is tried again after AGAIN_MS, by itself, until the signal: a store that
 * is away costs time, never an entry (W1).
 *
 *   W3  A store whose past is not the journal's is left as it is, and says what
 *       to do about it, until it is made again; then it goes on by itself.
 *   W4  While the taxonomy is broken nothing is settled, and the store says what
 *       is wrong with it; once it is mended it goes on by itself.
 */
import {
  type JournalReader,
  type Log,
  openSettledReader,
  type Settle,
  type SettledReader,
  VerbatimError,
} from "@verbatim/core";
import { refuseOtherPast } from "./past.ts";
import { type Consumer, catchUp, isForLater } from "./pipeline.ts";

/** A store that is away is asked again this often. */
const AGAIN_MS = 1000;

export type SettlerParts = {
  readonly consumer: Consumer;
  /** Binds the store to this journal; again after each trouble, because the store may be a new, empty one. */
  readonly claim: () => Promise<void>;
  /** What is to be done once caught up, in small steps: false when there is nothing left. */
  readonly afterwards: (signal: AbortSignal) => Promise<void>;
  /** Told why the store is not added to although it answers, and null once it is. */
  readonly tell: (problem: string | null) => void;
  readonly journal: JournalReader;
  /** Throws what keeps the journal from being settled, and is asked again later. */
  readonly settling: () => Promise<Settle>;
  readonly log: Log;
};

export interface Settler {
  /** Brings the store at least to `upTo`; resolves when it is there, or when stopped. */
  reach(upTo: number, signal: AbortSignal): Promise<void>;
}

/** A settler for one store. Calls take turns. */
export function settlerOf(parts: SettlerParts): Settler {
  const { log, journal } = parts;
  const consumer = telling(parts);
  let settled: SettledReader | null = null;
  let claimed = false;
  let wanted = 0;
  let turn: Promise<void> = Promise.resolve();

  /** Sees that the store is made from this journal. */
  async function claim(upTo: number): Promise<void> {
    // A store that was not claimed yet may have no tables, and so no cursor.
    const cursor = claimed ? await consumer.cursor() : 0;
    if (cursor === 0) await parts.claim();
    // A hint of less than the store has is an old one, or the journal is not what it was.
    if (!claimed || cursor > upTo) await refuseOtherPast(consumer, journal);
    claimed = true;
  }

  async function once(upTo: number, signal: AbortSignal): Promise<void> {
    await claim(upTo);
    settled ??= openSettledReader(journal, await parts.settling());
    let at = -1;
    while (!signal.aborted) {
      const before = at;
      at = await catchUp(consumer, { settled, log }, wanted, signal);
      await parts.afterwards(signal);
      if (at >= wanted || at === before) break;
    }
    parts.tell(null);
  }

  function interrupted(error: unknown): void {
    claimed = false;
    // What hints said of another past counts no longer; the next sweep says how far this journal is.
    if (isAhead(error)) wanted = 0;
    if (!isForLater(error)) parts.tell(problemOf(error));
    log.warn("settling_interrupted", { store: consumer.name, why: whyOf(error) });
  }

  async function untilDone(upTo: number, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        return await once(upTo, signal);
      } catch (error) {
        interrupted(error);
        await pause(AGAIN_MS, signal);
      }
    }
  }

  return {
    reach: (upTo, signal) => {
      wanted = Math.max(wanted, upTo);
      turn = turn.then(() => untilDone(upTo, signal));
      return turn;
    },
  };
}

/** The store, saying at each stretch it takes that nothing is wrong with it. */
function telling({ consumer, tell }: SettlerParts): Consumer {
  return {
    ...consumer,
    take: async (stretch) => {
      await consumer.take(stretch);
      tell(null);
    },
  };
}

function isAhead(error: unknown): boolean {
  return error instanceof VerbatimError && error.code === "store_ahead";
}

function problemOf(error: unknown): string {
  return error instanceof VerbatimError
    ? error.message
    : "it cannot be added to; the log of the workers says why";
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
