/**
 * Whether the numbers hold what was heard. Alerts and the clock's reports are
 * made of nothing less: after a start, during an import and while everything is
 * counted again the numbers are too low, and no reason to wake anybody.
 *
 *   O3  Alerts are looked at, and reports made by the clock, only when all that
 *       was heard when the look began is counted.
 */
import type { Counted, Numbers } from "@verbatim/core";

/** What was heard just now is counted within this, or it waits for something. */
const MOMENT_MS = 3000;
const STEP_MS = 100;

export type ReachPorts = {
  readonly numbers: Numbers;
  /** The journal's last entry. */
  readonly heard: () => Promise<number>;
  readonly pause: (ms: number) => Promise<void>;
};

/** The journal's end as it is now, once the numbers hold it; null where they do not within a moment, or hold nothing. */
export async function heardAndCounted({
  numbers,
  heard,
  pause,
}: ReachPorts): Promise<number | null> {
  const last = await heard();
  for (let waited = 0; last > 0; waited += STEP_MS) {
    if (holds(await numbers.counted(), last)) return last;
    if (waited >= MOMENT_MS) break;
    await pause(STEP_MS);
  }
  return null;
}

/** Whether numbers hold everything up to `heard`, and are not being counted again. (O3) */
export function holds({ counted_to, settled_to }: Counted, heard: number): boolean {
  return counted_to >= heard && counted_to === settled_to;
}
