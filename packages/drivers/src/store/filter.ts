/** Filters of messages: as facets of the text index, as SQL, and as a check of one message. */
import { type EnrichedMessage, type Facet, facetTerm, type MessageFilter } from "@verbatim/core";

const FACETS: readonly (readonly [keyof MessageFilter, Facet])[] = [
  ["session", "session"],
  ["source", "source"],
  ["role", "role"],
  ["author", "author"],
  ["user", "author"],
  ["chain_type", "chain_type"],
  ["ace_tier", "ace_tier"],
  ["tag", "tag"],
];

/** The filter as terms of the index. Times are not among them: `passes` looks at those. */
export function facetsOf(filter: MessageFilter): readonly string[] {
  return FACETS.flatMap(([name, facet]) => {
    const value = filter[name];
    return typeof value === "string" ? [facetTerm(facet, value)] : [];
  });
}

/** What of the filter the index cannot say, or says of another taxonomy while everything is counted again. */
export function passes(message: EnrichedMessage, filter: MessageFilter): boolean {
  const { chain_type, ace_tier, shl_tags } = message.enrichment;
  if (filter.chain_type !== undefined && filter.chain_type !== chain_type) return false;
  if (filter.ace_tier !== undefined && filter.ace_tier !== ace_tier) return false;
  if (filter.tag !== undefined && !shl_tags.includes(filter.tag)) return false;
  if (filter.since !== undefined && message.said_at < filter.since) return false;
  return filter.until === undefined || message.said_at < filter.until;
}

/** The filter as conditions, with values numbered from `first`. */
export function conditionsOf(
  filter: MessageFilter,
  first: number,
): { readonly sql: readonly string[]; readonly values: readonly unknown[] } {
  const sql: string[] = [];
  const values: unknown[] = [];
  const and = (condition: (place: string) => string, value: unknown): void => {
    if (value === undefined) return;
    values.push(value);
    sql.push(condition(`$${first + values.length - 1}`));
  };
  and((at) => `session_id = ${at}`, filter.session);
  and((at) => `source = ${at}`, filter.source);
  and((at) => `role = ${at}`, filter.role);
  and((at) => `author_name = ${at}`, filter.author);
  and((at) => `author_name = ${at} AND role = 'user'`, filter.user);
  and((at) => `chain_type = ${at}`, filter.chain_type);
  and((at) => `ace_tier = ${at}`, filter.ace_tier);
  and((at) => `enrichment->'shl_tags' ? ${at}`, filter.tag);
  and((at) => `said_at >= ${at}`, filter.since);
  and((at) => `said_at < ${at}`, filter.until);
  if (filter.records !== true) sql.push("kind = 'message'");
  return { sql, values };
}
