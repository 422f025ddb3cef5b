/**
 * The API as a function of its ports: no listening, no environment. Tests call
 * it with Requests.
 *
 *   A5   Whatever is away, an answer comes within seconds and names the part.
 *   A6   Without a key only programs and pages of this machine are answered;
 *        with one, whoever has it, as far as it goes (D2 to D5).
 *   A9   An error says what is wrong, where and what to do; one we did not
 *        expect gives nothing away.
 *   A10  Every route is in /openapi.json, and answers what it says there.
 */
import { OpenAPIHono } from "@hono/zod-openapi";
import { hiding } from "./forgets/hiding.ts";
import { type HealthWatch, openHealth } from "./health.ts";
import { audited } from "./http/audit.ts";
import { crossOrigin } from "./http/cors.ts";
import { guard } from "./http/guard.ts";
import { limited } from "./http/limits.ts";
import { observe } from "./http/observe.ts";
import { lacking, readablePaths } from "./http/paths.ts";
import { onError, problem } from "./http/problem.ts";
import { openWriting } from "./http/writing.ts";
import { openMetrics } from "./metrics.ts";
import { inTurn, patient } from "./patience.ts";
import type { ApiPorts, ApiSettings } from "./ports.ts";
import { alertRuleRoutes } from "./routes/alert-rules.ts";
import { analyticsRoutes } from "./routes/analytics.ts";
import { archiveRoutes } from "./routes/archive.ts";
import { boardRoutes } from "./routes/board.ts";
import { checkpointRoutes } from "./routes/checkpoints.ts";
import { citationRoutes } from "./routes/citations.ts";
import { conversationRoutes } from "./routes/conversations.ts";
import { docsRoutes } from "./routes/docs.ts";
import { exportRoutes } from "./routes/exports.ts";
import { forgetRoutes } from "./routes/forgets.ts";
import { jobRoutes } from "./routes/jobs.ts";
import { keyRoutes } from "./routes/keys.ts";
import { liveRoute } from "./routes/live.ts";
import { pageRoutes, strayPage } from "./routes/pages.ts";
import { postMessages } from "./routes/post-messages.ts";
import { queueRoutes } from "./routes/queues.ts";
import { readRoutes } from "./routes/read.ts";
import { rebuildRoutes } from "./routes/rebuilds.ts";
import { reportRoutes } from "./routes/reports.ts";
import { retentionRoutes } from "./routes/retention.ts";
import { sessionRecordRoutes } from "./routes/session-records.ts";
import { sessionWordRoutes } from "./routes/session-words.ts";
import { sessionRoutes } from "./routes/sessions.ts";
import { stateRoutes } from "./routes/state.ts";
import { taxonomyRoutes } from "./routes/taxonomy.ts";
import { openParts, openSessions } from "./sessions/rooms.ts";

/** The whole API. */
export function createApp(
  given: ApiPorts,
  settings: ApiSettings,
  health: HealthWatch = openHealth(given.now),
): OpenAPIHono {
  const parts = openParts(given);
  const ports = hiding(patient(given, parts.postgres), given.forgets);
  const app = new OpenAPIHono();
  const metrics = openMetrics();
  const writing = openWriting(ports);
  app.onError(onError(ports.log));
  app.use(observe(ports.newId, metrics.seen));
  app.use(crossOrigin(settings.corsOrigins));
  app.use(audited(app, ports, settings));
  app.use(guard(app, settings, ports));
  app.use(limited(settings.rate, () => performance.now()));
  app.use(readablePaths());
  stateRoutes(app, ports, { health, metrics });
  postMessages(app, ports, writing);
  readRoutes(app, ports);
  liveRoute(app, ports);
  jobRoutes(app, ports, writing);
  queueRoutes(app, ports, writing);
  boardRoutes(app, ports);
  rebuildRoutes(app, ports, writing);
  analyticsRoutes(app, ports, inTurn(given.numbers));
  alertRuleRoutes(app, ports, writing);
  reportRoutes(app, ports, writing);
  forgetRoutes(app, given.forgets, writing);
  exportRoutes(app, ports, writing);
  archiveRoutes(app, ports, writing);
  checkpointRoutes(app, ports, writing);
  retentionRoutes(app, ports, writing);
  keyRoutes(app, ports, writing);
  taxonomyRoutes(app, ports, writing);
  const sessions = openSessions(ports, parts, settings.uriScheme);
  const desk = { app, sessions, writing };
  conversationRoutes(desk);
  sessionRoutes(desk);
  sessionWordRoutes(desk);
  sessionRecordRoutes(desk);
  citationRoutes(desk);
  pageRoutes(app, ports, settings);
  docsRoutes(app, ports);
  const methodsAt = methodsOf(app);
  app.notFound(async (context) => {
    const { method, path } = context.req;
    const incomplete = lacking(context);
    if (incomplete !== null) return incomplete;
    const allowed = methodsAt(path);
    if (allowed.length === 0)
      return (
        (await strayPage(context, ports)) ??
        problem(context, 404, "not_found", `there is no ${path}; /docs lists what there is`)
      );
    const allow = allowed.join(", ");
    return problem(context, 405, "usage", `${path} takes ${allow}, not ${method}`, {
      headers: { allow },
    });
  });
  return app;
}

/** Which methods there are at a path. */
function methodsOf(app: OpenAPIHono): (path: string) => readonly string[] {
  const routes = app.routes
    .filter((one) => one.method !== "ALL")
    .map(({ method, path }) => ({
      method,
      pattern: new RegExp(
        `^${path.replaceAll(".", "\\.").replaceAll("*", ".*").replaceAll(/:\w+/g, "[^/]+")}$`,
      ),
    }));
  return (path) => [
    ...new Set(routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method)),
  ];
}
