/** What numbers may be asked of: the parameters that all questions about them share. */
import { type NumbersFilter, VerbatimError } from "@verbatim/core";
import { z } from "zod";
import { filterFields, known } from "./paging.ts";
import { type Asked, word } from "./query.ts";

/** The filters. */
export const askFields: {
  readonly since: Asked<string>;
  readonly until: Asked<string>;
  readonly project: Asked<string>;
  readonly speaker: Asked<string>;
  readonly session: Asked<string>;
} = {
  since: filterFields.since,
  until: filterFields.until,
  project: word("the folder it was said in"),
  speaker: word("the author's name"),
  session: word("session_id"),
};
export const asking: z.ZodObject<typeof askFields> = z.strictObject(askFields);

/** The filter; throws what withQuery tells as a mistake of the question. */
export function filterIn(asked: z.output<typeof asking>): NumbersFilter {
  const wrong = wrongPeriod(asked);
  if (wrong !== null)
    throw new VerbatimError("input_invalid", wrong, { facts: { parameter: "until" } });
  return known(asked);
}

/** What is wrong with `until`: a time that ends before it begins is a mistake worth telling. */
export function wrongPeriod({
  since,
  until,
}: {
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}): string | null {
  const isWrong = since !== undefined && until !== undefined && until <= since;
  return isWrong ? `must be after since (${since})` : null;
}
