/** Rows of numbers as questions about them are answered: over time, and by name. Pure. */
import { type Counts, type Group, type TallyRow, tallySum } from "@verbatim/core";
import type { Moment, Named } from "./contract.ts";

/** Of what a breakdown may be. */
export const BREAKDOWNS = [
  "speakers",
  "projects",
  "pairs",
  "roles",
  "sources",
  "standings",
  "domains",
  "tiers",
  "tags",
  "acts",
  "keywords",
  "languages",
  "tools",
  "models",
] as const;
export type Breakdown = (typeof BREAKDOWNS)[number];

/** The group of the numbers that tells it, where one alone does. */
const GROUP_OF: Readonly<Record<Exclude<Breakdown, "speakers" | "projects" | "pairs">, Group>> = {
  roles: "role",
  sources: "source",
  standings: "message",
  domains: "chain",
  tiers: "tier",
  tags: "tag",
  acts: "act",
  keywords: "keyword",
  languages: "language",
  tools: "tool_call",
  models: "call",
};

/** What a moment of a timeline tells of. */
const MOMENT_GROUPS: readonly Group[] = [
  "message",
  "sum",
  "tool_call",
  "input_tokens",
  "output_tokens",
];

/** The project of what was said in none. */
const NOWHERE = "(none)";

/** What was said in each day or hour in which anything was. */
export function timelineOf(rows: readonly TallyRow[], by: "day" | "hour"): readonly Moment[] {
  const times = grouped(rows, ({ hour }) => (by === "day" ? hour.slice(0, 10) : hour));
  return [...times]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([at, some]) => {
      const sum = tallySum(some, MOMENT_GROUPS);
      return {
        at,
        messages: sum.message?.["all"] ?? 0,
        counted: sum.message?.["counted"] ?? 0,
        words: sum.sum?.["words"] ?? 0,
        tool_calls: totalOf(sum.tool_call),
        tokens: totalOf(sum.input_tokens) + totalOf(sum.output_tokens),
      };
    });
}

/** How many of each name, the most first. */
export function breakdownOf(rows: readonly TallyRow[], of: Breakdown): readonly Named[] {
  const named = of === "pairs" ? pairsOf(rows) : namesOf(rows, of);
  const total = named.reduce((sum, one) => sum + one.count, 0);
  return named
    .map((one) => ({ ...one, share: total === 0 ? 0 : one.count / total }))
    .toSorted((a, b) => b.count - a.count || compare(a.name, b.name) || compare(a.to, b.to));
}

type Unshared = Omit<Named, "share">;

function namesOf(rows: readonly TallyRow[], of: Exclude<Breakdown, "pairs">): readonly Unshared[] {
  if (of === "speakers") return countedBy(rows, (row) => row.speaker);
  if (of === "projects") return countedBy(rows, ({ project }) => project || NOWHERE);
  const sum = tallySum(rows, [GROUP_OF[of], "tool_error"]);
  const found = Object.entries(sum[GROUP_OF[of]] ?? {})
    .map(([name, count]) => ({ name, count }))
    .filter(({ count }) => count !== 0);
  if (of === "standings") return found.filter(({ name }) => name !== "all");
  if (of !== "tools") return found;
  return found.map((one) => ({ ...one, errors: sum.tool_error?.[one.name] ?? 0 }));
}

/** Counted messages by something a row is of. */
function countedBy(
  rows: readonly TallyRow[],
  keyOf: (row: TallyRow) => string,
): readonly Unshared[] {
  return [...grouped(rows, keyOf)]
    .map(([name, some]) => ({ name, count: tallySum(some, ["message"]).message?.["counted"] ?? 0 }))
    .filter(({ count }) => count > 0);
}

/** Who speaks to whom, where the receiver is known. */
function pairsOf(rows: readonly TallyRow[]): readonly Unshared[] {
  return [...grouped(rows, (row) => row.speaker)].flatMap(([name, some]) =>
    Object.entries(tallySum(some, ["receiver"]).receiver ?? {}).map(([to, count]) => ({
      name,
      to,
      count,
    })),
  );
}

function grouped(
  rows: readonly TallyRow[],
  keyOf: (row: TallyRow) => string,
): ReadonlyMap<string, readonly TallyRow[]> {
  return Map.groupBy(rows, keyOf);
}

function totalOf(counts: Counts = {}): number {
  return Object.values(counts).reduce((sum, one) => sum + one, 0);
}

function compare(a = "", b = ""): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
