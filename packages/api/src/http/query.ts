/** Parameters of a question: checked whole, and what is wrong told by name (400). */
import { VerbatimError } from "@verbatim/core";
import type { Context } from "hono";
import { z } from "zod";
import type { Problem } from "../contract.ts";
import { problem } from "./problem.ts";

/** A parameter that may be left out. */
export type Asked<Value> = z.ZodType<Value | undefined>;

/** A word in a question. A NUL cannot be in anything that is stored, so nothing is found with one. */
export function word(description: string): Asked<string> {
  return z
    .string()
    .refine((text) => !text.includes("\0"), "must not hold NUL")
    .optional()
    .meta({ description });
}

/** Reads the query by a schema and hands it on. */
export async function withQuery<Fields extends z.ZodRawShape>(
  context: Context,
  schema: z.ZodObject<Fields>,
  handle: (asked: z.output<z.ZodObject<Fields>>) => Promise<Response>,
): Promise<Response> {
  const read = schema.safeParse(context.req.query(), { error: inWords });
  if (read.success) return await orRefused(context, () => handle(read.data));
  const errors = errorsOf(read.error, Object.keys(schema.shape));
  const detail = errors.map(({ path, message }) => `${path} ${message}`).join("; ");
  return problem(context, 400, "input_invalid", detail, { errors });
}

/**
 * What only shows when the question is asked is the question's mistake too: a
 * cursor of another filter, and a value that no database can hold (the year 0).
 */
async function orRefused(context: Context, answer: () => Promise<Response>): Promise<Response> {
  try {
    return await answer();
  } catch (error) {
    if (!(error instanceof VerbatimError)) throw error;
    const { code, message, facts } = error;
    if (code === "postgres_rejected")
      return problem(context, 400, "input_invalid", `a parameter cannot be: ${message}`);
    const path = facts["parameter"];
    if (path === undefined) throw error;
    return problem(context, 400, code, message, { errors: [{ path: String(path), message }] });
  }
}

/** What is wrong, each with its place. `allowed` are the names there are, for a name that is none. */
export function errorsOf(
  error: z.ZodError,
  allowed: readonly string[] = [],
): NonNullable<Problem["errors"]> {
  return error.issues.flatMap((issue) => {
    if (issue.code !== "unrecognized_keys")
      return [{ path: issue.path.join("."), message: issue.message }];
    return issue.keys.map((name) => ({
      path: [...issue.path, name].join("."),
      message: `is not known here; there is ${allowed.join(", ")}`,
    }));
  });
}

/** The commonest mistakes as a person would say them; the library's own words for the rest. */
export const inWords: z.core.$ZodErrorMap = (issue) => {
  if (issue.code === "invalid_type" && issue.input === undefined) return "is missing";
  if (issue.code === "invalid_type") return `must be ${article(issue.expected)}`;
  if (issue.code === "too_small")
    return issue.inclusive === false
      ? `must be more than ${issue.minimum}`
      : `must ${sizeOf(issue.origin, issue.minimum)} or more`;
  if (issue.code === "too_big") return `must ${sizeOf(issue.origin, issue.maximum)} or less`;
  if (issue.code === "invalid_value") return `must be one of ${issue.values.join(", ")}`;
  return undefined;
};

function sizeOf(origin: string, bound: number | bigint): string {
  if (origin !== "string" && origin !== "array") return `be ${bound}`;
  const unit = origin === "string" ? "character" : "element";
  return `have ${bound} ${unit}${Number(bound) === 1 ? "" : "s"}`;
}

function article(kind: string): string {
  if (kind === "int" || kind === "number") return "a number";
  return /^[aeiou]/.test(kind) ? `an ${kind}` : `a ${kind}`;
}
