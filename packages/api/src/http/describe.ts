/**
 * Describing a route for /openapi.json (A10). The query's schema is the one that
 * reads it, so what is described is what is checked.
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import type { SHAPES } from "../schemas/answers.ts";
import { type Access, noteAccess } from "./access.ts";

type Shape = keyof typeof SHAPES;
type Answer = {
  readonly says: string;
  readonly shape?: Shape;
  readonly type?: string;
  /** Beside `type`, when that is asked for. */
  readonly orJson?: true;
};

/** A route as people and machines are told of it. */
export type Told = Access & {
  readonly method: "get" | "post" | "put" | "patch" | "delete";
  /** With {names} in braces. */
  readonly path: string;
  readonly tag:
    | "Recording"
    | "Conversations"
    | "Sessions"
    | "Reading"
    | "Analysing"
    | "Following"
    | "Operating";
  readonly summary: string;
  readonly more?: string;
  /** Names in the path, and what they mean. */
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: z.ZodObject;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Shape;
  readonly answers: Readonly<Record<number, Answer>>;
  /** Statuses of refusals, each with its reason. */
  readonly problems?: Readonly<Record<number, string>>;
};

/** Adds a route to the description. */
export function tell(app: OpenAPIHono, told: Told): void {
  const { method, path, tag, summary, more, params, query, body } = told;
  const headers = headersOf(told);
  noteAccess(app, method, path, told);
  app.openAPIRegistry.registerPath({
    method,
    path,
    summary,
    tags: [tag],
    operationId: `${method}${path
      .replace("*", "all")
      .replaceAll(/[^a-z]+(\w)/gi, (_, next: string) => next.toUpperCase())
      .replaceAll(/\W/g, "")}`,
    ...(more === undefined ? {} : { description: more }),
    request: {
      ...(params === undefined ? {} : { params: z.object(textsOf(params)) }),
      ...(query === undefined ? {} : { query }),
      headers: z.object(optional(textsOf(headers))),
      ...(body === undefined
        ? {}
        : { body: { required: true, content: { "application/json": { schema: refOf(body) } } } }),
    },
    responses: { ...answersOf(told.answers), ...problemsOf(told.problems ?? {}) },
  });
}

/** Every write takes an Idempotency-Key: they all go through http/writing.ts. */
const ONCE: Readonly<Record<string, string>> = {
  "Idempotency-Key":
    "of your own: the same request under it is done once, and answered the same again",
};

function headersOf({ method, headers }: Told): Readonly<Record<string, string>> {
  return method === "get" ? (headers ?? {}) : { ...ONCE, ...headers };
}

function refOf(shape: Shape): { $ref: string } {
  return { $ref: `#/components/schemas/${shape}` };
}

function textsOf(names: Readonly<Record<string, string>>): Record<string, z.ZodString> {
  return Object.fromEntries(
    Object.entries(names).map(([name, description]) => [name, z.string().meta({ description })]),
  );
}

function optional(
  fields: Readonly<Record<string, z.ZodString>>,
): Record<string, z.ZodOptional<z.ZodString>> {
  return Object.fromEntries(Object.entries(fields).map(([name, one]) => [name, one.optional()]));
}

type Content = Readonly<
  Record<string, { schema: { $ref: string } | { type: "string" | "object" } }>
>;
type Response = { readonly description: string; readonly content?: Content };

function answersOf(answers: Readonly<Record<number, Answer>>): Record<string, Response> {
  return Object.fromEntries(
    Object.entries(answers).map(([status, { says, shape, type, orJson }]) => [
      status,
      shape === undefined && type === undefined
        ? { description: says }
        : {
            description: says,
            content: {
              [type ?? "application/json"]: {
                schema: shape === undefined ? { type: "string" } : refOf(shape),
              },
              ...(orJson === true ? { "application/json": { schema: { type: "object" } } } : {}),
            },
          },
    ]),
  );
}

function problemsOf(problems: Readonly<Record<number, string>>): Record<string, Response> {
  return Object.fromEntries(
    [...Object.entries(problems), ["default", "Anything else that went wrong"] as const].map(
      ([status, says]) => [
        status,
        {
          description: says,
          content: { "application/problem+json": { schema: refOf("Problem") } },
        },
      ],
    ),
  );
}
