/**
 * The sum that must add up: heard = stored + aside + behind.
 *
 * `heard` is what ingest acknowledged. The three others are one consistent look
 * into the deep store; between the two looks the journal may have grown, which
 * shows as `behind` and nothing else.
 */
import type { DeepTotals } from "../deep/port.ts";

export type Sum = {
  readonly heard: number;
  readonly stored: number;
  readonly aside: number;
  readonly behind: number;
};

/** The sum, or nulls for what nobody could say because a store is away. */
export function sumOf(
  heard: number,
  totals: Pick<DeepTotals, "stored" | "aside" | "settled_to">,
): Sum {
  const all = Math.max(heard, totals.settled_to);
  return {
    heard: all,
    stored: totals.stored,
    aside: totals.aside,
    behind: all - totals.settled_to,
  };
}
