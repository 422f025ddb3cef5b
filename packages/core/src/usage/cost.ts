/**
 * What a model call cost, by list prices.
 *
 * Prices are data (prices.json): each row holds from its day on, for a model and
 * its dated names, until a later row of the same model. A row with
 * `prompt_above` is for calls whose prompt is longer than that.
 *
 *   Y1  What is not known costs null, never 0: an unknown model, a kind of token
 *       without a price, a count the source did not give.
 *   Y2  Whole micro-dollars, rounded once for the whole call.
 */
import type { Message, Usage } from "../message/message.ts";
import { countOf } from "../sources/json.ts";
import list from "./prices.json" with { type: "json" };

/** Micro-dollars for a million tokens of each kind. */
type Rates = {
  readonly input?: number;
  readonly output?: number;
  readonly cache_read?: number;
  readonly cache_write_5m?: number;
  readonly cache_write_1h?: number;
};

type Price = {
  readonly from: string;
  readonly provider: string;
  readonly model: string;
  readonly currency: string;
  readonly prompt_above?: number;
  readonly prices: Rates;
};

const PRICES: ReadonlyMap<string, readonly Price[]> = byModel(list.prices);
const TOKENS_PRICED = 1_000_000;
const MICRO = 1_000_000;

/** What a dated or otherwise marked name of a model adds to its name: "-20250929", "@20250929", "-2025-04-14", "-latest", "[1m]". */
const MARK = /(?:[-@]\d{8}|-\d{4}-\d\d-\d\d|-latest)?(?:\[1m\])?$/;

/** A source may leave out the kinds of cached tokens it does not count; these two it may not. */
const NEEDED = ["input", "output"] as const;
const CACHED = ["cache_read", "cache_write_5m", "cache_write_1h"] as const;

/** What a call made at `at` cost by list prices, in micro-dollars; null when that is not known. The kinds of tokens are counted apart: input is what no cache had. */
export function costOf(usage: Usage, model: string, at: string): number | null {
  const counts = countsOf(usage);
  const prompt = counts.input + counts.cache_read + counts.cache_write_5m + counts.cache_write_1h;
  const rates = ratesOf(model, at, prompt);
  if (rates === null) return null;
  let sum = 0;
  for (const kind of [...NEEDED, ...CACHED]) {
    // A count that is needed and not given is not a number, and makes none of the sum.
    const tokens = counts[kind];
    if (tokens !== 0) sum += tokens * (rates[kind] ?? Number.NaN);
  }
  return Number.isSafeInteger(Math.ceil(sum)) ? Math.round(sum / TOKENS_PRICED) : null;
}

/**
 * What the call of a message cost: what its source says, else by list prices;
 * undefined when neither is known. Messages of one `call_id` each bear the cost
 * of the whole call, as they do its usage: a sum takes the last of them.
 */
export function costOfMessage({ usage, model, meta, said_at }: Message): number | undefined {
  const told = countOf(usage?.cost_usd) ?? countOf(meta["cost_usd"]);
  if (told !== undefined) return microOf(told);
  if (usage === undefined || model === undefined) return undefined;
  return costOf(usage, model, said_at) ?? undefined;
}

function microOf(dollars: number): number | undefined {
  const micro = Math.round(dollars * MICRO);
  return Number.isSafeInteger(micro) ? micro : undefined;
}

/** The prices of a model on a day, for a prompt of so many tokens. */
function ratesOf(model: string, at: string, prompt: number): Rates | null {
  const rows = PRICES.get(model) ?? PRICES.get(model.replace(MARK, "")) ?? [];
  const holding = rows.filter(
    (row) => row.from <= at.slice(0, row.from.length) && prompt > (row.prompt_above ?? -1),
  );
  const above = Math.max(-1, ...holding.map((row) => row.prompt_above ?? -1));
  return holding.filter((row) => (row.prompt_above ?? -1) === above).at(-1)?.prices ?? null;
}

type Counts = Readonly<Record<(typeof NEEDED)[number] | (typeof CACHED)[number], number>>;

/** Posted usage may hold anything. */
function countsOf(usage: Usage): Counts {
  return {
    input: countOf(usage.input_tokens) ?? Number.NaN,
    output: countOf(usage.output_tokens) ?? Number.NaN,
    cache_read: countOf(usage.cache_read_tokens) ?? 0,
    cache_write_5m: countOf(usage.cache_write_5m_tokens) ?? 0,
    cache_write_1h: countOf(usage.cache_write_1h_tokens) ?? 0,
  };
}

/** The rows of each model, oldest first. */
function byModel(prices: readonly Price[]): ReadonlyMap<string, readonly Price[]> {
  const found = new Map<string, Price[]>();
  for (const row of prices.toSorted((a, b) => (a.from < b.from ? -1 : 1)))
    found.set(row.model, [...(found.get(row.model) ?? []), row]);
  return found;
}
