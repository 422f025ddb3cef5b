/** Reports as files: asked for, followed, listed, fetched. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import {
  isReportId,
  type JobRow,
  type ReportFormat,
  type ReportMade,
  VerbatimError,
} from "@verbatim/core";
import type { Context } from "hono";
import { z } from "zod";
import type { ReportAccepted, ReportListing, ReportState } from "../contract.ts";
import { askFields, asking, filterIn, wrongPeriod } from "../http/asking.ts";
import { tell } from "../http/describe.ts";
import { namedPage } from "../http/named-page.ts";
import { known, pageFields } from "../http/paging.ts";
import { problem } from "../http/problem.ts";
import { errorsOf, inWords, withQuery } from "../http/query.ts";
import { jsonIn, type Writing } from "../http/writing.ts";
import type { ApiPorts } from "../ports.ts";

/** A page of reports reads each of them. */
const LISTED_MAX = 100;

const listQuery = z.strictObject(pageFields);
const fileQuery = z.strictObject({
  format: z.enum(["json", "md"]).default("md").meta({ description: "md is Markdown, to read" }),
});
/** What is read of a report to list it. */
const keptSchema = z.object({
  timestamp: z.string(),
  total_messages: z.number(),
  collaboration_score: z.number(),
  asked: asking,
});

/** Adds the routes. */
export function reportRoutes(app: OpenAPIHono, ports: ApiPorts, writing: Writing): void {
  describe(app);
  app.post("/v1/reports", (context) =>
    writing.post(context, (body) => asked(context, ports, body), "empty is fine"),
  );
  app.get("/v1/reports", (context) =>
    withQuery(context, listQuery, (query) => listed(context, ports, query)),
  );
  app.get("/v1/reports/:id", async (context) => {
    const state = await stateOf(ports, context.req.param("id"));
    return context.json(state);
  });
  app.get("/v1/reports/:id/file", (context) =>
    withQuery(context, fileQuery, ({ format }) =>
      file(context, ports, context.req.param("id"), format),
    ),
  );
}

async function asked(context: Context, ports: ApiPorts, body: Uint8Array): Promise<Response> {
  const sent = body.length === 0 ? { ok: true, value: {} } : jsonIn(body);
  const read = asking.safeParse("value" in sent ? sent.value : undefined, { error: inWords });
  if (!read.success)
    return problem(context, 422, "input_invalid", 'send {} or {"since": "2026-11-01"}', {
      errors: errorsOf(read.error, Object.keys(askFields)),
    });
  const message = wrongPeriod(read.data);
  if (message !== null)
    return problem(context, 422, "input_invalid", `until ${message}`, {
      errors: [{ path: "until", message }],
    });
  const id = await ports.jobs.addReport(filterIn(read.data));
  const accepted: ReportAccepted = { id, queue: "report" };
  return context.json(accepted, 202, { location: `/v1/reports/${encodeURIComponent(id)}` });
}

/** The page's cursor is the last report's name: names sort by time. */
async function listed(
  context: Context,
  { reports }: ApiPorts,
  { limit, cursor }: z.output<typeof listQuery>,
): Promise<Response> {
  const page = { limit: Math.min(limit, LISTED_MAX), cursor };
  const { names, ...after } = namedPage(await reports.ids(), page, { what: "report" });
  const states = await Promise.all(names.map((id) => kept(reports, id)));
  const listing: ReportListing = { data: states.filter((one) => one !== null), ...after };
  return context.json(listing);
}

async function file(
  context: Context,
  ports: ApiPorts,
  asked: string,
  format: ReportFormat,
): Promise<Response> {
  const { id, state } = await stateOf(ports, asked);
  const text = await ports.reports.read(id, format);
  if (text === null)
    throw state === "completed"
      ? new VerbatimError(
          "not_found",
          `report ${asked} left no file; GET /v1/reports lists what there is`,
        )
      : new VerbatimError(
          "conflict",
          `report ${asked} is ${state}; its file comes when it is completed`,
        );
  const etag = `"${ports.sha256(text).slice(0, 32)}"`;
  if (context.req.header("if-none-match")?.includes(etag) === true)
    return new Response(null, { status: 304, headers: { etag } });
  const type = format === "json" ? "application/json" : "text/markdown; charset=utf-8";
  return new Response(text, {
    headers: {
      "content-type": type,
      "content-disposition": `inline; filename="${id}.${format}"`,
      "x-content-type-options": "nosniff",
      etag,
    },
  });
}

