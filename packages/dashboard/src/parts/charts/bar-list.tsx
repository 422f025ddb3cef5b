/** Names with how many there are of each, the most first; each leads to what is behind it. */
import type { ReactNode } from "react";
import { Link } from "wouter";
import { shareText, topOf } from "./scale.ts";
import { useWidth } from "./width.ts";

export type Bar = {
  readonly name: string;
  readonly value: number;
  /** As it is shown; the number itself where nothing is said. */
  readonly text: string;
  /** Of all, 0 to 1; null where a share says nothing. */
  readonly share: number | null;
  readonly href: string | null;
};

const ROW = 27;
const NUMBER_PX = 112;
const NAME_PX_MAX = 230;
const NAME_SHARE = 0.42;
const CHAR_PX = 7.2;

type Props = {
  readonly bars: readonly Bar[];
  readonly label: string;
  /** What a whole bar is; the largest where nothing is said. */
  readonly top?: number;
};

export function BarList({ bars, label, top: whole }: Props) {
  const [place, width] = useWidth<HTMLDivElement>();
  const namePx = Math.min(NAME_PX_MAX, width * NAME_SHARE);
  const barPx = Math.max(10, width - namePx - NUMBER_PX);
  const top = whole ?? topOf(bars.map(({ value }) => value));
  return (
    <div ref={place}>
      {/* biome-ignore lint/a11y/useSemanticElements: a drawing holds no fieldset */}
      <svg
        className="chart"
        width={width}
        height={bars.length * ROW}
        role="group"
        aria-label={label}
      >
        {bars.map((bar, at) => (
          <Row key={bar.name} bar={bar} y={at * ROW}>
            <text className="bar-name" x={0} y={at * ROW + ROW / 2} dy="0.32em">
              {shortened(bar.name, Math.floor(namePx / CHAR_PX))}
            </text>
            <rect
              className="bar-fill"
              x={namePx}
              y={at * ROW + 6}
              width={Math.max(1, (barPx * bar.value) / top)}
              height={ROW - 12}
              rx={2}
            />
            <text
              className="bar-number"
              x={width - 2}
              y={at * ROW + ROW / 2}
              dy="0.32em"
              textAnchor="end"
            >
              {bar.text}
              {bar.share === null ? "" : ` · ${shareText(bar.share)}`}
            </text>
          </Row>
        ))}
      </svg>
    </div>
  );
}

function Row({
  bar,
  y,
  children,
}: {
  readonly bar: Bar;
  readonly y: number;
  readonly children: ReactNode;
}) {
  const all = (
    <>
      <rect className="reach" x={0} y={y} width="100%" height={ROW}>
        <title>{bar.name}</title>
      </rect>
      {children}
    </>
  );
  const { href } = bar;
  if (href === null) return <g>{all}</g>;
  if (href.startsWith("#"))
    return (
      <a href={href} className="bar">
        {all}
      </a>
    );
  return (
    <Link href={href} className="bar">
      {all}
    </Link>
  );
}

/** The end of a path says more than its beginning. */
function shortened(name: string, chars: number): string {
  if (name.length <= chars) return name;
  return name.includes("/") ? `…${name.slice(1 - chars)}` : `${name.slice(0, chars - 1)}…`;
}
