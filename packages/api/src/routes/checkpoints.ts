/** Checkpoints: asked for, followed, listed, fetched. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { type JobRow, VerbatimError } from "@verbatim/core";
import { type Checkpoint, isCheckpointId, labelOf } from "@verbatim/core/checkpoints";
import type { Context } from "hono";
import { z } from "zod";
import type { CheckpointAccepted, CheckpointListing, CheckpointState } from "../contract.ts";
import { refuseWhileForgetting } from "../forgets/waiting.ts";
import { tell } from "../http/describe.ts";
import { namedPage } from "../http/named-page.ts";
import { pageFields } from "../http/paging.ts";
import { problem } from "../http/problem.ts";
import { errorsOf, inWords, withQuery } from "../http/query.ts";
import { sendFile } from "../http/sending.ts";
import { jsonIn, type Writing } from "../http/writing.ts";
import type { ApiPorts } from "../ports.ts";
import { checkpointAsk } from "../schemas/checkpoints.ts";

const listQuery = z.strictObject(pageFields);
const fileQuery = z.strictObject({
  format: z
    .enum(["json", "parquet"])
    .default("json")
    .meta({ description: "json to read, parquet to count" }),
});

/** What one that is asked for without a label is called. */
const LABEL = "manual";

/** Adds the routes. */
export function checkpointRoutes(app: OpenAPIHono, ports: ApiPorts, writing: Writing): void {
  describe(app);
  app.post("/v1/checkpoints", (context) =>
    writing.post(context, (body) => asked(context, ports, body), "empty is fine"),
  );
  app.get("/v1/checkpoints", (context) =>
    withQuery(context, listQuery, (query) => listed(context, ports, query)),
  );
  app.get("/v1/checkpoints/:id", async (context) =>
    context.json(await stateOf(ports, context.req.param("id"))),
  );
  app.get("/v1/checkpoints/:id/file", (context) =>
    withQuery(context, fileQuery, ({ format }) =>
      file(context, ports, context.req.param("id"), format),
    ),
  );
}

async function asked(context: Context, ports: ApiPorts, body: Uint8Array): Promise<Response> {
  const sent = body.length === 0 ? { ok: true, value: {} } : jsonIn(body);
  const read = checkpointAsk.safeParse("value" in sent ? sent.value : undefined, {
    error: inWords,
  });
  if (!read.success)
    return problem(context, 422, "input_invalid", 'send {} or {"label": "before the migration"}', {
      errors: errorsOf(read.error, ["label"]),
    });
  const id = await ports.jobs.addCheckpoint(labelOf(read.data.label ?? "") || LABEL);
  const accepted: CheckpointAccepted = { id, queue: "checkpoint" };
  return context.json(accepted, 202, { location: `/v1/checkpoints/${encodeURIComponent(id)}` });
}

/** The page's cursor is the last checkpoint's name. */
async function listed(
  context: Context,
  ports: ApiPorts,
  asked: z.output<typeof listQuery>,
): Promise<Response> {
  const newestFirst = new Map((await all(ports)).toReversed().map((one) => [one.id, one]));
  const { names, ...after } = namedPage([...newestFirst.keys()], asked, { what: "checkpoint" });
  const rows = names.flatMap((id) => newestFirst.get(id) ?? []);
  const listing: CheckpointListing = { data: rows.map(kept), ...after };
  return context.json(listing);
}

async function file(
  context: Context,
  ports: ApiPorts,
  asked: string,
  format: "json" | "parquet",
): Promise<Response> {
  const { id, state, checkpoint } = await stateOf(ports, asked);
  refuseWhileForgetting(ports.forgets);
  const found = checkpoint === null ? null : await ports.checkpoints.file(id, format);
  if (found === null)
    throw state === "completed"
      ? new VerbatimError(
          "not_found",
          `checkpoint ${asked} left no ${format} file; GET /v1/checkpoints lists what there is`,
        )
      : new VerbatimError(
          "conflict",
          `checkpoint ${asked} is ${state}; its files come when it is completed`,
        );
  const type = format === "json" ? "application/json" : "application/vnd.apache.parquet";
  return sendFile(context, found, { name: `${id}.${format}`, type, saved: true });
}

