/** /openapi.json for machines, /docs to read. Nothing is loaded from elsewhere. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Access } from "../http/access.ts";
import { tell } from "../http/describe.ts";
import { type Described, docsPage } from "../pages/docs.ts";
import { policyOf } from "../pages/layout.ts";
import type { ApiPorts } from "../ports.ts";
import { jsonSchemas } from "../schemas/shape.ts";

const HEAD = {
  openapi: "3.1.0",
  info: {
    title: "Verbatim",
    version: "1",
    description:
      "Record, follow and find conversations of agents. A 2xx for a message means it is on this disk, after fsync.",
  },
  servers: [{ url: "/" }],
  security: [{}, { key: [] }],
  tags: [
    { name: "Recording", description: "Making messages safe" },
    { name: "Conversations", description: "Which session a chat is in" },
    { name: "Sessions", description: "What was said, felt and reached in one" },
    { name: "Reading", description: "Finding them again" },
    { name: "Analysing", description: "What they add up to" },
    { name: "Following", description: "Hearing of them as they come" },
    { name: "Operating", description: "How it is doing" },
  ],
};

/** Adds the routes; last, so that they describe all others. */
export function docsRoutes(app: OpenAPIHono, ports: Pick<ApiPorts, "sha256">): void {
  describe(app);
  const policy = policyOf(ports.sha256);
  let made: string | null = null;
  /** Made when somebody first asks: a start does not wait for it. */
  const document = (): string => (made ??= documentOf(app));
  app.get("/openapi.json", (context) =>
    context.body(document(), 200, { "content-type": "application/json" }),
  );
  app.get("/docs", (context) => {
    const described: Described = JSON.parse(document());
    context.header("content-security-policy", policy);
    return context.html(docsPage(described, new URL(context.req.url).origin));
  });
}

function documentOf(app: OpenAPIHono): string {
  for (const [name, schema] of Object.entries(jsonSchemas()))
    app.openAPIRegistry.registerComponent("schemas", name, schema);
  app.openAPIRegistry.registerComponent("securitySchemes", "key", {
    type: "http",
    scheme: "bearer",
    description: "a key of this server: verbatim keys add NAME, or VERBATIM_API_KEY",
  });
  return JSON.stringify(app.getOpenAPI31Document(HEAD));
}

function describe(app: OpenAPIHono): void {
  const page = (path: string, summary: string, type: string, access: Access = {}) =>
    tell(app, {
      ...access,
      method: "get",
      path,
      tag: "Operating",
      summary,
      answers: { 200: { says: "The page", type } },
    });
  page("/docs", "This description, to read", "text/html", { owners: true });
  page("/openapi.json", "This description, for machines", "application/json", { owners: true });
}
