/** Counts by name, put in order: largest first, equal ones by name, bounded. */
import { type Counts, OTHER, type TallyRow } from "./tally.ts";

/** Names a report lists of one kind; what lies beyond is summed under OTHER. */
const NAMES_SHOWN = 200;
/** What has no name of its own. */
export const NAMELESS = "(none)";

export type Amounts = Iterable<readonly [name: string, amount: number]>;

/** Amounts of the same name added up; without those that are 0. */
export function addedUp(amounts: Amounts): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const [name, amount] of amounts) {
    const shown = name === "" ? NAMELESS : name;
    sums.set(shown, (sums.get(shown) ?? 0) + amount);
  }
  for (const [name, sum] of sums) if (sum === 0) sums.delete(name);
  return sums;
}

/** The largest first. OTHER is the last, whatever is in it. */
export function ranked(amounts: Amounts): readonly (readonly [string, number])[] {
  const isOther = ([name]: readonly [string, number]): number => (name === OTHER ? 1 : 0);
  return [...amounts].toSorted(
    (a, b) => isOther(a) - isOther(b) || b[1] - a[1] || (a[0] < b[0] ? -1 : 1),
  );
}

/** The first so many of what is in order, and the sum of the rest. */
export function shownCounts(amounts: Amounts, max: number = NAMES_SHOWN): Counts {
  const all = ranked(addedUp(amounts));
  const first = all.slice(0, max);
  const rest = all.slice(max).map(([, amount]) => [OTHER, amount] as const);
  return asCounts(addedUp([...first, ...rest]));
}

/** Without a prototype: "constructor" is a name like any other. */
function asCounts(amounts: Amounts): Counts {
  const counts: Record<string, number> = Object.create(null);
  for (const [name, amount] of amounts) counts[name] = amount;
  return counts;
}

/** What messages that count add, by anything the rows are told apart by. */
export function countedBy(
  rows: readonly TallyRow[],
  of: (row: TallyRow) => string,
): ReadonlyMap<string, number> {
  return addedUp(rows.map((row) => [of(row), row.tally.message?.["counted"] ?? 0]));
}

export function dayOfHour(hour: string): string {
  return hour.slice(0, "2026-11-21".length);
}
