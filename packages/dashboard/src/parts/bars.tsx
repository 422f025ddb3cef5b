/** Small pictures of numbers: bars in a row, and a whole with its parts. */
import type { ReactNode } from "react";

const BAR_PX = 2;
const GAP_PX = 1;
const HIGH_PX = 22;

/** One bar a value; `label` says in words what it shows. */
export function Bars({
  values,
  label,
}: {
  readonly values: readonly number[];
  readonly label: string;
}) {
  const most = Math.max(1, ...values);
  const width = values.length * (BAR_PX + GAP_PX);
  return (
    <svg
      className="bars"
      role="img"
      aria-label={label}
      width={width}
      height={HIGH_PX}
      viewBox={`0 0 ${width} ${HIGH_PX}`}
    >
      <title>{label}</title>
      {values.map((value, at) => {
        const high = value === 0 ? 1 : Math.max(2, Math.round((value / most) * HIGH_PX));
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: bars have no name but their place
            key={at}
            className={value === 0 ? "bar-none" : "bar-some"}
            x={at * (BAR_PX + GAP_PX)}
            y={HIGH_PX - high}
            width={BAR_PX}
            height={high}
          />
        );
      })}
    </svg>
  );
}

/** A part of a whole, with its own name and size. */
export type Share = { readonly name: string; readonly value: number; readonly text: string };

/** Parts beside each other, as wide as they are large, and what they are called. */
export function Shares({
  shares,
  label,
}: {
  readonly shares: readonly Share[];
  readonly label: string;
}): ReactNode {
  const all = shares.reduce((sum, one) => sum + one.value, 0);
  if (all === 0) return null;
  let from = 0;
  return (
    <figure className="shares">
      <svg role="img" aria-label={label} viewBox="0 0 1000 14" preserveAspectRatio="none">
        <title>{label}</title>
        {shares.map(({ name, value }, at) => {
          const x = from;
          from += (value / all) * 1000;
          return (
            <rect
              key={name}
              className={`share-${at}`}
              x={x}
              y={0}
              width={Math.max(0, from - x)}
              height={14}
            />
          );
        })}
      </svg>
      <figcaption>
        {shares.map(({ name, text }, at) => (
          <span key={name}>
            <i className={`dot share-${at}`} aria-hidden="true" /> {name} <b>{text}</b>
          </span>
        ))}
      </figcaption>
    </figure>
  );
}

/** How far something is: 0 to 1, or null where nobody can say. */
export function Progress({
  part,
  label,
}: {
  readonly part: number | null;
  readonly label: string;
}) {
  return part === null ? (
    <progress aria-label={label} />
  ) : (
    <progress aria-label={label} max={100} value={Math.round(part * 100)} />
  );
}
