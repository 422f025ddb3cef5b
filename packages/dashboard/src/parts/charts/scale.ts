/** Axes: round ends, a few ticks, and numbers short enough to stand beside them. Pure. */

const STEPS = [1, 2, 2.5, 5, 10] as const;

/** The round number at or above the largest value; 1 where there is nothing. */
export function topOf(values: readonly number[]): number {
  const most = values.reduce((top, value) => Math.max(top, value), 0);
  if (most <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(most));
  const step = STEPS.find((one) => one * power >= most) ?? 10;
  return step * power;
}

/** From nothing to the top; halves only where half is a whole number or the top is below 1. */
export function ticksOf(top: number): readonly number[] {
  return top > 1 && !Number.isInteger(top / 2) ? [0, top] : [0, top / 2, top];
}

const brief: Intl.NumberFormat = new Intl.NumberFormat("en", {
  notation: "compact",
  maximumFractionDigits: 1,
});

/** 950, 12K, 1.2M. */
export function briefText(value: number): string {
  return brief.format(value);
}

const dollars: Intl.NumberFormat = new Intl.NumberFormat("en", {
  style: "currency",
  currency: "USD",
});
const LEAST_CENT_MICRO = 10_000;

/** Millionths of a dollar as dollars; "unknown" where nothing has a known price. */
export function costText(micro: number | null): string {
  if (micro === null) return "unknown";
  return micro > 0 && micro < LEAST_CENT_MICRO ? "< $0.01" : dollars.format(micro / 1_000_000);
}

/** 0 to 1 as "12 %"; below one in a hundred it is not nothing. */
export function shareText(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 1) return "< 1 %";
  return `${Math.round(percent)} %`;
}
