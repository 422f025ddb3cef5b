/** What is wrong with a file somebody wrote by hand, as a person would say it. */
import type { z } from "zod";

const KINDS: Readonly<Record<string, string>> = {
  record: "an object in braces",
  object: "an object in braces",
  array: "a list in brackets",
  string: 'a text in "quotes"',
  number: "a number",
  int: "a whole number",
};

/** The commonest faults; what is not among them keeps the library's own words. */
export const inPlainWords: z.core.$ZodErrorMap = (issue) => {
  if (issue.code === "invalid_type" && issue.input === undefined) return "is missing";
  if (issue.code === "invalid_type") return `must be ${KINDS[issue.expected] ?? issue.expected}`;
  if (issue.code === "unrecognized_keys")
    return `nothing here is called ${issue.keys.map((key) => JSON.stringify(key)).join(", ")}`;
  if (issue.code === "too_small")
    return `must be ${issue.inclusive === false ? "more than" : "at least"} ${issue.minimum}`;
  if (issue.code === "too_big")
    return `must be at most ${issue.maximum}${issue.origin === "string" ? " characters" : ""}`;
  return undefined;
};
