/** When in the week: an hour is darker the more was said in it. Arrow keys lead through it. */
import { type KeyboardEvent, useEffect, useRef } from "react";
import { briefText } from "./scale.ts";
import type { Cell } from "./times.ts";
import { useWidth } from "./width.ts";

const LEFT = 40;
const TOP = 18;
const ROW_MAX = 26;
const WEEK: readonly string[] = Array.from({ length: 7 }, (_, day) =>
  new Intl.DateTimeFormat(undefined, { weekday: "short" }).format(new Date(2026, 0, 5 + day)),
);

type Props = {
  readonly cells: readonly Cell[];
  readonly of: string;
  /** The place of the cell that is looked at, 0 to 167, or null. */
  readonly chosen: number | null;
  readonly choose: (place: number) => void;
};

/** "Mon 14:00". */
export function cellName({ weekday, hour }: Pick<Cell, "weekday" | "hour">): string {
  return `${WEEK[weekday]} ${String(hour).padStart(2, "0")}:00`;
}

export function HeatMap({ cells, of, chosen, choose }: Props) {
  const [place, width] = useWidth<HTMLDivElement>();
  const drawing = useRef<SVGSVGElement>(null);
  const wasMoved = useRef(false);
  const step = (width - LEFT) / 24;
  const row = Math.min(ROW_MAX, Math.max(14, step));
  const most = Math.max(1, ...cells.map(({ value }) => value));
  const at = chosen ?? busiest(cells);
  useEffect(() => {
    if (!wasMoved.current) return;
    wasMoved.current = false;
    drawing.current?.querySelector<SVGElement>('[tabindex="0"]')?.focus();
  });
  const move = (event: KeyboardEvent): void => {
    const by = MOVES[event.key];
    if (by === undefined) return;
    event.preventDefault();
    wasMoved.current = true;
    choose((at + by + 168) % 168);
  };
  return (
    <div ref={place}>
      {/* biome-ignore lint/a11y/useSemanticElements: a drawing holds no fieldset */}
      <svg
        ref={drawing}
        className="chart heat"
        width={width}
        height={TOP + 7 * row}
        role="group"
        aria-label={`${of} by hour of the week; arrow keys move`}
        onKeyDown={move}
      >
        {[0, 6, 12, 18].map((hour) => (
          <text key={hour} className="tick" x={LEFT + hour * step} y={11}>
            {`${String(hour).padStart(2, "0")}:00`}
          </text>
        ))}
        {WEEK.map((day, weekday) => (
          <text key={day} className="tick" x={0} y={TOP + weekday * row + row / 2} dy="0.32em">
            {day}
          </text>
        ))}
        {cells.map((cell, one) => (
          // biome-ignore lint/a11y/useSemanticElements: there is no button in a drawing
          <rect
            key={cellName(cell)}
            role="button"
            tabIndex={one === at ? 0 : -1}
            aria-pressed={one === chosen}
            aria-label={`${cellName(cell)}: ${briefText(cell.value)} ${of}`}
            className={cell.value === 0 ? "heat-none" : "heat-some"}
            fillOpacity={cell.value === 0 ? undefined : 0.15 + 0.85 * Math.sqrt(cell.value / most)}
            x={LEFT + cell.hour * step + 1}
            y={TOP + cell.weekday * row + 1}
            width={Math.max(1, step - 2)}
            height={row - 2}
            rx={2}
            onClick={() => choose(one)}
            onKeyDown={(event) => {
              if (event.key !== "Enter" && event.key !== " ") return;
              event.preventDefault();
              choose(one);
            }}
          >
            <title>{`${cellName(cell)}: ${briefText(cell.value)} ${of}`}</title>
          </rect>
        ))}
      </svg>
    </div>
  );
}

const MOVES: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowRight: 1,
  ArrowUp: -24,
  ArrowDown: 24,
};

function busiest(cells: readonly Cell[]): number {
  return cells.reduce((best, { value }, at) => (value > (cells[best]?.value ?? 0) ? at : best), 0);
}
