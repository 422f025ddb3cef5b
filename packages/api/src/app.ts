/**
 * The API as a function of its ports: no listening, no environment. Tests call
 * it with Requests.
 */
import { OpenAPIHono } from "@hono/zod-openapi";
import { guard } from "./http/guard.ts";
import { onError, problem } from "./http/problem.ts";
import type { ApiPorts, ApiSettings } from "./ports.ts";
import { docsRoutes } from "./routes/docs.ts";
import { jobRoutes } from "./routes/jobs.ts";
import { liveRoute } from "./routes/live.ts";
import { postMessages } from "./routes/post-messages.ts";
import { readRoutes } from "./routes/read.ts";
import { stateRoutes } from "./routes/state.ts";

/** The whole API. */
export function createApp(ports: ApiPorts, settings: ApiSettings): OpenAPIHono {
  const app = new OpenAPIHono();
  app.onError(onError(ports.log));
  app.notFound((context) =>
    problem(
      context,
      404,
      "not_found",
      `there is no ${context.req.method} ${context.req.path}; /docs lists what there is`,
    ),
  );
  app.use(guard(settings));
  stateRoutes(app, ports);
  postMessages(app, ports);
  readRoutes(app, ports);
  liveRoute(app, ports);
  jobRoutes(app, ports);
  docsRoutes(app);
  return app;
}
