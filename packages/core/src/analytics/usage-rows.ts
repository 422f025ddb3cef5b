/** What model calls used and cost, summed by whatever is asked for. Whole millionths of a dollar; unknown is not 0. */
import { addedUp, dayOfHour } from "./ranking.ts";
import type { ReportNumbers, UsageRow } from "./report-shape.ts";
import { type Counts, type Group, OTHER, type TallyRow, tallySum } from "./tally.ts";

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

type Used = Readonly<Partial<Record<Group, number>>>;

export function usageNumbers(
  rows: readonly TallyRow[],
): Pick<ReportNumbers, "tokens" | "cost" | "usage"> {
  const working = rows.filter(({ tally }) =>
    GROUPS_USED.some((group) => tally[group] !== undefined),
  );
  const all = usageRow("", usedIn(working));
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
      by_model: bounded(byModel(working), ROWS_SHOWN),
      by_day: byDay(working),
      by_project: bounded(
        by(working, ({ project }) => project),
        ROWS_SHOWN,
      ),
      by_speaker: bounded(
        by(working, ({ speaker }) => speaker),
        ROWS_SHOWN,
      ),
    },
  };
}

function byModel(rows: readonly TallyRow[]): ReadonlyMap<string, Used> {
  const sum = tallySum(rows);
  const names = new Set(GROUPS_USED.flatMap((group) => Object.keys(sum[group] ?? {})));
  return new Map([...names].map((name) => [name, usedOf((group) => sum[group]?.[name] ?? 0)]));
}

function byDay(rows: readonly TallyRow[]): readonly UsageRow[] {
  const days = [...by(rows, ({ hour }) => dayOfHour(hour))].map(([day, used]) =>
    usageRow(day, used),
  );
  return days.toSorted((a, b) => (a.name < b.name ? -1 : 1)).slice(-DAYS_SHOWN);
}

function by(rows: readonly TallyRow[], of: (row: TallyRow) => string): ReadonlyMap<string, Used> {
  const groups = Map.groupBy(rows, (row) => of(row) || "(none)");
  return new Map([...groups].map(([name, some]) => [name, usedIn(some)]));
}

function usedIn(rows: readonly TallyRow[]): Used {
  const sum = tallySum(rows);
  const all = (counts: Counts = {}): number => Object.values(counts).reduce((a, b) => a + b, 0);
  return usedOf((group) => all(sum[group]));
}

function usedOf(amount: (group: Group) => number): Used {
  return Object.fromEntries(addedUp(GROUPS_USED.map((group) => [group, amount(group)])));
}

/** Those that cost or used the most; the rest in one. */
function bounded(all: ReadonlyMap<string, Used>, max: number): readonly UsageRow[] {
  const rows = [...all].map(([name, used]) => ({ row: usageRow(name, used), used }));
  const inOrder = rows.toSorted((a, b) => byWeight(a.row, b.row));
  const rest = inOrder.slice(max).flatMap(({ used }) => Object.entries(used));
  const first = inOrder.slice(0, max).map(({ row }) => row);
  const added: Used = Object.fromEntries(addedUp(rest));
  return rest.length === 0 ? first : [...first, usageRow(OTHER, added)];
}

function byWeight(a: UsageRow, b: UsageRow): number {
  const cost = (b.cost_micro_usd ?? 0) - (a.cost_micro_usd ?? 0);
  return cost || b.total_tokens - a.total_tokens || b.calls - a.calls || (a.name < b.name ? -1 : 1);
}

function usageRow(name: string, used: Used): UsageRow {
  const of = (group: Group): number => used[group] ?? 0;
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