/** A report by its own name, or by its job's, for as long as the job is remembered. */
async function stateOf(ports: ApiPorts, id: string): Promise<ReportState> {
  if (isReportId(id)) {
    const found = await kept(ports.reports, id);
    if (found !== null) return found;
    throw new VerbatimError("not_found", `there is no report ${id}; GET /v1/reports lists them`);
  }
  const job = await ports.jobs.show("report", id);
  if (job === null || job.name !== "report")
    throw new VerbatimError("not_found", `there is no report ${id}; GET /v1/reports lists them`);
  const made = madeBy(job);
  return (made === null ? null : await kept(ports.reports, made)) ?? coming(job);
}

function madeBy({ result }: JobRow): string | null {
  const made: Partial<ReportMade> | null = isObject(result) ? result : null;
  return made?.id ?? null;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function coming(job: JobRow): ReportState {
  return {
    id: job.id,
    state: job.state,
    made_at: null,
    total_messages: null,
    collaboration_score: null,
    asked: isObject(job.data) && "ask" in job.data && isObject(job.data.ask) ? job.data.ask : {},
    files: null,
    failed_why: job.failed_why,
  };
}

/** What a file says of itself; null when it is gone. */
async function kept(reports: ApiPorts["reports"], id: string): Promise<ReportState | null> {
  const [text, files] = await Promise.all([reports.read(id, "json"), reports.sizes(id)]);
  if (text === null || files === null) return null;
  const read = keptSchema.safeParse(parsed(text));
  if (!read.success) return null;
  const { timestamp, total_messages, collaboration_score, asked } = read.data;
  return {
    id,
    state: "completed",
    made_at: timestamp,
    total_messages,
    collaboration_score,
    asked: known(asked),
    files,
    failed_why: null,
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const AWAY = { 503: "Redis is away; recording goes on" } as const;
const NAMED = { id: "of a report, or of the job that POST /v1/reports answered" } as const;
const NOT_THERE = "There is no such report";

function describe(app: OpenAPIHono): void {
  tell(app, {
    method: "post",
    path: "/v1/reports",
    tag: "Analysing",
    summary: "Make a report and keep it as JSON and Markdown",
    more: "The same filters as in a question, or {} for everything. The newest 400 reports are kept.",
    body: "ReportAsk",
    answers: { 202: { says: "A job; Location says where to follow it", shape: "ReportAccepted" } },
    problems: { 415: "The body is not JSON", 422: "The body is wrong; errors say where", ...AWAY },
  });
  tell(app, {
    method: "get",
    path: "/v1/reports",
    tag: "Analysing",
    summary: "Reports that are kept, the newest first",
    query: listQuery,
    answers: { 200: { says: "A page", shape: "ReportListing" } },
    problems: { 400: "A parameter is wrong; errors name it" },
  });
  tell(app, {
    method: "get",
    path: "/v1/reports/{id}",
    tag: "Analysing",
    summary: "One report, or how far its job is",
    params: NAMED,
    answers: { 200: { says: "What it says in short", shape: "ReportState" } },
    problems: { 404: NOT_THERE, ...AWAY },
  });
  tell(app, {
    method: "get",
    path: "/v1/reports/{id}/file",
    tag: "Analysing",
    summary: "The report itself",
    params: NAMED,
    query: fileQuery,
    headers: { "If-None-Match": "an ETag: 304 when you have this very file" },
    answers: {
      200: {
        says: "The file: Markdown, or JSON when that is asked for",
        type: "text/markdown",
        orJson: true,
      },
      304: { says: "You have it" },
    },
    problems: {
      400: "A parameter is wrong; errors name it",
      404: NOT_THERE,
      409: "It is still being made",
      ...AWAY,
    },
  });
}
