/**
 * Filters of sessions as SQL, over rows called `s`.
 *
 *   A44  A session is found when it has all that is asked for: what is hidden in
 *        it, or said by somebody else than whose key it is, finds it for nobody.
 *
 * What was said is looked up session by session, by the index messages_session.
 */
import type { SessionFilter } from "@verbatim/core";

/** What the model calls of a session cost; NULL while that is not known of any. Part of the numbers (counting.ts). */
export const COST =
  "(SELECT sum(t.cost_micro_usd)::int8 FROM verbatim.threads t WHERE t.session_id = s.session_id)";

/** Conditions with values numbered from `first`; `own` is what a message must be beside, `cost` what the session cost. */
export function sessionConditions(
  filter: Pick<SessionFilter, "project" | "model" | "agent" | "failed" | "min_cost_micro_usd">,
  first: number,
  { own = "NOT m.hidden", cost = COST }: { readonly own?: string; readonly cost?: string } = {},
): { readonly sql: string; readonly values: readonly (string | number)[] } {
  const asked: readonly (readonly [string | number | undefined, (at: string) => string])[] = [
    [filter.project, (at) => `s.project = ${at}`],
    [filter.model, (at) => `${at} = ANY(s.models)`],
    [filter.agent, (at) => someSaid(`${own} AND m.author_name = ${at}`)],
    [filter.min_cost_micro_usd, (at) => `${cost} >= ${at}::int8`],
  ];
  const given = asked.flatMap(([value, sql]) => (value === undefined ? [] : [{ value, sql }]));
  const conditions = given.map(({ sql }, at) => sql(`$${first + at}`));
  if (filter.failed === true)
    conditions.push(someSaid(`${own} AND m.parts @> '[{"is_error": true}]'`));
  return {
    sql: conditions.map((one) => ` AND ${one}`).join(""),
    values: given.map(({ value }) => value),
  };
}

function someSaid(condition: string): string {
  return `EXISTS (SELECT 1 FROM verbatim.messages m WHERE m.session_id = s.session_id AND ${condition})`;
}
