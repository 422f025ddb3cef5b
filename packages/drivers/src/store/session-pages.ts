/** Pages by seq: where one begins, and where the next one does. */
import type { Paged, PagedAsk } from "@verbatim/core/sessions";

/** Where to begin, and in which direction to go. */
export function placeOf({ after_seq, before_seq }: PagedAsk): {
  readonly from: number;
  readonly sign: "<" | ">";
  readonly order: "ASC" | "DESC";
} {
  return before_seq === undefined
    ? { from: after_seq ?? -1, sign: ">", order: "ASC" }
    : { from: before_seq, sign: "<", order: "DESC" };
}

/** A page out of more rows than were asked for, those of one seq together; only with rows beyond is there a next one. (D4) */
export function pageOf<Row>(
  found: readonly Row[],
  limit: number,
  seqOf: (row: Row) => number,
): Paged<Row> {
  const last = found[limit - 1];
  if (last === undefined) return { rows: found, next_seq: null };
  const end = seqOf(last);
  const beyond = found.findIndex((row, at) => at >= limit && seqOf(row) !== end);
  return beyond === -1
    ? { rows: found, next_seq: null }
    : { rows: found.slice(0, beyond), next_seq: end };
}
