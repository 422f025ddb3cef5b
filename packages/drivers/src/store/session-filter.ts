/**
 * Filters of sessions as SQL, over rows called `s`.
 *
 *   A44  A session is found when it has all that is asked for: what is hidden in
 *        it, or said by somebody else than whose key it is, finds it for nobody.
 *
 * What was said is looked up session by session, by the index messages_session.
 */
import type { SessionFilter } from "@verbatim/core";

/** Conditions with values numbered from `first`; `own` is what a message must be beside. */
export function sessionConditions(
  filter: Pick<SessionFilter, "project" | "model" | "agent" | "failed">,
  first: number,
  own = "NOT m.hidden",
): { readonly sql: string; readonly values: readonly string[] } {
  const asked: readonly (readonly [string | undefined, (at: string) => string])[] = [
    [filter.project, (at) => `s.project = ${at}`],
    [filter.model, (at) => `${at} = ANY(s.models)`],
    [filter.agent, (at) => someSaid(`${own} AND m.author_name = ${at}`)],
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
