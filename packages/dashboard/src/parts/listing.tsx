/** A listing as every page shows it: its rows, or why there are none, and whether more come. */
import type { Listing as Answer } from "@verbatim/api/contract";
import type { ReactNode } from "react";
import type { Rows } from "../asking/pages.ts";
import { LongList } from "./long-list.tsx";
import { Trouble, Waiting } from "./states.tsx";

type Props<Row> = {
  readonly found: Rows<Row, Answer<Row>>;
  readonly keyOf: (row: Row) => string;
  readonly draw: (row: Row) => ReactNode;
  /** A guess of a row's, in pixels. */
  readonly height: number;
  /** What is listed. */
  readonly label: string;
  /** Shown where everything was asked and there is nothing. */
  readonly empty: ReactNode;
};

export function Listing<Row>({ found, keyOf, draw, height, label, empty }: Props<Row>) {
  const { rows, hasMore, isAsking, problem, more, again } = found;
  const list = (
    <LongList rows={rows} keyOf={keyOf} draw={draw} height={height} label={label} more={more} />
  );
  const none = isAsking ? <Waiting what={label} /> : problem === null ? empty : null;
  return (
    <>
      {problem === null ? null : <Trouble problem={problem} again={again} />}
      {rows.length > 0 ? list : none}
      {hasMore ? <p className="soft">more below …</p> : null}
    </>
  );
}
