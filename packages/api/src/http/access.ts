/**
 * What each route asks of who asks it. A route that says nothing is for keys that
 * open everything: a new one has to say that it knows whose data it gives.
 */
import type { Scope } from "@verbatim/core";
import type { Context } from "hono";
import { matchedRoutes } from "hono/route";

/** What a route says of itself, where it is not the usual. */
export type Access = {
  /** read for questions, admin for the rest, unless it says so. */
  readonly scope?: Scope;
  /** It gives a key of one user that user's data alone, or nobody's. */
  readonly owners?: true;
  /** It is answered to anybody, also without a key: it gives nothing away. */
  readonly anybody?: true;
  /** Whether it gives what somebody said: that is written down. Questions below /v1/ do, unless they say no. */
  readonly personal?: boolean;
};

/** What is asked of whoever asks. */
export type Rule = {
  readonly scope: Scope;
  readonly owners: boolean;
  readonly anybody: boolean;
  readonly personal: boolean;
  /** With :names, as it is served. */
  readonly route: string;
};

/** An app, as far as rules are looked up by it. */
export type App = object;
const said: WeakMap<App, Map<string, Access>> = new WeakMap();

/** Notes what a route says of itself; `path` with {names} in braces. */
export function noteAccess(app: App, method: string, path: string, access: Access): void {
  const rules = said.get(app) ?? new Map<string, Access>();
  said.set(app, rules);
  rules.set(nameOf(method, path.replaceAll(/\{(\w+)\}/g, ":$1")), access);
}

/** The rule for a request, by the route that will answer it. */
export function ruleOf(app: App, context: Context): Rule {
  const found = matchedRoutes(context).findLast((one) => one.method !== "ALL");
  const method = found?.method ?? context.req.method;
  const route = found?.path ?? "unmatched";
  const access = said.get(app)?.get(nameOf(method, route)) ?? {};
  const isQuestion = method === "GET" || method === "HEAD";
  return {
    scope: access.scope ?? (isQuestion || found === undefined ? "read" : "admin"),
    owners: access.owners ?? false,
    anybody: access.anybody ?? false,
    personal: access.personal ?? (isQuestion && route.startsWith("/v1/")),
    route,
  };
}

function nameOf(method: string, path: string): string {
  return `${method.toUpperCase()} ${path}`;
}

/** What stands in the path where the route has names. */
export function namesIn(route: string, path: string): ReadonlyMap<string, string> {
  const given = path.split("/");
  return new Map(
    route
      .split("/")
      .flatMap((part, at) =>
        part.startsWith(":") ? [[part.slice(1), decoded(given[at] ?? "")]] : [],
      ),
  );
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
