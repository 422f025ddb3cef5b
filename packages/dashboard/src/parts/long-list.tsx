/** A list of any length: only what can be seen is on the page, and more is asked for near its end. */
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from "react";
import { Boundary } from "./boundary.tsx";

/** Rows before the end at which more is asked for. */
const NEAR_END = 12;

type Props<Row> = {
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  readonly draw: (row: Row) => ReactNode;
  /** A guess, in pixels; rows are measured when they are there. */
  readonly height: number;
  readonly label: string;
  readonly more?: () => void;
  /** The row to begin at, by its key. */
  readonly startAt?: string | null;
};

export function LongList<Row>({ rows, keyOf, draw, height, label, more, startAt }: Props<Row>) {
  const place = useRef<HTMLUListElement>(null);
  const [top, setTop] = useState(0);
  // What stands above may come later than the list.
  useLayoutEffect(() => setTop(place.current?.offsetTop ?? 0));
  const list = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => height,
    overscan: 8,
    scrollMargin: top,
    getItemKey: (at) => {
      const row = rows[at];
      return row === undefined ? at : keyOf(row);
    },
  });
  const seen = list.getVirtualItems();
  const last = seen.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= rows.length - NEAR_END) more?.();
  }, [last, rows.length, more]);
  const at = (startAt ?? null) === null ? -1 : rows.findIndex((row) => keyOf(row) === startAt);
  useStart(startAt ?? null, {
    at,
    isSeen: seen.some(({ index }) => index === at),
    go: () => list.scrollToIndex(at, { align: "start" }),
  });
  return (
    <ul ref={place} aria-label={label} className="long" style={{ height: list.getTotalSize() }}>
      {seen.map(({ key, index, start }) => {
        const row = rows[index];
        return row === undefined ? null : (
          <li
            key={key}
            aria-setsize={rows.length}
            aria-posinset={index + 1}
            data-index={index}
            ref={list.measureElement}
            className="long-row"
            style={{ transform: `translateY(${start - list.options.scrollMargin}px)` }}
          >
            <Boundary instead={<p className="trouble">This one cannot be shown here.</p>}>
              <Drawn row={row} draw={draw} />
            </Boundary>
          </li>
        );
      })}
    </ul>
  );
}

/** Drawn inside of its boundary. */
function Drawn<Row>({ row, draw }: Pick<Props<Row>, "draw"> & { readonly row: Row }): ReactNode {
  return draw(row);
}

/** Rows are measured as they are drawn, and what is above may grow: going there may take several steps. */
const STEPS_MAX = 30;
const STEP_MS = 80;

type Going = { readonly at: number; readonly isSeen: boolean; readonly go: () => void };

/** Goes to a row once it is there, until it is drawn; after that whoever reads moves by himself. */
function useStart(startAt: string | null, { at, isSeen, go }: Going): void {
  const going = useRef<{ readonly to: string; steps: number } | null>(null);
  const [, again] = useState(0);
  useEffect(() => {
    if (startAt === null || at === -1) return;
    if (going.current?.to !== startAt) going.current = { to: startAt, steps: 0 };
    else if (isSeen) going.current.steps = STEPS_MAX;
    if (going.current.steps >= STEPS_MAX) return;
    going.current.steps += 1;
    go();
    const timer = setTimeout(() => again((count) => count + 1), STEP_MS);
    return () => clearTimeout(timer);
  });
}
