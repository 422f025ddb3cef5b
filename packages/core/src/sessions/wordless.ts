/**
 * What is kept of a message that is hidden: enough to count it, and none of its
 * words.
 *
 *   N9  A hidden message counts as it did when it was said, but for the names
 *       that its words gave: its keywords and its own tags are counted as
 *       HIDDEN. So it is the same whether it is hidden before it is counted or
 *       after.
 */
import { KEYWORDS_COUNTED } from "../analytics/counting.ts";
import { type Counts, NAMES_MAX, nameOf, OTHER, type Tally } from "../analytics/tally.ts";
import { isTag } from "../enrich/reading.ts";
import type { EnrichedMessage, Enrichment, Part } from "../message/message.ts";

/** What stands for words that are hidden. */
export const HIDDEN = "(hidden)";
/** The same as a tag. */
const HIDDEN_TAG = "@Hidden-Tag";

/** Tags that say how work stands: threads are counted by them, and no word of anybody's is in them. */
const OF_WORK: ReadonlySet<string> = new Set([
  "@Question-Open",
  "@Status-Blocked",
  "@Status-Ready",
  "@Decision-Made",
]);
/** Of what a source says beside a message: what it is counted by. */
const COUNTED_BY = ["user_id", "cwd", "stream"] as const;
const WORD = /[\p{L}\p{N}]/u;
const NOTHING = { matched: [], confidence: 0 } as const;

/** A message without its words. */
export function withoutWords(message: EnrichedMessage): EnrichedMessage {
  const parts: readonly Part[] = message.parts.some(isSpoken)
    ? [{ type: "text", content: HIDDEN }]
    : [];
  const kept = COUNTED_BY.filter((name) => message.meta[name] !== undefined);
  return {
    ...message,
    parts,
    text: parts.length === 0 ? "" : HIDDEN,
    meta: Object.fromEntries(kept.map((name) => [name, message.meta[name]])),
    enrichment: countedOnly(message.enrichment),
  };
}

function isSpoken(part: Part): boolean {
  return part.type === "text" && WORD.test(part.content);
}

function countedOnly(enrichment: Enrichment): Enrichment {
  const { chain_type, keywords, shl_tags, secrets } = enrichment;
  return {
    ...enrichment,
    keywords: keywords.map(() => HIDDEN),
    shl_tags: shl_tags.map((tag) => tagLeft(tag, chain_type)),
    secrets: secrets.map(({ kind }) => ({ kind, start: 0, end: 0 })),
    content_hash: "",
    explain: { chain_type: NOTHING, ace_tier: NOTHING, shl_tags: {}, dialogue_acts: {} },
  };
}

function tagLeft(tag: string, chain: string): string {
  if (OF_WORK.has(tag) || tag === `@Chain-${chain}`) return tag;
  // A tag of work stays one: how many messages have one is counted.
  return isTag(tag) && !tag.startsWith("@Chain-") ? HIDDEN_TAG : HIDDEN;
}

/**
 * The numbers of a row in which `message` is counted, as if it had been hidden
 * before. Null when nobody can say without counting again: a row with as many
 * names as it keeps has forgotten which of them came first.
 */
export function tallyWithout(tally: Tally, message: EnrichedMessage): Tally | null {
  const [had, has] = [message.enrichment, countedOnly(message.enrichment)];
  const tag = renamed(tally.tag, had.shl_tags, has.shl_tags);
  const first = ({ keywords }: Enrichment): readonly string[] =>
    keywords.slice(0, KEYWORDS_COUNTED);
  const keyword = renamed(tally.keyword, first(had), first(has));
  if (tag === null || keyword === null) return null;
  return { ...tally, ...(tag && { tag }), ...(keyword && { keyword }) };
}

/** Counts with some of their names given up for others. */
function renamed(
  counts: Counts | undefined,
  names: readonly string[],
  others: readonly string[],
): Counts | undefined | null {
  if (names.length === 0) return counts;
  const left: Record<string, number> = Object.assign(Object.create(null), counts);
  // The names that stand for others are two more at the most.
  if (left[OTHER] !== undefined || Object.keys(left).length + 2 > NAMES_MAX) return null;
  for (const [at, one] of names.entries()) {
    const [name, other] = [nameOf(one), nameOf(others[at] ?? HIDDEN)];
    const amount = left[name];
    if (amount === undefined) return null;
    if (amount === 1) Reflect.deleteProperty(left, name);
    else left[name] = amount - 1;
    left[other] = (left[other] ?? 0) + 1;
  }
  return left;
}
