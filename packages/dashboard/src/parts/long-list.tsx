/** A list of any length: only what can be seen is on the page, and more is asked for near its end. */
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from "react";
import { afterPaint } from "./after-paint.ts";
import { Boundary } from "./boundary.tsx";

/** Rows before the end at which more is asked for. */
const NEAR_END = 12;
/** Rows drawn beyond those that are seen, and how many when the list is drawn for the first time: the others come after it. */
const BEYOND = 8;
const BEYOND_AT_FIRST = 1;

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
  const overscan = useBeyond(rows.length > 0);
  const list = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => height,
    overscan,
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
  useStart(startAt ?? null, at !== -1, {
    go: () => list.scrollToIndex(at, { align: "start", behavior: "instant" }),
    isThere: () => isInView(place.current?.querySelector(`[data-index="${at}"]`) ?? null),
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

/** Rows to draw beyond those that are seen: few until these can be seen. */
function useBeyond(hasRows: boolean): number {
  const [isPainted, setPainted] = useState(false);
  useEffect(() => (hasRows ? afterPaint(() => setPainted(true)) : undefined), [hasRows]);
  return isPainted ? BEYOND : BEYOND_AT_FIRST;
}

/** Drawn inside of its boundary. */
function Drawn<Row>({ row, draw }: Pick<Props<Row>, "draw"> & { readonly row: Row }): ReactNode {
  return draw(row);
}

/** Rows are measured as they are drawn, and what is above may grow: going there may take several steps. */
const STEPS_MAX = 40;
const STEP_MS = 80;
/** There, and still there when all around it was measured. */
const THERE_MIN = 2;

type Going = { readonly go: () => void; readonly isThere: () => boolean };

/** Goes to a row once it is known, until it stands in view; whoever moves by himself is let go. */
function useStart(startAt: string | null, isKnown: boolean, going: Going): void {
  const latest = useRef(going);
  useEffect(() => {
    latest.current = going;
  });
  useEffect(() => {
    if (startAt === null || !isKnown) return;
    let [steps, there] = [0, 0];
    let timer: Timer | undefined;
    const step = (): void => {
      there = latest.current.isThere() ? there + 1 : 0;
      if (there === 0) latest.current.go();
      steps += 1;
      if (there < THERE_MIN && steps < STEPS_MAX) timer = setTimeout(step, STEP_MS);
    };
    const stop = (): void => clearTimeout(timer);
    step();
    for (const moved of MOVES) window.addEventListener(moved, stop, { passive: true });
    return () => {
      stop();
      for (const moved of MOVES) window.removeEventListener(moved, stop);
    };
  }, [startAt, isKnown]);
}

const MOVES = ["wheel", "touchmove", "keydown"] as const;
type Timer = ReturnType<typeof setTimeout>;

/** At the upper edge of what is seen, or as near to it as the end of the page lets it come. */
function isInView(row: Element | null): boolean {
  if (row === null) return false;
  const { top } = row.getBoundingClientRect();
  const { scrollY, innerHeight } = window;
  const isEnd = scrollY + innerHeight >= document.documentElement.scrollHeight - 2;
  return top > -2 && top < (isEnd ? innerHeight : innerHeight / 4);
}
