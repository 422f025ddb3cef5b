/**
 * A part that may be away, asked with little patience: who waits for a chat's
 * next reply must not wait for what is not there.
 *
 *   G1  Nobody waits for a part longer than its bound, and while it is known to
 *       be away nobody waits at all; what it says when it is back is heard. Who
 *       comes after somebody who waited in vain waits a moment only.
 *   G13 One user's long session is no reason for others to go without a part:
 *       long work has a bound of its own, and being late with it is not being away.
 */
import { type Log, VerbatimError } from "@verbatim/core";
import { within } from "../waiting.ts";

/** Slow answers in a row that count as being away; one alone may be our own machine. */
const SLOW_MAX = 3;
/** After one slow answer nobody waits longer than this, until an answer comes. */
const DOUBTED_MS = 50;
/** A part that refuses at once costs nobody time: it is asked again soon, so that one that has just begun is not missed. */
const REFUSED_MS = 100;
/** A part that is there answers a small question in this time, also when it is busy. */
const LOOK_MS = 500;

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
  /** Asks whether it is there, when long work takes longer than `ms`. */
  readonly look?: () => Promise<unknown>;
};

/** A breaker for one part. */
export function openBreaker({ part, ms, pauseMs, now, log, look }: Settings): Breaker {
  let quietUntil = 0;
  let slow = 0;
  let why: unknown = null;

  const fails = (cause: unknown, isSlow: boolean): void => {
    slow += 1;
    why = cause;
    if (isSlow && slow < SLOW_MAX) return;
    if (quietUntil === 0) log.warn("part_away", { part, why: String(cause) });
    quietUntil = now() + (cause instanceof LateError ? pauseMs : Math.min(pauseMs, REFUSED_MS));
  };
  const answers = (): void => {
    if (quietUntil !== 0) log.info("part_back", { part });
    slow = 0;
    quietUntil = 0;
  };

  /** Answers that come late say that it is there, too. */
  const heard = <Value>(work: Promise<Value>): Promise<Given<Value>> =>
    work.then(
      (value) => {
        answers();
        return { here: true, value } as const;
      },
      (error: unknown) => {
        if (isOfPart(error)) fails(error, false);
        return { here: false, why: error } as const;
      },
    );
  const patienceMs = (mostMs: number) => (slow > 0 ? Math.min(mostMs, DOUBTED_MS) : mostMs);
  const short = async <Value>(
    work: () => Promise<Value>,
    boundMs: number,
  ): Promise<Given<Value>> => {
    const done = await within(boundMs, heard(work()));
    if (done !== null) return done;
    const late = new LateError(boundMs);
    fails(late, quietUntil === 0);
    return { here: false, why: late };
  };
  /** Long work is waited for as long as the part answers something else. (G13) */
  const long = async <Value>(work: () => Promise<Value>, longMs: number): Promise<Given<Value>> => {
    const begun = heard(work());
    const soon = slow > 0 ? null : await within(Math.min(ms, longMs), begun);
    if (soon !== null) return soon;
    if (look !== undefined) {
      const there = await Promise.race([begun, short(look, patienceMs(LOOK_MS))]);
      if (!there.here) return there;
    }
    return (await within(longMs, begun)) ?? { here: false, why: new LateError(longMs) };
  };

  return {
    ask: async (work, longMs) => {
      if (now() < quietUntil) return { here: false, why };
      // One goes to look; who comes meanwhile does not wait for what it finds.
      if (quietUntil !== 0) quietUntil = now() + pauseMs;
      return longMs === undefined ? await short(work, patienceMs(ms)) : await long(work, longMs);
    },
  };
}

/** Whether an error says that the part is away, and not that it was asked something wrong. */
function isOfPart(error: unknown): boolean {
  return error instanceof VerbatimError && /_un(reachable|fit)$/.test(error.code);
}

/** No answer in time: it is not known what became of what was asked. */
export class LateError extends Error {
  override readonly name = "LateError";
  constructor(ms: number) {
    super(`no answer within ${ms} ms`);
  }
}
