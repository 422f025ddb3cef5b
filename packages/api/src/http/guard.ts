/**
 * Who may ask.
 *
 * Without a key: this machine alone, and not through a browser that was led here
 * by another site (Host and Origin are looked at). With a key: whoever has it,
 * on every route but /health.
 */
import type { MiddlewareHandler } from "hono";
import type { ApiSettings } from "../ports.ts";
import { problem } from "./problem.ts";

const LOCAL_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/** Refuses what may not ask. */
export function guard(settings: ApiSettings): MiddlewareHandler {
  return async (context, next) => {
    if (context.req.path.startsWith("/health/")) return await next();
    const refused =
      settings.key === null ? localOnly(context.req.raw) : withKey(context.req.raw, settings.key);
    if (refused !== null) {
      return problem(context, refused.status, "unauthorized", refused.why, {
        headers: refused.status === 401 ? { "www-authenticate": "Bearer" } : {},
      });
    }
    await next();
  };
}

type Refusal = { readonly status: 401 | 403; readonly why: string };

function localOnly(request: Request): Refusal | null {
  const host = request.headers.get("host");
  if (host !== null && !LOCAL_HOST.test(host)) {
    return { status: 403, why: `asked as ${host}; without an API key only localhost is answered` };
  }
  const origin = request.headers.get("origin");
  if (origin !== null && !LOCAL_HOST.test(origin.replace(/^https?:\/\//, ""))) {
    return { status: 403, why: "a page of another site may not ask" };
  }
  return null;
}

function withKey(request: Request, key: string): Refusal | null {
  const given = /^Bearer (.+)$/.exec(request.headers.get("authorization") ?? "")?.[1] ?? "";
  if (sameText(given, key)) return null;
  return { status: 401, why: "send Authorization: Bearer with the API key of this server" };
}

/** Takes the same time wherever the texts differ. */
function sameText(a: string, b: string): boolean {
  let different = a.length ^ b.length;
  for (let at = 0; at < b.length; at += 1)
    different |= (a.charCodeAt(at % (a.length || 1)) || 0) ^ b.charCodeAt(at);
  return different === 0;
}
