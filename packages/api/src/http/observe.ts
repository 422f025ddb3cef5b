/**
 * What every request gets, whatever becomes of it: a name to find it by in the
 * log, a place in the metrics, and headers that keep browsers from guessing.
 */
import type { MiddlewareHandler } from "hono";
import { routePath } from "hono/route";

/** A client's own name for a request is kept when it is one: short, and nothing that could break a log line. */
const REQUEST_ID = /^[\w.:-]{1,100}$/;

/** Counted when the head of the answer is there; `route` is the pattern, never the path with its ids. */
export type Observed = {
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
};

/** Names, times and counts every request. */
export function observe(
  newId: () => string,
  seen: (observed: Observed) => void,
): MiddlewareHandler {
  return async (context, next) => {
    const given = context.req.header("x-request-id") ?? "";
    const id = REQUEST_ID.test(given) ? given : newId();
    context.header("x-request-id", id);
    const started = performance.now();
    await next();
    context.res.headers.set("x-request-id", id);
    context.res.headers.set("x-content-type-options", "nosniff");
    const route = routePath(context, -1);
    seen({
      method: context.req.method,
      route: route.endsWith("*") ? "unmatched" : route,
      status: context.res.status,
      seconds: (performance.now() - started) / 1000,
    });
  };
}
