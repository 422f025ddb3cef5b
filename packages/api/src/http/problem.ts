/** Errors as RFC 9457 problem documents, with the code of the table of failures. */
import { failureOf, isFailureCode, type Log, VerbatimError } from "@verbatim/core";
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import type { Problem } from "../contract.ts";

/** Seconds after which what is away may be back. */
export const RETRY_AFTER_S = "2";

type Extra = {
  readonly errors?: Problem["errors"];
  readonly headers?: Readonly<Record<string, string>>;
};

/** The answer that says what is wrong, where, and what to do. */
export function problem(
  context: Context,
  status: number,
  code: string,
  detail: string,
  extra: Extra = {},
): Response {
  const body: Problem = {
    type: `urn:verbatim:${code}`,
    title: TITLES[status] ?? "Error",
    status,
    detail,
    instance: context.req.path,
    code,
    ...(extra.errors === undefined ? {} : { errors: extra.errors }),
  };
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      "content-type": "application/problem+json",
      ...(isForLater(status, code) ? { "retry-after": RETRY_AFTER_S } : {}),
      ...extra.headers,
    },
  });
}

const TITLES: Readonly<Record<number, string>> = {
  400: "Bad request",
  401: "Not authorised",
  403: "Forbidden",
  404: "Not found",
  405: "Method not allowed",
  409: "Conflict",
  412: "Precondition failed",
  413: "Too large",
  415: "Unsupported media type",
  416: "No such part",
  422: "Cannot be processed",
  429: "Too many requests",
  500: "Internal error",
  503: "Not available now",
  507: "No room",
};

/** Whether the same request may succeed later without being changed. */
function isForLater(status: number, code: string): boolean {
  if (isFailureCode(code)) return failureOf(code).retry === "later";
  return status === 503 || status === 507;
}

/** The one place that decides what an error looks like from outside. Unknown ones give nothing away (A9). */
export function onError(log: Log): (error: Error, context: Context) => Response {
  return (error, context) => {
    if (error instanceof VerbatimError) {
      const { status } = failureOf(error.code);
      const shown = error.code === "input_invalid" ? 400 : status;
      return problem(context, shown, error.code, error.message);
    }
    if (error instanceof HTTPException)
      return problem(context, error.status, "usage", error.message);
    const request = context.res.headers.get("x-request-id") ?? "";
    log.error("request_failed", {
      request,
      method: context.req.method,
      path: context.req.path,
      why: error.stack ?? error.message,
    });
    return problem(
      context,
      500,
      "internal",
      `something went wrong here; the log of the API says what, under request ${request}`,
    );
  };
}
