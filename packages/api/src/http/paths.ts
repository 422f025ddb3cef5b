/**
 * What is wrong with a path before anybody asks what it means: an id that is not
 * percent-encoded UTF-8, or none at all.
 *
 *   A20  An id in a path is what was sent, or the request is refused with 400.
 *
 * `.` and `..` are no ids: whoever sends a request takes them out of the path, in
 * any encoding, so that no server ever sees them.
 */
import type { Context, MiddlewareHandler } from "hono";
import { problem } from "./problem.ts";

/** Refuses paths whose parts mean nothing. */
export function readablePaths(): MiddlewareHandler {
  return async (context, next) => {
    const { pathname } = new URL(context.req.url);
    const bad = pathname.split("/").find((part) => !isReadable(part));
    if (bad === undefined) return await next();
    return refused(context, `${bad} in the path is not percent-encoded UTF-8`);
  };
}

/** What a path that leads nowhere lacks; null when nothing is known of it. */
export function lacking(context: Context): Response | null {
  const { path } = context.req;
  if (/^\/v1\/.*\/\//.test(path))
    return refused(context, "an id in the path is empty; ids have 1 to 512 characters");
  if (/^\/v1(\/conversations)?\/(resolve|clear|compact)$/.test(path))
    return refused(
      context,
      "the conversation's id is missing; . and .. cannot be one, for they are taken out of every path",
    );
  return null;
}

function refused(context: Context, why: string): Response {
  return problem(context, 400, "input_invalid", why);
}

function isReadable(part: string): boolean {
  try {
    decodeURIComponent(part);
    return true;
  } catch {
    return false;
  }
}
