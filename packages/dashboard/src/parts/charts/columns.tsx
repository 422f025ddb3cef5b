/** How much over time: a column for each stretch, which leads to what was said in it. */
import { Link } from "wouter";
import { briefText, ticksOf, topOf } from "./scale.ts";
import type { Bucket, Unit } from "./times.ts";
import { useWidth } from "./width.ts";

const HEIGHT = 200;
const LEFT = 44;
const BOTTOM = 22;
const TOP = 8;
const LABEL_PX = 84;
const GAP_SHARE = 0.18;
const COLUMN_PX_MAX = 64;

type Props = {
  readonly buckets: readonly Bucket[];
  readonly unit: Unit;
  /** Of what. */
  readonly of: string;
  readonly hrefOf: (bucket: Bucket) => string;
};

const FORMS: Readonly<Record<Unit, Intl.DateTimeFormat>> = {
  hour: new Intl.DateTimeFormat(undefined, {
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
  }),
  day: new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" }),
  week: new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "2-digit" }),
  month: new Intl.DateTimeFormat(undefined, { month: "short", year: "numeric" }),
};

/** A stretch as it is called: "12 Nov", "week of 10 Nov 26". */
export function bucketName({ since }: Pick<Bucket, "since">, unit: Unit): string {
  return `${unit === "week" ? "week of " : ""}${FORMS[unit].format(since)}`;
}

export function Columns({ buckets, unit, of, hrefOf }: Props) {
  const [place, width] = useWidth<HTMLDivElement>();
  const top = topOf(buckets.map(({ value }) => value));
  const [innerWidth, innerHeight] = [width - LEFT, HEIGHT - BOTTOM - TOP];
  const step = Math.min(COLUMN_PX_MAX, innerWidth / Math.max(1, buckets.length));
  const yOf = (value: number): number => TOP + innerHeight * (1 - value / top);
  const everyNth = Math.max(1, Math.ceil(LABEL_PX / step));
  return (
    <div ref={place}>
      {/* biome-ignore lint/a11y/useSemanticElements: a drawing holds no fieldset */}
      <svg
        className="chart"
        width={width}
        height={HEIGHT}
        role="group"
        aria-label={`${of} over time; the table below names every stretch`}
      >
        {ticksOf(top).map((tick) => (
          <g key={tick}>
            <line className="grid" x1={LEFT} x2={width} y1={yOf(tick)} y2={yOf(tick)} />
            <text className="tick" x={LEFT - 6} y={yOf(tick)} textAnchor="end" dy="0.32em">
              {briefText(tick)}
            </text>
          </g>
        ))}
        {buckets.map((bucket, at) => (
          <Column
            key={bucket.since.getTime()}
            x={LEFT + at * step + (step * GAP_SHARE) / 2}
            width={Math.max(1, step * (1 - GAP_SHARE))}
            y={yOf(bucket.value)}
            bucket={bucket}
            title={`${bucketName(bucket, unit)}: ${briefText(bucket.value)} ${of}`}
            href={hrefOf(bucket)}
          />
        ))}
        {buckets.map((bucket, at) =>
          at % everyNth === 0 && LEFT + at * step + LABEL_PX * 0.75 < width ? (
            <text key={bucket.since.getTime()} className="tick" x={LEFT + at * step} y={HEIGHT - 6}>
              {FORMS[unit].format(bucket.since)}
            </text>
          ) : null,
        )}
      </svg>
    </div>
  );
}

type ColumnProps = {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly bucket: Bucket;
  readonly title: string;
  readonly href: string;
};

/** For the mouse; keys and readers of screens have the table. */
function Column({ x, y, width, bucket, title, href }: ColumnProps) {
  const base = HEIGHT - BOTTOM;
  if (bucket.value === 0) return null;
  return (
    <Link href={href} tabIndex={-1} aria-hidden>
      <rect className="reach" x={x} y={TOP} width={width} height={base - TOP} />
      <rect
        className="column"
        x={x}
        y={Math.min(y, base - 1)}
        width={width}
        height={Math.max(1, base - y)}
        rx={Math.min(2, width / 4)}
      >
        <title>{title}</title>
      </rect>
    </Link>
  );
}
