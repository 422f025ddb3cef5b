/**
 * Pages of other sites that may ask (Fetch standard, "CORS protocol"): those
 * origins that the operator named, and no other. They need a key like everybody;
 * no cookie of ours is ever sent along.
 *
 *   A12  What a page of another site may read is said by the operator, one
 *        origin at a time.
 */
import type { MiddlewareHandler } from "hono";
import { cors } from "hono/cors";

/** What a page may send, and what of an answer it may look at beside the body. */
const SENT = ["authorization", "content-type", "idempotency-key", "if-match", "if-none-match"];
const LIVE = ["last-event-id"];
const SHOWN = ["etag", "retry-after", "x-request-id", "idempotency-replayed", "ratelimit"];
/** Browsers ask again after so long; none heeds more than a day. */
const REMEMBERED_S = 600;

/** Answers preflights of these origins and marks what they may read. */
export function crossOrigin(origins: readonly string[]): MiddlewareHandler {
  return cors({
    origin: (origin) => (origins.includes(origin) ? origin : null),
    allowMethods: ["GET", "POST", "PUT", "PATCH", "DELETE"],
    allowHeaders: [...SENT, ...LIVE],
    exposeHeaders: [...SHOWN, "ratelimit-policy"],
    maxAge: REMEMBERED_S,
  });
}
