/**
 * bull-board at /queues, behind the same key as everything else.
 *
 *   A40  Whoever may read may look at the board, and only who may do everything
 *        may change something there. A browser that carries its key changes
 *        something only from a page of this very address.
 *
 * Its page gets a policy of its own: it puts styles into the page itself, so
 * styles may stand in it, there and nowhere else; scripts come from here alone.
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { openBodies } from "../http/body.ts";
import { tell } from "../http/describe.ts";
import { problem } from "../http/problem.ts";
import { jsonIn } from "../http/writing.ts";
import type { ApiPorts } from "../ports.ts";

/** Where it is. */
const BASE = "/queues";

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "font-src 'self' data:",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

/** A job's data as somebody types it. */
const BODY_BYTES_MAX = 1_000_000;
const CHANGES = ["post", "put", "patch"] as const;
const AWAY = { 503: "Redis is away; recording goes on" } as const;
const NOTHING = "The board has nothing there";

/** Adds the routes. */
export function boardRoutes(app: OpenAPIHono, { board }: Pick<ApiPorts, "board">): void {
  const bodies = openBodies(BODY_BYTES_MAX);
  const answered = async (context: Context, body: unknown): Promise<Response> => {
    const answer = await board.answer({
      method: context.req.method,
      path: context.req.path.slice(BASE.length),
      query: context.req.query(),
      body,
    });
    if (answer === null)
      return problem(context, 404, "not_found", `the board has no ${context.req.path}`);
    return new Response(answer.status === 204 ? null : answer.body, {
      status: answer.status,
      headers: { ...HEADERS, "content-type": answer.type },
    });
  };
  const asked = (context: Context) => answered(context, null);
  app.get(BASE, asked);
  app.get(`${BASE}/*`, asked);
  const changed = (context: Context) =>
    bodies.with(context.req.raw, async (bytes) => await answered(context, given(bytes)));
  for (const method of CHANGES) app[method](`${BASE}/*`, changed);
  describe(app);
}

const HEADERS = {
  "content-security-policy": POLICY,
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "cache-control": "no-cache",
} as const;

/** Most of what it sends has no body. */
function given(bytes: Uint8Array): unknown {
  const read = jsonIn(bytes);
  return read.ok ? read.value : null;
}

function describe(app: OpenAPIHono): void {
  const tag = "Operating";
  const page = { 200: { says: "The page", type: "text/html" } } as const;
  tell(app, {
    ...{ method: "get", path: BASE, tag, personal: false, answers: page },
    summary: "bull-board: every queue and every job, for people",
    problems: AWAY,
  });
  tell(app, {
    ...{ method: "get", path: `${BASE}/*`, tag, personal: false },
    summary: "The board's own files and questions",
    answers: { 200: { says: "As the board wants it", type: "text/html" } },
    problems: { 404: NOTHING, ...AWAY },
  });
  for (const method of CHANGES)
    tell(app, {
      ...{ method, path: `${BASE}/*`, tag },
      summary: `What the board changes (${method.toUpperCase()})`,
      answers: { 200: { says: "As the board wants it", type: "application/json" } },
      problems: { 404: NOTHING, ...AWAY },
    });
}
