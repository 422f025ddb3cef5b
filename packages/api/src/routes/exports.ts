/** Exports as jobs: asked for, followed, listed, fetched. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { VerbatimError } from "@verbatim/core";
import { checkAsk, type ExportAsk, endingOf, MEDIA_TYPES } from "@verbatim/core/export";
import type { Context } from "hono";
import { z } from "zod";
import type { ExportAccepted } from "../contract-work.ts";
import { refuseWhileForgetting } from "../forgets/waiting.ts";
import { wrongPeriod } from "../http/asking.ts";
import { tell } from "../http/describe.ts";
import { known, pageFields } from "../http/paging.ts";
import { problem } from "../http/problem.ts";
import { errorsOf, inWords, withQuery } from "../http/query.ts";
import { sendFile } from "../http/sending.ts";
import { jsonIn, type Writing } from "../http/writing.ts";
import type { ApiPorts } from "../ports.ts";
import { ASK_NAMES, exportAsk } from "../schemas/exports.ts";
import { listed, stateOf } from "./exports-listed.ts";

const listQuery = z.strictObject(pageFields);

/** Adds the routes. */
export function exportRoutes(app: OpenAPIHono, ports: ApiPorts, writing: Writing): void {
  describe(app);
  app.post("/v1/exports", (context) =>
    writing.post(context, (body) => asked(context, ports, body)),
  );
  app.get("/v1/exports", (context) =>
    withQuery(context, listQuery, async (query) => context.json(await listed(ports, query))),
  );
  app.get("/v1/exports/:id", async (context) => {
    const { state } = await stateOf(ports, context.req.param("id"));
    return context.json(state);
  });
  app.get("/v1/exports/:id/file", (context) => file(context, ports, context.req.param("id")));
}

async function asked(context: Context, ports: ApiPorts, body: Uint8Array): Promise<Response> {
  const sent = jsonIn(body);
  const read = exportAsk.safeParse(sent.ok ? sent.value : undefined, { error: inWords });
  if (!read.success)
    return problem(
      context,
      422,
      "input_invalid",
      'send {"session": "…"} or {"all": true}, and a format: md, html, json, jsonl, parquet, original',
      { errors: errorsOf(read.error, ASK_NAMES) },
    );
  const { format, as, redact, records, all, ...filter } = read.data;
  const ask: ExportAsk = {
    format,
    ...(as === undefined ? {} : { as }),
    redact,
    ...(records === undefined ? {} : { records }),
    all,
    filter: known(filter),
  };
  const wrong = wrongPeriod(read.data) ?? whyNot(ask);
  if (wrong !== null) return problem(context, 422, "input_invalid", wrong);
  const id = await ports.jobs.addExport(ask);
  const accepted: ExportAccepted = { id, queue: "export" };
  return context.json(accepted, 202, { location: `/v1/exports/${encodeURIComponent(id)}` });
}

function whyNot(ask: ExportAsk): string | null {
  try {
    checkAsk(ask);
    return null;
  } catch (error) {
    if (error instanceof VerbatimError) return error.message;
    throw error;
  }
}

async function file(context: Context, ports: ApiPorts, id: string): Promise<Response> {
  const { state, kept } = await stateOf(ports, id);
  if (kept === null)
    throw new VerbatimError(
      "conflict",
      `export ${id} is ${state.state}; its file comes when it is completed`,
    );
  refuseWhileForgetting(ports.forgets);
  const found = await ports.exports.file(kept);
  if (found === null)
    throw new VerbatimError(
      "not_found",
      `the file of export ${kept.id} is gone; POST /v1/exports makes it again`,
    );
  const type = MEDIA_TYPES[endingOf(kept.asked)] ?? "application/octet-stream";
  return sendFile(
    context,
    { ...found, mark: kept.sha256.slice(0, 32) },
    {
      name: kept.file,
      type,
      saved: true,
    },
  );
}

const AWAY = { 503: "Redis is away; recording goes on" } as const;
const NAMED = { id: "of an export, or of the job that POST /v1/exports answered" } as const;
const NOT_THERE = "There is no such export";

function describe(app: OpenAPIHono): void {
  tell(app, {
    method: "post",
    path: "/v1/exports",
    tag: "Reading",
    summary: "Write sessions into a file: transcripts, lines, a table, or the original files",
    more: "One session, or all of them as a tar with a page that leads to each. The format original gives back the files they were recorded from, byte for byte, as `verbatim restore` does: always a tar, for paths and times, with SHA256SUMS in it. POST /v1/jobs/export/{id}/cancel stops it.",
    body: "ExportAsk",
    answers: { 202: { says: "A job; Location says where to follow it", shape: "ExportAccepted" } },
    problems: { 415: "The body is not JSON", 422: "The body is wrong; errors say where", ...AWAY },
  });
  tell(app, {
    method: "get",
    path: "/v1/exports",
    tag: "Reading",
    summary: "Exports: those being made or failed, then those that are kept, the newest first",
    query: listQuery,
    answers: { 200: { says: "A page", shape: "ExportListing" } },
    problems: { 400: "A parameter is wrong; errors name it" },
  });
  tell(app, {
    method: "get",
    path: "/v1/exports/{id}",
    tag: "Reading",
    summary: "One export, or how far its job is",
    params: NAMED,
    answers: { 200: { says: "Its state", shape: "ExportState" } },
    problems: { 404: NOT_THERE, ...AWAY },
  });
  tell(app, {
    method: "get",
    path: "/v1/exports/{id}/file",
    tag: "Reading",
    summary: "The file of an export",
    params: NAMED,
    headers: {
      "If-None-Match": "an ETag: 304 when you have this very file",
      Range: "bytes=…: a part of it, to go on where a download was cut off",
      "If-Range": "an ETag: the part only when the file is this one",
    },
    answers: {
      200: { says: "The whole file; its type is that of its form", type: "text/markdown" },
      206: { says: "The part that was asked for", type: "text/markdown" },
      304: { says: "You have it" },
    },
    problems: {
      404: NOT_THERE,
      409: "It is still being made, or something is being forgotten",
      416: "The file has no such part",
      ...AWAY,
    },
  });
}
