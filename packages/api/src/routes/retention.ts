/** Retention: what it is time for, and doing it. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { RetentionAccepted } from "../contract.ts";
import { tell } from "../http/describe.ts";
import type { Writing } from "../http/writing.ts";
import type { ApiPorts } from "../ports.ts";

/** Adds the routes. */
export function retentionRoutes(app: OpenAPIHono, ports: ApiPorts, writing: Writing): void {
  describe(app);
  app.get("/v1/retention", async (context) => context.json(await ports.retention()));
  app.post("/v1/retention", (context) =>
    writing.post(
      context,
      async () => {
        // A policy with a mistake is refused here, where somebody reads the answer.
        await ports.retention();
        const id = await ports.jobs.addRetention();
        const accepted: RetentionAccepted = { id, queue: "retention" };
        const location = `/v1/jobs/retention/${encodeURIComponent(id)}`;
        return context.json(accepted, 202, { location });
      },
      "empty is fine",
    ),
  );
}

function describe(app: OpenAPIHono): void {
  tell(app, {
    method: "get",
    path: "/v1/retention",
    personal: false,
    scope: "admin",
    tag: "Operating",
    summary: "What retention.json says, and what it is time for",
    more: "Nothing is touched. Steps are compressing and dropping sealed segments, compressing old checkpoints, removing reports and exports, forgetting files that are too old, and copying what is sealed, where the policy says so.",
    answers: { 200: { says: "The plan", shape: "Retention" } },
    problems: { 500: "retention.json has a mistake; it says where" },
  });
  tell(app, {
    method: "post",
    path: "/v1/retention",
    tag: "Operating",
    summary: "Do it now, as a job",
    more: "It is done daily by itself. Asked for while it is done, the answer is the job under way.",
    answers: {
      202: { says: "A job; Location says where to follow it", shape: "RetentionAccepted" },
    },
    problems: {
      500: "retention.json has a mistake; it says where",
      503: "Redis is away; recording goes on",
    },
  });
}
