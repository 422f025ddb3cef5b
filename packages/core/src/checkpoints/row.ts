/**
 * A checkpoint as a table: the columns of an export, and what was heard. One
 * message, one row; an entry of which nothing was understood, or that is
 * withheld, is a row too, whose `kind` says so.
 *
 *   C25  The `raw` of all rows in the order of `seq` is what was heard: it stands
 *        on the first row of its entry, once.
 */
import { type Cell, COLUMNS, type Column, type Row, rowOf } from "../export/row.ts";
import { msOf } from "../message/time.ts";
import type { CheckpointEntry } from "./line.ts";

/** What is known of every entry, also of one that holds no message. */
const ALWAYS: ReadonlySet<string> = new Set([
  "seq",
  "sub",
  "source",
  "heard_at",
  "kind",
  "raw_bytes",
]);

/** The columns, in the order of a row's cells. */
export const CHECKPOINT_COLUMNS: readonly Column[] = [
  ...COLUMNS.map((column) => ({ ...column, always: ALWAYS.has(column.name) })),
  { name: "key", type: "text", always: true },
  { name: "why", type: "text", always: false },
  { name: "raw", type: "bytes", always: false },
];

/** The rows of an entry. */
export function rowsOf(entry: CheckpointEntry): readonly Row[] {
  const { messages, raw, key, aside } = entry;
  if (raw === null || messages.length === 0) return [bareRow(entry)];
  return messages.map((message, at) => [
    ...rowOf(message, { raw }),
    key.toWellFormed(),
    aside?.toWellFormed() ?? null,
    at === 0 ? raw : null,
  ]);
}

/** Where there is no message to read it from. */
function bareRow({ seq, source, at, key, raw, aside, withheld }: CheckpointEntry): Row {
  const known: Readonly<Record<string, Cell>> = {
    ...{ seq, sub: 0, source, heard_at: msOf(at), key: key.toWellFormed(), raw },
    kind: withheld === null ? "aside" : "withheld",
    raw_bytes: withheld?.bytes ?? raw?.length ?? 0,
    why: (withheld?.why ?? aside)?.toWellFormed() ?? null,
  };
  return CHECKPOINT_COLUMNS.map(({ name, type }) => known[name] ?? (type === "texts" ? [] : null));
}
