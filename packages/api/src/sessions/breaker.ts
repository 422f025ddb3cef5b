/**
 * A part that may be away, asked with little patience: who waits for a chat's
 * next reply must not wait for what is not there.
 *
 *   G1  Nobody waits for a part longer than its bound, and while it is known to
 *       be away nobody waits at all; what it says when it is back is heard.
 *   G13 One user's long session is no reason for others to go without a part:
 *       long work has a bound of its own, and being late with it is not being away.
 */
import type { Log } from "@verbatim/core";
import { within } from "../waiting.ts";

/** Slow answers in a row that count as being away; one alone may be our own machine. */
const SLOW_MAX = 3;

/** What was given, or that the part is away. */
export type Given<Value> =
  | { readonly here: true; readonly value: Value }
  | { readonly here: false; readonly why: unknown };

/** A part behind its breaker. */
export interface Breaker {
  /** Never throws. `longMs` is the bound of work that is as long as what is asked for. (G13) */
  ask<Value>(work: () => Promise<Value>, longMs?: number): Promise<Given<Value>>;
}

type Settings = {
  readonly part: string;
  /** The longest anybody waits for an answer. */
  readonly ms: number;
  /** How long a part that is away is left alone, before one is sent to look. */
  readonly pauseMs: number;
  readonly now: () => number;
  readonly log: Log;
};

/** A breaker for one part. */
export function openBreaker({ part, ms, pauseMs, now, log }: Settings): Breaker {
  let quietUntil = 0;
  let slow = 0;
  let why: unknown = null;

  const fails = (cause: unknown, isSlow: boolean): void => {
    slow += 1;
    why = cause;
    if (isSlow && slow < SLOW_MAX) return;
    if (quietUntil === 0) log.warn("part_away", { part, why: String(cause) });
    quietUntil = now() + pauseMs;
  };
  const answers = (): void => {
    if (quietUntil !== 0) log.info("part_back", { part });
    slow = 0;
    quietUntil = 0;
  };

  const isLate = (longMs: number | undefined) => {
    const late = new Error(`no answer within ${longMs ?? ms} ms`);
    if (longMs === undefined) fails(late, quietUntil === 0);
    return { here: false, why: late } as const;
  };

  return {
    ask: async (work, longMs) => {
      if (now() < quietUntil) return { here: false, why };
      // One goes to look; who comes meanwhile does not wait for what it finds.
      if (quietUntil !== 0) quietUntil = now() + pauseMs;
      try {
        const done = await within(
          longMs ?? ms,
          work().then((value) => ({ here: true, value }) as const),
        );
        if (done === null) {
          return isLate(longMs);
        }
        answers();
        return done;
      } catch (error) {
        fails(error, false);
        return { here: false, why: error };
      }
    },
  };
}
