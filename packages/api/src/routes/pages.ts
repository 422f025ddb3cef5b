/**
 * The dashboard, and the way into it. Its files give nothing away, so anybody
 * gets them; what they show is asked of the other routes, with a key where one
 * is needed.
 *
 *   A14  A page of ours loads, runs and sends to nothing but this server.
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { Me } from "../contract.ts";
import { openBodies } from "../http/body.ts";
import { dropKeyCookie, isLedHere, keyInCookie, setKeyCookie } from "../http/cookie.ts";
import { credentialOf } from "../http/credential.ts";
import { tell } from "../http/describe.ts";
import { credentialFor } from "../http/guard.ts";
import { problem } from "../http/problem.ts";
import { jsonIn } from "../http/writing.ts";
import type { ApiPorts, ApiSettings, PageFile } from "../ports.ts";
import { loginAsk } from "../schemas/pages.ts";

/** Where the dashboard has pages; names in braces are the page's own to read. */
const PAGES = [
  "/",
  "/sessions",
  "/sessions/{session}",
  "/search",
  "/messages",
  "/journey",
  "/journey/{session}",
  "/analytics",
  "/settings",
  "/jobs",
  "/archive",
  "/login",
] as const;

/** Styles are set by scripts where a chart is drawn; nothing else may come from anywhere but here. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

/** A key and the JSON around it. */
const LOGIN_BYTES_MAX = 4096;
/** Names of assets hold a digest of what is in them. */
const FOR_GOOD = "public, max-age=31536000, immutable";

/** Adds the routes. */
export function pageRoutes(app: OpenAPIHono, ports: ApiPorts, settings: ApiSettings): void {
  describe(app);
  const page = (context: Context): Promise<Response> => pageAt(context, ports);
  for (const path of PAGES) app.get(path.replaceAll(/\{(\w+)\}/g, ":$1"), page);
  app.get("/assets/:file", async (context) => {
    const file = await ports.pages.asset(context.req.param("file"));
    if (file === null) return problem(context, 404, "not_found", GONE);
    context.header("cache-control", FOR_GOOD);
    return sent(context, file);
  });
  app.get("/v1/me", (context) => context.json(meOf(context, ports)));
  const bodies = openBodies(LOGIN_BYTES_MAX);
  app.post("/v1/login", (context) => {
    if (isLedHere(context)) return problem(context, 403, "unauthorized", LED_HERE);
    const asked = { ports, settings };
    return bodies.with(context.req.raw, async (body) => await login(context, body, asked));
  });
  app.post("/v1/logout", (context) => {
    dropKeyCookie(context);
    return context.body(null, 204);
  });
}

const LED_HERE = "a page of another site may not log a browser in; open the dashboard and log in";

const GONE = "there is no such file any more: the server was renewed; load the page again";

function sent(context: Context, { type, bytes, gzip }: PageFile): Response {
  const zipped = /\bgzip\b/.test(context.req.header("accept-encoding") ?? "");
  context.header("content-type", type);
  context.header("vary", "accept-encoding");
  if (zipped) context.header("content-encoding", "gzip");
  return context.body(zipped ? gzip : bytes);
}

async function login(
  context: Context,
  body: Uint8Array,
  { ports, settings }: { readonly ports: ApiPorts; readonly settings: ApiSettings },
): Promise<Response> {
  const read = loginAsk.safeParse(given(body));
  if (!read.success) return problem(context, 422, "input_invalid", 'send {"key": "vb_…"}');
  const found = await credentialFor(read.data.key, settings, ports.keys);
  if (found === null) return problem(context, 401, "unauthorized", WRONG_KEY);
  setKeyCookie(context, read.data.key, ports.sealing);
  return context.body(null, 204);
}

const WRONG_KEY = "this key opens nothing here: it is mistyped, has expired or was revoked";

function given(body: Uint8Array): unknown {
  const read = jsonIn(body);
  return read.ok ? read.value : null;
}

/** The dashboard's page; it reads itself what the address asks for. */
async function pageAt(context: Context, ports: Pick<ApiPorts, "pages">): Promise<Response> {
  context.header("content-security-policy", POLICY);
  context.header("referrer-policy", "no-referrer");
  context.header("cache-control", "no-cache");
  return sent(context, await ports.pages.page());
}

/** The page that says there is none, for a browser that was sent to an address that is not; null for everybody else. */
export async function strayPage(
  context: Context,
  ports: Pick<ApiPorts, "pages">,
): Promise<Response | null> {
  const { method, path } = context.req;
  const isBrowser = context.req.header("accept")?.includes("text/html") === true;
  if (method !== "GET" || !isBrowser || /^\/(v1|assets|queues|health)\//.test(path)) return null;
  context.status(404);
  return await pageAt(context, ports);
}

function meOf(context: Context, { sealing }: Pick<ApiPorts, "sealing">): Me {
  const { name, owner, scopes, via } = credentialOf(context);
  const token = via === "cookie" ? (keyInCookie(context, sealing)?.token ?? null) : null;
  return { name, owner, scopes, via, token };
}

function describe(app: OpenAPIHono): void {
  const tag = "Operating";
  const page = { says: "The page", type: "text/html" } as const;
  for (const path of PAGES)
    tell(app, {
      ...{ method: "get", path, tag, anybody: true, owners: true, personal: false },
      summary: path === "/" ? "The dashboard" : `The dashboard, at ${path.slice(1)}`,
      params: paramsOf(path),
      answers: { 200: page },
    });
  tell(app, {
    ...{ method: "get", path: "/assets/{file}", tag, anybody: true, owners: true },
    summary: "What the dashboard's page refers to",
    params: { file: "as the page names it" },
    answers: { 200: { says: "The file", type: "application/octet-stream" } },
    problems: { 404: GONE },
  });
  tell(app, {
    ...{ method: "get", path: "/v1/me", tag, owners: true, personal: false },
    summary: "Who asks, and what the key may",
    answers: { 200: { says: "Of the key that was shown", shape: "Me" } },
  });
  tell(app, {
    ...{ method: "post", path: "/v1/login", tag, anybody: true, owners: true, scope: "read" },
    summary: "Lets a browser carry a key",
    more: "In a cookie that no script reads and no other site sends along. What changes something then needs the token of GET /v1/me in X-Verbatim-Token.",
    body: "Login",
    answers: { 204: { says: "The cookie is set" } },
    problems: { 401: WRONG_KEY, 403: LED_HERE, 422: "no key was sent" },
  });
  tell(app, {
    ...{ method: "post", path: "/v1/logout", tag, anybody: true, owners: true, scope: "read" },
    summary: "Takes the key from the browser",
    answers: { 204: { says: "The cookie is gone" } },
  });
}

function paramsOf(path: string): Readonly<Record<string, string>> {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "");
  return Object.fromEntries(names.map((name) => [name, `${name}'s id, percent-encoded`]));
}