/** A checkpoint by its own name, or by its job's, for as long as the job is remembered. */
async function stateOf(ports: ApiPorts, id: string): Promise<CheckpointState> {
  const checkpoints = await all(ports);
  const found = checkpoints.find((one) => one.id === id);
  if (found !== undefined) return kept(found);
  const job = isCheckpointId(id) ? null : await ports.jobs.show("checkpoint", id);
  if (job === null)
    throw new VerbatimError(
      "not_found",
      `there is no checkpoint ${id}; GET /v1/checkpoints lists them`,
    );
  const made = madeBy(job);
  const last = checkpoints.findLast((one) => made.includes(one.id));
  if (last !== undefined) return { ...kept(last), made };
  return { id: job.id, state: job.state, checkpoint: null, made, failed_why: job.failed_why };
}

async function all({ checkpoints }: ApiPorts): Promise<readonly Checkpoint[]> {
  return (await checkpoints.index())?.checkpoints ?? [];
}

function kept(checkpoint: Checkpoint): CheckpointState {
  const { id } = checkpoint;
  return { id, state: "completed", checkpoint, made: [id], failed_why: null };
}

function madeBy({ result }: JobRow): readonly string[] {
  if (typeof result !== "object" || result === null || !("ids" in result)) return [];
  return Array.isArray(result.ids) ? result.ids.filter((id) => typeof id === "string") : [];
}

const AWAY = { 503: "Redis is away; recording goes on" } as const;
const NAMED = { id: "of a checkpoint, or of the job that POST /v1/checkpoints answered" } as const;
const NOT_THERE = "There is no such checkpoint";

function describe(app: OpenAPIHono): void {
  tell(app, {
    method: "post",
    path: "/v1/checkpoints",
    tag: "Operating",
    summary: "Put what came since the last checkpoint into files that are never written again",
    more: "Made by the clock too, every five minutes while there is something new. A job that finds nothing new makes none.",
    body: "CheckpointAsk",
    answers: {
      202: { says: "A job; Location says where to follow it", shape: "CheckpointAccepted" },
    },
    problems: { 415: "The body is not JSON", 422: "The body is wrong; errors say where", ...AWAY },
  });
  tell(app, {
    method: "get",
    path: "/v1/checkpoints",
    tag: "Operating",
    summary: "Checkpoints, the newest first",
    query: listQuery,
    personal: false,
    answers: { 200: { says: "A page", shape: "CheckpointListing" } },
    problems: { 400: "A parameter is wrong; errors name it" },
  });
  tell(app, {
    method: "get",
    path: "/v1/checkpoints/{id}",
    tag: "Operating",
    summary: "One checkpoint, or how far its job is",
    params: NAMED,
    personal: false,
    answers: {
      200: { says: "What is in it, and how to know its files", shape: "CheckpointState" },
    },
    problems: { 404: NOT_THERE, ...AWAY },
  });
  tell(app, {
    method: "get",
    path: "/v1/checkpoints/{id}/file",
    tag: "Operating",
    summary:
      "The checkpoint itself: everything that was heard, byte for byte, and what was read from it",
    params: NAMED,
    query: fileQuery,
    headers: {
      "If-None-Match": "an ETag: 304 when you have this very file",
      Range: "bytes=FIRST-LAST: go on with a download that was cut off",
      "If-Range": "the ETag of the part you have",
    },
    answers: {
      200: { says: "The file", type: "application/vnd.apache.parquet", orJson: true },
      206: { says: "The part that was asked for", type: "application/octet-stream" },
      304: { says: "You have it" },
    },
    problems: {
      400: "A parameter is wrong; errors name it",
      404: NOT_THERE,
      409: "It is still being made, or something is being forgotten",
      416: "The file has no such part",
      ...AWAY,
    },
  });
}
