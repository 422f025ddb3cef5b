/** What model calls used and cost, summed by whatever is asked for. Whole millionths of a dollar; unknown is not 0. */
import { dayOfHour, NAMELESS } from "./ranking.ts";
import type { ReportNumbers, UsageRow } from "./report-shape.ts";
import { type Group, OTHER, type Tally, type TallyRow, tallySum } from "./tally.ts";

const ROWS_SHOWN = 200;
/** A year of days, and a leap one. */
const DAYS_SHOWN = 366;

const GROUPS_USED = [
  "call",
  "unpriced",
  "cost_micro_usd",
  "input_tokens",
  "output_tokens",
  "cache_read_tokens",
  "cache_write_5m_tokens",
  "cache_write_1h_tokens",
] as const satisfies readonly Group[];

/** Amounts in the order of GROUPS_USED. */
type Used = readonly number[];
type Place = Omit<TallyRow, "tally"> & { readonly used: Used };
const NONE: Used = GROUPS_USED.map(() => 0);

/** What the calls in rows used; their sum is given where it is known already. */
export function usageNumbers(
  rows: readonly TallyRow[],
  sum: Tally = tallySum(rows),
): Pick<ReportNumbers, "tokens" | "cost" | "usage"> {
  const places = rows.flatMap(({ tally, ...place }) => {
    const used = usedIn(tally);
    return used === NONE ? [] : [{ ...place, used }];
  });
  const all = usageRow("", usedIn(sum));
  return {
    tokens: {
      input: all.input_tokens,
      output: all.output_tokens,
      cache_read: all.cache_read_tokens,
      cache_write: all.cache_write_tokens,
      total: all.total_tokens,
    },
    cost: {
      micro_usd: all.cost_micro_usd,
      calls: all.calls,
      unpriced_calls: all.unpriced_calls,
    },
    usage: {
      by_model: bounded(byModel(sum), ROWS_SHOWN),
      by_day: byDay(places),
      by_project: bounded(
        by(places, ({ project }) => project),
        ROWS_SHOWN,
      ),
      by_speaker: bounded(
        by(places, ({ speaker }) => speaker),
        ROWS_SHOWN,
      ),
    },
  };
}

/** What a tally says was used by all models; NONE where it says nothing. */
function usedIn(tally: Tally): Used {
  if (GROUPS_USED.every((group) => tally[group] === undefined)) return NONE;
  return GROUPS_USED.map((group) => {
    let sum = 0;
    for (const amount of Object.values(tally[group] ?? {})) sum += amount;
    return sum;
  });
}

function byModel(sum: Tally): ReadonlyMap<string, Used> {
  const names = new Set(GROUPS_USED.flatMap((group) => Object.keys(sum[group] ?? {})));
  const all = [...names].map(
    (name) => [name, GROUPS_USED.map((group) => sum[group]?.[name] ?? 0)] as const,
  );
  // Calls whose model was told later are that model's.
  return new Map(all.filter(([, used]) => used.some((amount) => amount !== 0)));
}

function byDay(places: readonly Place[]): readonly UsageRow[] {
  const days = [...by(places, ({ hour }) => dayOfHour(hour))].map(([day, used]) =>
    usageRow(day, used),
  );
  return days.toSorted((a, b) => (a.name < b.name ? -1 : 1)).slice(-DAYS_SHOWN);
}

function by(places: readonly Place[], of: (place: Place) => string): ReadonlyMap<string, Used> {
  const sums = new Map<string, number[]>();
  for (const place of places) {
    const name = of(place) || NAMELESS;
    const into = sums.get(name);
    if (into === undefined) sums.set(name, [...place.used]);
    else addUsed(into, place.used);
  }
  return sums;
}

function addUsed(into: number[], used: Used): void {
  for (const [at, amount] of used.entries()) into[at] = (into[at] ?? 0) + amount;
}

/** Those that cost or used the most; the rest in one. */
function bounded(all: ReadonlyMap<string, Used>, max: number): readonly UsageRow[] {
  const rows = [...all].map(([name, used]) => ({ row: usageRow(name, used), used }));
  const inOrder = rows.toSorted((a, b) => byWeight(a.row, b.row));
  const first = inOrder.slice(0, max).map(({ row }) => row);
  if (inOrder.length <= max) return first;
  const rest = [...NONE];
  for (const { used } of inOrder.slice(max)) addUsed(rest, used);
  return [...first, usageRow(OTHER, rest)];
}

function byWeight(a: UsageRow, b: UsageRow): number {
  const cost = (b.cost_micro_usd ?? 0) - (a.cost_micro_usd ?? 0);
  return cost || b.total_tokens - a.total_tokens || b.calls - a.calls || (a.name < b.name ? -1 : 1);
}

function usageRow(name: string, used: Used): UsageRow {
  const of = (group: (typeof GROUPS_USED)[number]): number => used[GROUPS_USED.indexOf(group)] ?? 0;
  const tokens = {
    input_tokens: of("input_tokens"),
    output_tokens: of("output_tokens"),
    cache_read_tokens: of("cache_read_tokens"),
    cache_write_tokens: of("cache_write_5m_tokens") + of("cache_write_1h_tokens"),
  };
  const cost = of("cost_micro_usd");
  const isPriced = cost !== 0 || of("call") > of("unpriced");
  return {
    name,
    calls: of("call"),
    unpriced_calls: of("unpriced"),
    ...tokens,
    total_tokens: Object.values(tokens).reduce((sum, one) => sum + one, 0),
    cost_micro_usd: isPriced ? cost : null,
  };
}
