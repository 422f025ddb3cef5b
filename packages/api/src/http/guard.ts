/**
 * Who may ask (A6).
 *
 * Without a key: this machine alone, and not through a browser that was led here
 * by another site. A name that another site made point at this machine shows in
 * Host; a page of another site shows in Origin and Sec-Fetch-Site. With a key:
 * whoever has it, on every route but /health, which then anybody may ask.
 */
import type { MiddlewareHandler } from "hono";
import type { ApiSettings } from "../ports.ts";
import { LOOPBACK, noteCredential } from "./credential.ts";
import { problem } from "./problem.ts";

const LOCAL_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;
/** What a browser says of a request that no other site had a part in. */
const OWN_SITE: ReadonlySet<string> = new Set(["same-origin", "none"]);

/** Refuses what may not ask. */
export function guard(settings: ApiSettings): MiddlewareHandler {
  return async (context, next) => {
    const { raw, path } = context.req;
    const refused = settings.key === null ? localOnly(raw) : withKey(raw, path, settings.key);
    noteCredential(context, LOOPBACK);
    if (refused === null) return await next();
    return problem(context, refused.status, "unauthorized", refused.why, {
      headers: refused.status === 401 ? { "www-authenticate": "Bearer" } : {},
    });
  };
}

type Refusal = { readonly status: 401 | 403; readonly why: string };

function localOnly(request: Request): Refusal | null {
  const host = request.headers.get("host") ?? hostIn(request.url);
  if (!LOCAL_HOST.test(host)) {
    return {
      status: 403,
      why: `asked as ${host}; without an API key only localhost, 127.0.0.1 and [::1] are answered`,
    };
  }
  return fromElsewhere(request.headers, host, request.method)
    ? { status: 403, why: "a page of another site may not ask; ask from a program, or set a key" }
    : null;
}

/** Without a Host header (HTTP/1.0) the URL may be a path alone. */
function hostIn(url: string): string {
  return URL.canParse(url) ? new URL(url).host : "nobody";
}

/** A link that a person follows from another site is no harm; everything else from there is. */
function fromElsewhere(headers: Headers, host: string, method: string): boolean {
  const origin = headers.get("origin");
  if (origin !== null && origin.replace(/^https?:\/\//, "") !== host) return true;
  const site = headers.get("sec-fetch-site");
  if (site === null || OWN_SITE.has(site)) return false;
  return method !== "GET" || headers.get("sec-fetch-mode") !== "navigate";
}

function withKey(request: Request, path: string, key: string): Refusal | null {
  if (path.startsWith("/health/")) return null;
  const given = /^Bearer +(.+)$/i.exec(request.headers.get("authorization") ?? "")?.[1] ?? "";
  if (isSame(given, key)) return null;
  return { status: 401, why: "send Authorization: Bearer with the API key of this server" };
}

/** Takes as long wherever the texts differ. */
function isSame(given: string, key: string): boolean {
  let different = given.length ^ key.length;
  for (let at = 0; at < key.length; at += 1)
    different |= (given.charCodeAt(at % (given.length || 1)) || 0) ^ key.charCodeAt(at);
  return different === 0;
}
