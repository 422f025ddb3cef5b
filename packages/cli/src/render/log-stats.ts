/**
 * What a journal holds, counted message by message in constant memory but for
 * the names and a number for each id, and how it is shown. Pure.
 *
 * A message of an id that was counted already is a repeat: counted as that and
 * as nothing else.
 */
import type { EnrichedMessage } from "@verbatim/core";
import type { Surface } from "../surface.ts";
import { columns, countText, manyText } from "./text.ts";

/** Names counted apart; those of a journal with more are counted together. */
const NAMES_MAX = 10_000;
const REST = "(others)";
const TIERS = ["A", "C", "E", "unclassified"] as const;

export type LogStats = {
  readonly messages: number;
  /** Later records of messages that are counted. */
  readonly repeats: number;
  readonly tiers: Readonly<Record<string, number>>;
  readonly chains: Readonly<Record<string, number>>;
  readonly senders: Readonly<Record<string, number>>;
  readonly sources: Readonly<Record<string, number>>;
  readonly first_said_at: string | null;
  readonly last_said_at: string | null;
};

/** Counts messages. */
export interface Tally {
  add(message: EnrichedMessage): void;
  stats(): LogStats;
}

/** Nothing is counted yet. `hash` makes a number of an id, so that ids need little room. */
export function openTally(hash: (text: string) => number | bigint): Tally {
  const seen = new Set<number | bigint>();
  const counts = { tiers: new Map(), chains: new Map(), senders: new Map(), sources: new Map() };
  let messages = 0;
  let repeats = 0;
  let first: string | null = null;
  let last: string | null = null;
  return {
    add: ({ id, enrichment, author, source, said_at }) => {
      const key = hash(`${source}\0${id}`);
      if (seen.has(key)) {
        repeats += 1;
        return;
      }
      seen.add(key);
      messages += 1;
      count(counts.tiers, enrichment.ace_tier);
      count(counts.chains, enrichment.chain_type);
      count(counts.senders, author.name);
      count(counts.sources, source);
      if (first === null || said_at < first) first = said_at;
      if (last === null || said_at > last) last = said_at;
    },
    stats: () => ({
      messages,
      repeats,
      tiers: mostFirst(counts.tiers),
      chains: mostFirst(counts.chains),
      senders: mostFirst(counts.senders),
      sources: mostFirst(counts.sources),
      first_said_at: first,
      last_said_at: last,
    }),
  };
}

function count(counts: Map<string, number>, name: string): void {
  const as = counts.size < NAMES_MAX || counts.has(name) ? name : REST;
  counts.set(as, (counts.get(as) ?? 0) + 1);
}

function mostFirst(counts: ReadonlyMap<string, number>): Readonly<Record<string, number>> {
  return Object.fromEntries(
    [...counts].toSorted(([a, many], [b, more]) => more - many || (a < b ? -1 : 1)),
  );
}

/** Blocks: tiers with their shares, domains, senders, sources, the time between. */
export function statsText(
  stats: LogStats,
  { colours, widthOf }: Pick<Surface, "colours" | "widthOf">,
): string {
  const { bold, dim } = colours;
  const block = (title: string, rows: readonly (readonly string[])[]): string =>
    `${bold(title)}\n${rows.length === 0 ? dim("  none") : columns(rows, widthOf, [2, 3])}`;
  const named = (counts: Readonly<Record<string, number>>): readonly (readonly string[])[] =>
    Object.entries(counts).map(([name, many]) => ["", name, countText(many)]);
  const tiers = TIERS.map((tier) => {
    const many = stats.tiers[tier] ?? 0;
    const share = stats.messages === 0 ? 0 : (100 * many) / stats.messages;
    return ["", tier, countText(many), `${share.toFixed(1)} %`];
  });
  return [
    `${bold("Messages")} ${countText(stats.messages)}${stats.repeats === 0 ? "" : dim(`, and ${manyText(stats.repeats, "record")} that repeat one of them and are not counted`)}`,
    block("Tiers", tiers),
    block("Domain chains", named(stats.chains)),
    block("Senders", named(stats.senders)),
    block("Sources", named(stats.sources)),
    `${bold("Time range")}\n  from ${stats.first_said_at ?? "-"}\n  to   ${stats.last_said_at ?? "-"}`,
    "",
  ].join("\n\n");
}
