/**
 * How long to wait before something that died is started again.
 *
 * Twice as long each time, with some chance in it so that several do not come
 * back in step, up to half a minute; from the beginning again once it has run
 * for a minute. Without it a program that cannot start would be started for ever,
 * hundreds of times a second.
 */

const FIRST_MS = 200;
const LONGEST_MS = 30_000;
const STABLE_MS = 60_000;

/** The wait before start number `failures` + 1. `chance` is in [0, 1). */
export function waitBefore(failures: number, chance: number): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures, 20));
  return Math.round(full * (0.75 + chance / 2));
}

/** Failures in a row after a run of `ranMs` ended. */
export function failuresAfter(failures: number, ranMs: number): number {
  return ranMs >= STABLE_MS ? 1 : failures + 1;
}
