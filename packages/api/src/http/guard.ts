/**
 * Who may ask (A6), and what (D3).
 *
 * Where there is no key at all and only this machine can reach us: whoever is on
 * it, and not through a browser that was led here by another site. A name that
 * another site made point at this machine shows in Host; a page of another site
 * shows in Origin and Sec-Fetch-Site. As soon as there is a key: whoever has one,
 * on every route but /health, which then anybody may ask.
 *
 *   D3  A key is let into the routes of its scopes, and a key of one user only
 *       into those that know whose data they give. A route that does not say so
 *       is closed to it.
 */
import { HOME_TENANT, SCOPES } from "@verbatim/core";
import type { Context, MiddlewareHandler } from "hono";
import type { ApiPorts, ApiSettings } from "../ports.ts";
import { type App, type Rule, ruleOf } from "./access.ts";
import { keyInCookie, mayChange, type Sealing, TOKEN_HEADER } from "./cookie.ts";
import { type Credential, LOOPBACK, noteCredential, ownerName } from "./credential.ts";
import { problem } from "./problem.ts";

type Ports = Pick<ApiPorts, "keys"> & { readonly sealing: Sealing };

const LOCAL_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;
/** What a browser says of a request that no other site had a part in. */
const OWN_SITE: ReadonlySet<string> = new Set(["same-origin", "none"]);

/** Refuses what may not ask. */
export function guard(app: App, settings: ApiSettings, ports: Ports): MiddlewareHandler {
  return async (context, next) => {
    const rule = ruleOf(app, context);
    const asks = await whoAsks(context, settings, ports);
    if ("why" in asks) {
      const isOpen = asks.status === 401 && (rule.anybody || isHealth(context));
      return isOpen ? await next() : refusal(context, asks);
    }
    noteCredential(context, asks);
    const refused = mayNot(asks, rule);
    return refused === null ? await next() : refusal(context, refused);
  };
}

function isHealth(context: Context): boolean {
  return context.req.path.startsWith("/health/");
}

function refusal(context: Context, { status, why }: Refusal): Response {
  return problem(context, status, "unauthorized", why, {
    headers: status === 401 ? { "www-authenticate": "Bearer" } : {},
  });
}

async function whoAsks(
  context: Context,
  settings: ApiSettings,
  { keys, sealing }: Ports,
): Promise<Credential | Refusal> {
  const { raw } = context.req;
  const isOpen = settings.loopback && settings.key === null && !(await keys.hasAny());
  if (isOpen) return localOnly(raw) ?? LOOPBACK;
  const shown = raw.headers.get("authorization");
  if (shown !== null) {
    const given = /^Bearer +(.+)$/i.exec(shown)?.[1] ?? "";
    return (await credentialFor(given, settings, keys)) ?? UNKNOWN;
  }
  const carried = keyInCookie(context, sealing);
  const found = carried === null ? null : await credentialFor(carried.key, settings, keys);
  if (carried === null || found === null) return UNKNOWN;
  return mayChange(context, carried.token) ? { ...found, via: "cookie" } : TOKENLESS;
}

/** Whose key it is, or null where it is nobody's. */
export async function credentialFor(
  given: string,
  settings: ApiSettings,
  keys: ApiPorts["keys"],
): Promise<Credential | null> {
  return ownKeyOf(given, settings) ?? (await keyOf(given, keys));
}

const UNKNOWN: Refusal = {
  status: 401,
  why: "send Authorization: Bearer with an API key of this server that has neither expired nor been revoked; verbatim keys add NAME makes one",
};
const TOKENLESS: Refusal = {
  status: 403,
  why: `a browser that carries a key says ${TOKEN_HEADER} with what it changes; GET /v1/me gives it`,
};

/** Keys that this server was started with: they open everything. */
function ownKeyOf(given: string, { key, ownKey }: ApiSettings): Credential | null {
  const open = { tenant: HOME_TENANT, owner: null, scopes: SCOPES, via: "key" } as const;
  if (key !== null && isSame(given, key)) return { ...open, name: "VERBATIM_API_KEY" };
  if (ownKey !== null && isSame(given, ownKey)) return { ...open, name: "this-machine" };
  return null;
}

async function keyOf(given: string, keys: ApiPorts["keys"]): Promise<Credential | null> {
  const found = given === "" ? null : await keys.keyOf(given);
  if (found === null) return null;
  const { name, tenant, owner, scopes } = found;
  return {
    name,
    tenant,
    owner: owner === null ? null : ownerName(tenant, owner),
    scopes,
    via: "key",
  };
}

function mayNot({ name, owner, scopes }: Credential, rule: Rule): Refusal | null {
  if (!scopes.includes(rule.scope) && !scopes.includes("admin"))
    return {
      status: 403,
      why: `this needs the scope ${rule.scope}; the key ${name} has ${scopes.join(", ")}`,
    };
  if (owner === null || rule.owners) return null;
  return {
    status: 403,
    why: `the key ${name} opens the data of one user, and this route cannot be limited to one; ask with a key that has no owner`,
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

/** Takes as long wherever the texts differ. */
function isSame(given: string, key: string): boolean {
  let different = given.length ^ key.length;
  for (let at = 0; at < key.length; at += 1)
    different |= (given.charCodeAt(at % (given.length || 1)) || 0) ^ key.charCodeAt(at);
  return different === 0;
}
