/** How it is doing: status, health, metrics. */
import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { StatusAnswer } from "../contract.ts";
import type { ApiPorts } from "../ports.ts";
import { statusOf } from "../status.ts";

/** Behind, and not a step nearer for this long: something is stuck, whatever answers. */
const STUCK_MS = 60_000;

/** Adds the routes, and counts every request. */
export function stateRoutes(app: OpenAPIHono, ports: ApiPorts): void {
  for (const [path, summary] of ROUTES) {
    app.openAPIRegistry.registerPath(
      createRoute({
        method: "get",
        path,
        summary,
        responses: {
          200: { description: "As it is now" },
          503: { description: "Something is wrong; the body says what" },
        },
      }),
    );
  }
  const advance = advanceWatch(ports);
  const metrics = metricsOf(ports);
  app.use(async (context, next) => {
    const end = metrics.begin();
    await next();
    end(context.req.method, context.res.status);
  });
  app.get("/v1/status", async (context) => context.json(await statusOf(ports)));
  app.get("/health/live", (context) => context.json({ ok: true }));
  app.get("/health/ready", async (context) => {
    const checks = healthOf(await statusOf(ports), advance);
    const ok = checks.every((one) => one.ok);
    return context.json({ ok, checks }, ok ? 200 : 503);
  });
  app.get("/metrics", async () => {
    const text = await metrics.text(await statusOf(ports));
    return new Response(text, { headers: { "content-type": metrics.contentType } });
  });
}

const ROUTES = [
  ["/v1/status", "heard = stored + aside + behind, each part, queue and source"],
  ["/health/live", "This process answers"],
  ["/health/ready", "Records go all the way through"],
  ["/metrics", "Prometheus metrics"],
] as const;

type Check = { readonly name: string; readonly ok: boolean; readonly fact: string };

function healthOf(
  status: StatusAnswer,
  stuckMs: (settled: number | null, behind: number | null) => number,
): readonly Check[] {
  const failures = status.ingest?.write_failures ?? 0;
  const settled =
    status.stored === null || status.aside === null ? null : status.stored + status.aside;
  const stuck = stuckMs(settled, status.behind);
  return [
    ...Object.entries(status.parts).map(([name, part]) => ({
      name,
      ok: part.ok,
      fact: part.problem ?? "answers",
    })),
    {
      name: "journal",
      ok: failures === 0,
      fact: failures === 0 ? "writes" : `${failures} writes failed since the last good one`,
    },
    {
      name: "settling",
      ok: stuck < STUCK_MS,
      fact: `${status.behind ?? "unknown"} behind, last step ${Math.round(stuck / 1000)} s ago`,
    },
  ];
}

/** How long something has been behind without a step forward. */
function advanceWatch(ports: ApiPorts): (settled: number | null, behind: number | null) => number {
  let last = -1;
  let since = ports.now().getTime();
  return (settled, behind) => {
    const now = ports.now().getTime();
    if (behind === 0 || settled === null || settled !== last) since = now;
    last = settled ?? last;
    return now - since;
  };
}

type Metrics = {
  readonly contentType: string;
  begin(): (method: string, status: number) => void;
  text(status: StatusAnswer): Promise<string>;
};

function metricsOf(ports: ApiPorts): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const gauge = (name: string, help: string): Gauge =>
    new Gauge({ name: `verbatim_${name}`, help, registers });
  const gauges = {
    heard: gauge("heard", "Entries in the journal"),
    stored: gauge("stored", "Entries of which messages were stored"),
    aside: gauge("aside", "Entries set aside with a reason"),
    behind: gauge("behind", "Entries not settled yet"),
    age: gauge("last_record_age_seconds", "Since the newest settled record was heard"),
    followers: gauge("live_followers", "Readers of the live feed"),
    failures: gauge("journal_write_failures", "Failed writes since the last good one"),
    restarts: gauge("process_restarts", "Restarts of supervised processes"),
  };
  const requests = new Counter({
    name: "verbatim_http_requests_total",
    help: "Requests answered",
    labelNames: ["method", "status"],
    registers,
  });
  const seconds = new Histogram({
    name: "verbatim_http_request_seconds",
    help: "Time to the answer's head",
    registers,
  });
  return {
    contentType: registry.contentType,
    begin: () => {
      const started = performance.now();
      return (method, status) => {
        requests.inc({ method, status: String(status) });
        seconds.observe((performance.now() - started) / 1000);
      };
    },
    text: async (status) => {
      gauges.heard.set(status.heard ?? 0);
      gauges.stored.set(status.stored ?? 0);
      gauges.aside.set(status.aside ?? 0);
      gauges.behind.set(status.behind ?? 0);
      gauges.age.set((status.last_record_age_ms ?? 0) / 1000);
      gauges.followers.set(ports.live.followers());
      gauges.failures.set(status.ingest?.write_failures ?? 0);
      gauges.restarts.set(status.processes.reduce((sum, one) => sum + one.restarts, 0));
      return await registry.metrics();
    },
  };
}
