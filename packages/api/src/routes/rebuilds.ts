/** Making the stores again from the journal, as a job. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { rebuildJobOf } from "@verbatim/core/proof";
import type { RebuildAccepted } from "../contract.ts";
import { tell } from "../http/describe.ts";
import { problem } from "../http/problem.ts";
import { errorsOf, inWords } from "../http/query.ts";
import { jsonIn, type Writing } from "../http/writing.ts";
import type { ApiPorts } from "../ports.ts";
import { SHAPES } from "../schemas/answers.ts";
import { jobOf } from "./jobs.ts";

/** Adds the routes. */
export function rebuildRoutes(
  app: OpenAPIHono,
  { jobs }: Pick<ApiPorts, "jobs">,
  writing: Writing,
): void {
  describe(app);
  app.post("/v1/rebuilds", (context) =>
    writing.post(context, async (body) => {
      const sent = jsonIn(body);
      const read = SHAPES.Rebuild.safeParse(sent.ok ? sent.value : undefined, { error: inWords });
      if (!read.success)
        return problem(
          context,
          422,
          "input_invalid",
          'send {"deep": true}, or {} for both stores',
          {
            errors: errorsOf(read.error, ["hot", "deep", "numbers"]),
          },
        );
      const id = await jobs.addRebuild(rebuildJobOf(read.data));
      const accepted: RebuildAccepted = { id, queue: "rebuild" };
      return context.json(accepted, 202, { location: `/v1/rebuilds/${id}` });
    }),
  );
  app.get("/v1/rebuilds/:id", async (context) =>
    context.json(await jobOf(jobs, "rebuild", context.req.param("id"))),
  );
}

const AWAY = { 503: "Redis is away; recording goes on" } as const;

function describe(app: OpenAPIHono): void {
  tell(app, {
    method: "post",
    path: "/v1/rebuilds",
    tag: "Operating",
    summary: "Make Redis, Postgres or the numbers again from the journal",
    more: "Recording goes on meanwhile. Postgres is made beside the one in use, which is read until the new one is complete. POST /v1/jobs/rebuild/{id}/cancel stops it.",
    body: "Rebuild",
    answers: { 202: { says: "A job; Location says where to follow it", shape: "RebuildAccepted" } },
    problems: { 415: "The body is not JSON", 422: "The body is wrong; errors say where", ...AWAY },
  });
  tell(app, {
    method: "get",
    path: "/v1/rebuilds/{id}",
    personal: false,
    tag: "Operating",
    summary: "How far a rebuild is",
    params: { id: "as POST /v1/rebuilds answered" },
    answers: { 200: { says: "The job; progress says what is made and how far", shape: "Job" } },
    problems: { 404: "There is no such rebuild", ...AWAY },
  });
}
