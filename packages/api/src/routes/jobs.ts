/** Queues and their jobs, and imports. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { type JobRow, type Jobs, QUEUES, type QueueName, VerbatimError } from "@verbatim/core";
import type { Context } from "hono";
import { z } from "zod";
import type { ImportAccepted, JobListing } from "../contract.ts";
import { tell } from "../http/describe.ts";
import { problem } from "../http/problem.ts";
import { errorsOf, inWords, withQuery } from "../http/query.ts";
import { jsonIn, type Writing } from "../http/writing.ts";
import type { ApiPorts } from "../ports.ts";
import { SHAPES } from "../schemas/answers.ts";

const listQuery = z.strictObject({
  queue: z.enum(QUEUES).optional().meta({ description: "one queue; all when left out" }),
  state: z
    .enum(["waiting", "active", "delayed", "completed", "failed"])
    .default("failed")
    .meta({ description: "jobs in this state" }),
});

/** Adds the routes. */
export function jobRoutes(app: OpenAPIHono, ports: ApiPorts, writing: Writing): void {
  describe(app);
  const { jobs } = ports;
  app.get("/v1/jobs", (context) =>
    withQuery(context, listQuery, async (asked) => {
      const queues = asked.queue === undefined ? QUEUES : [asked.queue];
      const [counts, ...lists] = await Promise.all([
        jobs.counts(),
        ...queues.map((queue) => jobs.list(queue, asked.state)),
      ]);
      const listing: JobListing = { counts, data: lists.flat() };
      return context.json(listing);
    }),
  );
  app.get("/v1/jobs/:queue/:id", async (context) =>
    context.json(await jobOf(jobs, queueIn(context), context.req.param("id"))),
  );
  app.post("/v1/jobs/:queue/:id/retry", (context) =>
    writing.post(
      context,
      async () => {
        const id = context.req.param("id");
        await jobs.retry(queueIn(context), id);
        return context.json(await jobOf(jobs, queueIn(context), id), 202);
      },
      "empty is fine",
    ),
  );
  app.post("/v1/jobs/:queue/:id/cancel", (context) =>
    writing.post(
      context,
      async () => {
        const id = context.req.param("id");
        const queue = queueIn(context);
        const before = await jobOf(jobs, queue, id);
        await jobs.cancel(queue, id);
        return context.json((await jobs.show(queue, id)) ?? before, 202);
      },
      "empty is fine",
    ),
  );
  app.get("/v1/imports/:id", async (context) =>
    context.json(await jobOf(jobs, "ingest", context.req.param("id"))),
  );
  app.post("/v1/imports", (context) =>
    writing.post(context, (body) => importing(context, jobs, body)),
  );
}

async function importing(context: Context, jobs: Jobs, body: Uint8Array): Promise<Response> {
  const sent = jsonIn(body);
  const read = SHAPES.Import.safeParse(sent.ok ? sent.value : undefined, { error: inWords });
  if (!read.success)
    return problem(context, 422, "input_invalid", 'send {"paths": ["/absolute/path"]}', {
      errors: errorsOf(read.error, ["paths", "source"]),
    });
  const accepted: ImportAccepted = { id: await jobs.addImport(read.data), queue: "ingest" };
  return context.json(accepted, 202, { location: `/v1/imports/${accepted.id}` });
}

function queueIn(context: Context): QueueName {
  const name = context.req.param("queue");
  const found = QUEUES.find((one) => one === name);
  if (found !== undefined) return found;
  throw new VerbatimError("not_found", `there is no queue ${name}; there are ${QUEUES.join(", ")}`);
}

/** A job, or the failure that says there is none. */
export async function jobOf(jobs: Jobs, queue: QueueName, id: string): Promise<JobRow> {
  const job = await jobs.show(queue, id);
  if (job !== null) return job;
  throw new VerbatimError("not_found", `queue ${queue} has no job ${id}; GET /v1/jobs lists them`);
}

const AWAY = { 503: "Redis is away; recording goes on" } as const;
const JOB = { queue: QUEUES.join(", "), id: "the job's id" } as const;

function describe(app: OpenAPIHono): void {
  tell(app, {
    method: "get",
    path: "/v1/jobs",
    personal: false,
    tag: "Operating",
    summary: "Counts of each queue, and the newest hundred jobs in one state",
    query: listQuery,
    answers: { 200: { says: "Counts and jobs", shape: "JobListing" } },
    problems: { 400: "A parameter is wrong; errors name it", ...AWAY },
  });
  tell(app, {
    method: "get",
    path: "/v1/jobs/{queue}/{id}",
    personal: false,
    tag: "Operating",
    summary: "One job with its progress",
    params: JOB,
    answers: { 200: { says: "The job", shape: "Job" } },
    problems: { 404: "There is no such job", ...AWAY },
  });
  tell(app, {
    method: "post",
    path: "/v1/jobs/{queue}/{id}/retry",
    tag: "Operating",
    summary: "Try a failed job again",
    params: JOB,
    answers: { 202: { says: "It is tried again", shape: "Job" } },
    problems: { 404: "There is no such job", 409: "It has not failed", ...AWAY },
  });
  tell(app, {
    method: "post",
    path: "/v1/jobs/{queue}/{id}/cancel",
    tag: "Operating",
    summary: "Take a job out of its queue, or stop it where it runs",
    more: "One that runs stops within seconds. Either is then shown as cancelled, one that waited for a day.",
    params: JOB,
    answers: { 202: { says: "It is cancelled, or about to stop", shape: "Job" } },
    problems: { 404: "There is no such job", 409: "It is over already", ...AWAY },
  });
  tell(app, {
    method: "post",
    path: "/v1/imports",
    tag: "Recording",
    summary: "Record existing files and folders of the server, once",
    more: "Importing again adds nothing twice.",
    body: "Import",
    answers: { 202: { says: "A job; Location says where to follow it", shape: "ImportAccepted" } },
    problems: { 415: "The body is not JSON", 422: "The body is wrong; errors say where", ...AWAY },
  });
  tell(app, {
    method: "get",
    path: "/v1/imports/{id}",
    personal: false,
    tag: "Recording",
    summary: "How far an import is",
    params: { id: "as POST /v1/imports answered" },
    answers: { 200: { says: "The job; progress counts files, bytes and records", shape: "Job" } },
    problems: { 404: "There is no such import", ...AWAY },
  });
}
