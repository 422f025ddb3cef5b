/**
 * Writing down who read what of whom: every question that gives what people
 * said, and every refusal of one, once its answer is known.
 *
 *   D5  Each look with a key is one line in the log, with the key, the route and
 *       whose data was asked for; a look is never kept waiting for it.
 */
import type { AuditEntry } from "@verbatim/core";
import type { Context, MiddlewareHandler } from "hono";
import type { ApiPorts, ApiSettings } from "../ports.ts";
import { type App, namesIn, type Rule, ruleOf } from "./access.ts";
import { type Credential, knownCredential } from "./credential.ts";
import { fromOf } from "./limits.ts";

const rows: WeakMap<Request, number> = new WeakMap();

/** Notes how many rows an answer gives. */
export function noteRows(context: Context, count: number): void {
  rows.set(context.req.raw, count);
}

/** Notes looks. */
export function audited(
  app: App,
  ports: Pick<ApiPorts, "audit" | "now">,
  settings: Pick<ApiSettings, "auditAll">,
): MiddlewareHandler {
  return async (context, next) => {
    await next();
    const credential = knownCredential(context);
    if (credential === null) return;
    if (credential.via === "loopback" && !settings.auditAll) return;
    const rule = ruleOf(app, context);
    if (rule.personal) ports.audit.note(entryOf(context, credential, rule, ports.now()));
  };
}

function entryOf(context: Context, credential: Credential, rule: Rule, now: Date): AuditEntry {
  const { name, tenant, owner } = credential;
  const names = namesIn(rule.route, context.req.path);
  const id = rule.route.startsWith("/v1/sessions/") ? names.get("id") : undefined;
  return {
    at: now.toISOString(),
    key: name,
    tenant,
    owner,
    method: context.req.method,
    route: rule.route,
    user: names.get("user") ?? context.req.query("user") ?? owner,
    session: names.get("session") ?? id ?? context.req.query("session") ?? null,
    status: context.res.status,
    rows: rows.get(context.req.raw) ?? null,
    request: context.res.headers.get("x-request-id") ?? "",
    from: fromOf(context),
  };
}
