/**
 * Filters of messages: as facets of the text index, as SQL, and as a check of one message.
 *
 *   A30  A question with a model is answered with what that model said and
 *        nothing else, in listings and in searches; a listing with a project, with
 *        what was said in its sessions; one of what counts, or of a keyword, with
 *        what is counted so.
 */
import {
  type EnrichedMessage,
  type Facet,
  facetTerm,
  isOf,
  KEYWORDS_COUNTED,
  type MessageFilter,
  OWNING_SOURCES,
} from "@verbatim/core";

const FACETS: readonly (readonly [keyof MessageFilter, Facet])[] = [
  ["session", "session"],
  ["source", "source"],
  ["role", "role"],
  ["author", "author"],
  ["user", "author"],
  ["chain_type", "chain_type"],
  ["ace_tier", "ace_tier"],
  ["tag", "tag"],
  ["whose", "whose"],
];

/** The filter as terms of the index. Times are not among them: `passes` looks at those. */
export function facetsOf(filter: MessageFilter): readonly string[] {
  return FACETS.flatMap(([name, facet]) => {
    const value = filter[name];
    return typeof value === "string" ? [facetTerm(facet, value)] : [];
  });
}

/** What of the filter the index cannot say: of the beginning of a long name only, or of another taxonomy while everything is counted again. */
export function passes(message: EnrichedMessage, filter: MessageFilter): boolean {
  const { chain_type, ace_tier, shl_tags } = message.enrichment;
  const is = { chain_type, ace_tier, model: message.model };
  if (filter.whose !== undefined && !isOf(message, filter.whose)) return false;
  for (const name of ["chain_type", "ace_tier", "model"] as const)
    if (filter[name] !== undefined && filter[name] !== is[name]) return false;
  if (filter.tag !== undefined && !shl_tags.includes(filter.tag)) return false;
  if (filter.since !== undefined && message.said_at < filter.since) return false;
  return filter.until === undefined || message.said_at < filter.until;
}

/** Whose a row of messages is (`isOf`); null where nobody says. The expression of the index messages_whose. */
export const WHOSE: string = `CASE WHEN source ~ '${OWNING_SOURCES}' THEN meta->>'user_id' END`;

/** Whether the words of a row of messages were counted: they are known as said first in it (counting.ts). */
const COUNTED = `EXISTS (SELECT 1 FROM verbatim.said w
  WHERE w.uid = left(messages.enrichment ->> 'normal_hash', 32)::uuid AND w.seq = messages.seq AND w.sub = messages.sub)`;

/** The keywords of a row that the numbers count. */
const COUNTED_WORDS = `SELECT word FROM jsonb_array_elements_text(enrichment -> 'keywords')
  WITH ORDINALITY AS k(word, place) WHERE place <= ${KEYWORDS_COUNTED}`;

const OF_PROJECT = "SELECT s.session_id FROM verbatim.sessions s WHERE s.project";

/** The filter as conditions, with values numbered from `first`. */
export function conditionsOf(
  filter: MessageFilter,
  first: number,
): { readonly sql: readonly string[]; readonly values: readonly unknown[] } {
  const sql: string[] = ["NOT hidden"];
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
  and((at) => `model = ${at}`, filter.model);
  and((at) => `${at} IN (${COUNTED_WORDS})`, filter.keyword);
  and((at) => `session_id IN (${OF_PROJECT} = ${at})`, filter.project);
  and((at) => `${WHOSE} = ${at}`, filter.whose);
  and((at) => `said_at >= ${at}`, filter.since);
  and((at) => `said_at < ${at}`, filter.until);
  if (filter.counted === true) sql.push(COUNTED);
  if (filter.records !== true) sql.push("kind = 'message'");
  return { sql, values };
}
