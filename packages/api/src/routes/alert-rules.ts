/** The rules of alerts: which there are and hold, written and removed one by one. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { type Result, VerbatimError, withoutRule, withRule } from "@verbatim/core";
import type { Context } from "hono";
import { alertsOf } from "../alerts.ts";
import { tell } from "../http/describe.ts";
import { problem } from "../http/problem.ts";
import { errorsOf, inWords } from "../http/query.ts";
import { jsonIn, type Writing } from "../http/writing.ts";
import type { ApiPorts } from "../ports.ts";
import { ruleAsk } from "../schemas/settings.ts";

const PATH = "/v1/analytics/alerts";

/** Adds the routes and their description. */
export function alertRuleRoutes(app: OpenAPIHono, ports: ApiPorts, writing: Writing): void {
  describe(app);
  app.get(PATH, (context) => shown(context, ports));
  app.put(`${PATH}/:name`, (context) =>
    writing.post(context, (body) => written(context, ports, body)),
  );
  app.delete(`${PATH}/:name`, (context) =>
    writing.post(
      context,
      async () => {
        const name = nameIn(context);
        await ports.settings.changeAlerts((text) => {
          const next = orRefused(withoutRule(text, name));
          if (next === null) throw new VerbatimError("not_found", `there is no rule ${name}`);
          return next;
        });
        return await shown(context, ports);
      },
      "empty is fine",
    ),
  );
}

async function shown(context: Context, ports: ApiPorts): Promise<Response> {
  return context.json(alertsOf(await ports.alerts()));
}

async function written(context: Context, ports: ApiPorts, body: Uint8Array): Promise<Response> {
  const sent = jsonIn(body);
  const read = ruleAsk.safeParse(sent.ok ? sent.value : undefined, { error: inWords });
  if (!read.success)
    return problem(context, 422, "input_invalid", 'send {"metric": "open.blocked", "above": 3}', {
      errors: errorsOf(read.error, ["metric", "above", "below", "hours"]),
    });
  const name = nameIn(context);
  await ports.settings.changeAlerts((text) => orRefused(withRule(text, name, read.data)));
  return await shown(context, ports);
}

function nameIn(context: Context): string {
  return context.req.param("name") ?? "";
}

function orRefused<Value>(read: Result<Value>): Value {
  if (read.ok) return read.value;
  throw new VerbatimError("input_invalid", read.why);
}

function describe(app: OpenAPIHono): void {
  const answers = { 200: { says: "Every rule", shape: "Alerts" } } as const;
  const params = { name: "of the rule: letters, digits, _ and -" } as const;
  const usual = { tag: "Analysing", personal: false, answers } as const;
  tell(app, {
    ...usual,
    method: "get",
    path: PATH,
    summary: "The rules of alerts.json, and which of them hold now",
  });
  tell(app, {
    ...usual,
    method: "put",
    path: `${PATH}/{name}`,
    summary: "Writes a rule; a webhook that alerts.json gives it stays",
    more: "Looked at within five minutes. The other rules stay as they are.",
    params,
    body: "RuleAsk",
    problems: { 422: "the rule, or the file, has a mistake; detail says which" },
  });
  tell(app, {
    ...usual,
    method: "delete",
    path: `${PATH}/{name}`,
    summary: "Removes a rule",
    params,
    problems: { 404: "There is no such rule", 422: "alerts.json cannot be read; detail says why" },
  });
}
