/** Queues and their jobs, and imports. */
import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { QUEUES, type QueueName, VerbatimError } from "@verbatim/core";
import { errorsOf } from "../http/paging.ts";
import { problem } from "../http/problem.ts";
import type { ApiPorts } from "../ports.ts";

const queueSchema = z.enum(["ingest", "enrichment", "archive"]);
const stateSchema = z.enum(["waiting", "active", "delayed", "completed", "failed"]);
const listQuery = z.strictObject({
  queue: queueSchema.optional(),
  state: stateSchema.default("failed"),
});
const importBody = z.strictObject({
  paths: z
    .array(z.string().startsWith("/", "must be an absolute path on the server"))
    .min(1)
    .max(1000),
  source: z.enum(["auto", "claude-code"]).default("auto"),
});

/** Adds the routes. */
export function jobRoutes(app: OpenAPIHono, ports: ApiPorts): void {
  describe(app);
  app.get("/v1/jobs", async (context) => {
    const asked = listQuery.safeParse(context.req.query());
    if (!asked.success)
      return problem(context, 400, "input_invalid", z.prettifyError(asked.error), {
        errors: errorsOf(asked.error),
      });
    const queues = asked.data.queue === undefined ? QUEUES : [asked.data.queue];
    const [counts, ...lists] = await Promise.all([
      ports.jobs.counts(),
      ...queues.map((queue) => ports.jobs.list(queue, asked.data.state)),
    ]);
    return context.json({ counts, data: lists.flat() });
  });
  app.get("/v1/jobs/:queue/:id", async (context) => {
    const queue = queueOf(context.req.param("queue"));
    return context.json(await jobOf(ports, queue, context.req.param("id")));
  });
  app.post("/v1/jobs/:queue/:id/retry", async (context) => {
    const queue = queueOf(context.req.param("queue"));
    await ports.jobs.retry(queue, context.req.param("id"));
    return context.json(await jobOf(ports, queue, context.req.param("id")), 202);
  });
  app.post("/v1/imports", async (context) => {
    const body = importBody.safeParse(await context.req.json().catch(() => undefined));
    if (!body.success)
      return problem(context, 422, "input_invalid", 'send {"paths": ["/absolute/path"]}', {
        errors: errorsOf(body.error),
      });
    const id = await ports.jobs.addImport(body.data);
    return context.json({ id, queue: "ingest" }, 202, { location: `/v1/jobs/ingest/${id}` });
  });
}

function queueOf(name: string): QueueName {
  const read = queueSchema.safeParse(name);
  if (read.success) return read.data;
  throw new VerbatimError("not_found", `there is no queue ${name}; there are ${QUEUES.join(", ")}`);
}

async function jobOf(ports: ApiPorts, queue: QueueName, id: string): Promise<object> {
  const job = await ports.jobs.show(queue, id);
  if (job === null)
    throw new VerbatimError(
      "not_found",
      `queue ${queue} has no job ${id}; GET /v1/jobs lists them`,
    );
  return job;
}

function describe(app: OpenAPIHono): void {
  const job = { params: z.object({ queue: queueSchema, id: z.string() }) };
  const routes = [
    createRoute({
      method: "get",
      path: "/v1/jobs",
      summary: "Counts of each queue, and jobs of one state",
      request: { query: listQuery },
      responses: { 200: { description: "The answer" }, 503: { description: "Redis is away" } },
    }),
    createRoute({
      method: "get",
      path: "/v1/jobs/{queue}/{id}",
      summary: "One job with its progress",
      request: job,
      responses: { 200: { description: "The job" }, 404: { description: "No such job" } },
    }),
    createRoute({
      method: "post",
      path: "/v1/jobs/{queue}/{id}/retry",
      summary: "Try a failed job again",
      request: job,
      responses: {
        202: { description: "It is tried again" },
        409: { description: "It has not failed" },
      },
    }),
    createRoute({
      method: "post",
      path: "/v1/imports",
      summary: "Record existing files and folders of the server",
      request: { body: { content: { "application/json": { schema: importBody } } } },
      responses: {
        202: { description: "A job; follow its Location" },
        422: { description: "The body is wrong" },
      },
    }),
  ];
  for (const route of routes) app.openAPIRegistry.registerPath(route);
}
