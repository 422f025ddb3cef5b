/** Numbers that are looked at: large, in tabular digits, with a word under each. */
import type { ReactNode } from "react";

const whole: Intl.NumberFormat = new Intl.NumberFormat("en");

/** 12,345; a question mark where nobody can say. */
export function countText(value: number | null | undefined): string {
  return value === null || value === undefined ? "?" : whole.format(value);
}

/** "1 file", "2 files". */
export function manyText(
  count: number | null | undefined,
  one: string,
  many: string = `${one}s`,
): string {
  return `${countText(count)} ${count === 1 ? one : many}`;
}

/** $1.23, or more digits of less; of millionths of a dollar. */
export function moneyText(microUsd: number): string {
  const usd = microUsd / 1_000_000;
  return `$${usd.toFixed(usd === 0 || usd >= 1 ? 2 : 4)}`;
}

/** 12, 3.4k, 5.6M: where the exact number is noise. */
export function briefText(value: number): string {
  if (value < 1000) return String(value);
  return value < 1_000_000
    ? `${(value / 1000).toFixed(value < 10_000 ? 1 : 0)}k`
    : `${(value / 1_000_000).toFixed(value < 10_000_000 ? 1 : 0)}M`;
}

const UNITS = ["B", "kB", "MB", "GB", "TB"] as const;

/** 1.2 MB; powers of 1000. */
export function bytesText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`;
}

/** One number. */
export function Figure({
  name,
  value,
  note,
}: {
  readonly name: string;
  readonly value: ReactNode;
  readonly note?: ReactNode;
}) {
  return (
    <div className="figure">
      <dt>
        {name}
        {note === undefined ? null : <small>{note}</small>}
      </dt>
      <dd>{value}</dd>
    </div>
  );
}

/** Several beside each other. */
export function Figures({ children }: { readonly children: ReactNode }) {
  return <dl className="figures">{children}</dl>;
}
