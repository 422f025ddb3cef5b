/** How the queues are doing, and bringing the stores up to the journal now. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { ArchiveAccepted } from "../contract.ts";
import { tell } from "../http/describe.ts";
import type { Writing } from "../http/writing.ts";
import type { ApiPorts } from "../ports.ts";

/** Adds the routes. */
export function queueRoutes(
  app: OpenAPIHono,
  { queues, jobs, heard }: Pick<ApiPorts, "queues" | "jobs" | "heard">,
  writing: Writing,
): void {
  describe(app);
  app.get("/v1/queues", async (context) => context.json(await queues.look()));
  app.post("/v1/archives", (context) =>
    writing.post(
      context,
      async () => {
        const { seq } = await heard();
        const accepted: ArchiveAccepted = {
          id: await jobs.addArchive(seq),
          queue: "archive",
          up_to: seq,
        };
        const location = `/v1/jobs/archive/${encodeURIComponent(accepted.id)}`;
        return context.json(accepted, 202, { location });
      },
      "empty is fine",
    ),
  );
}

const AWAY = { 503: "Redis is away; recording goes on" } as const;

function describe(app: OpenAPIHono): void {
  tell(app, {
    ...{ method: "get", path: "/v1/queues", tag: "Operating", personal: false },
    summary:
      "Each queue: counts, work by minute, waits, what failed first, and what comes by the clock",
    answers: { 200: { says: "All queues", shape: "Queues" } },
    problems: AWAY,
  });
  tell(app, {
    ...{ method: "post", path: "/v1/archives", tag: "Operating" },
    summary: "Bring Postgres up to the journal now",
    more: "It follows by itself; asked for while it does, the answer is the job that waits.",
    answers: { 202: { says: "A job; Location says where to follow it", shape: "ArchiveAccepted" } },
    problems: AWAY,
  });
}
