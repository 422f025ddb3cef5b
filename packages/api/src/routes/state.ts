/** How it is doing: status, health, metrics. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { HealthWatch } from "../health.ts";
import { tell } from "../http/describe.ts";
import type { Metrics } from "../metrics.ts";
import type { ApiPorts } from "../ports.ts";
import { statusOf } from "../status.ts";

/** Adds the routes. */
export function stateRoutes(
  app: OpenAPIHono,
  ports: ApiPorts,
  watches: { readonly health: HealthWatch; readonly metrics: Metrics },
): void {
  describe(app);
  const { health, metrics } = watches;
  app.get("/v1/status", async (context) => context.json(await statusOf(ports)));
  app.get("/health/live", (context) => context.json({ ok: true, checks: [] }));
  app.get("/health/ready", async (context) => {
    const found = health.look(await statusOf(ports));
    return context.json(found, found.ok ? 200 : 503);
  });
  app.get("/metrics", async () => {
    const text = await metrics.text(await statusOf(ports), ports.live.followers());
    return new Response(text, { headers: { "content-type": metrics.contentType } });
  });
}

function describe(app: OpenAPIHono): void {
  tell(app, {
    method: "get",
    path: "/v1/status",
    personal: false,
    tag: "Operating",
    summary: "heard = stored + aside + behind, each part, queue, source and process",
    more: "Always 200 while the API answers; a part that is away says so under parts, and what nobody can say is null.",
    answers: { 200: { says: "As it is now", shape: "Status" } },
  });
  tell(app, {
    method: "get",
    path: "/health/live",
    owners: true,
    tag: "Operating",
    summary: "This process answers",
    answers: { 200: { says: "It does", shape: "Health" } },
  });
  tell(app, {
    method: "get",
    path: "/health/ready",
    owners: true,
    tag: "Operating",
    summary: "Records go all the way through",
    more: "Red when a part is away, a write of the journal failed, or a store is behind and not a step nearer for a minute.",
    answers: {
      200: { says: "They do", shape: "Health" },
      503: { says: "They do not; checks say why", shape: "Health" },
    },
  });
  tell(app, {
    method: "get",
    path: "/metrics",
    tag: "Operating",
    summary: "Metrics for Prometheus",
    answers: { 200: { says: "As it is now", type: "text/plain" } },
  });
}
