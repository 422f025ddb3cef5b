/** The description against what is served: nothing undescribed, and nothing described wrong. */
import { expect, test } from "bun:test";
import { SHAPES } from "../schemas/answers.ts";
import { fakePorts } from "../testing/ports.ts";
import { appOf, item, jsonOf, post } from "../testing/requests.ts";

type Content = Readonly<Record<string, { readonly schema: { readonly $ref?: string } }>>;
type Operation = {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
};
type Document = {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
};

const shapes: ReadonlyMap<string, (typeof SHAPES)[keyof typeof SHAPES]> = new Map(
  Object.entries(SHAPES),
);
const document: Document = await jsonOf(appOf().request("/openapi.json"));

test("A10: every route that is served is described, and every one that is described is served", async () => {
  const { paths } = document;
  const told = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map(
      (method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ":$1")}`,
    ),
  );
  const served = appOf()
    .routes.filter((one) => one.method !== "ALL")
    .map((one) => `${one.method} ${one.path}`);
  expect([...new Set(served)].toSorted()).toEqual(told.toSorted());
  expect(told.length).toBeGreaterThan(15);
});

test("A10: every shape that is referred to is there, and every operation has its own name", async () => {
  const names = Object.keys(document.components.schemas);
  const referred = [
    ...JSON.stringify(document).matchAll(/"#[/]components[/]schemas[/]([^"]+)"/g),
  ].map(([, name]) => name ?? "");
  expect(referred.filter((name) => !names.includes(name))).toEqual([]);
  const ids = Object.values(document.paths).flatMap((methods) =>
    Object.values(methods).map((one) => one.operationId),
  );
  expect(ids.length).toBe(new Set(ids).size);
  expect(document.openapi).toBe("3.1.0");
});

const posted = (body: unknown): RequestInit => post(body);
const etag = { headers: { "if-none-match": '"9"' } };

for (const [path, asked, status, init] of [
  ["/", "/", 200, {}],
  ["/docs", "/docs", 200, {}],
  ["/openapi.json", "/openapi.json", 200, {}],
  ["/metrics", "/metrics", 200, {}],
  ["/health/live", "/health/live", 200, {}],
  ["/health/ready", "/health/ready", 200, {}],
  ["/v1/status", "/v1/status", 200, {}],
  ["/v1/messages", "/v1/messages?limit=3", 200, {}],
  ["/v1/messages", "/v1/messages?limit=0", 400, {}],
  ["/v1/messages", "/v1/messages", 201, posted({ messages: [item("a")] })],
  ["/v1/messages", "/v1/messages", 207, posted({ messages: [item("a"), {}] })],
  ["/v1/messages", "/v1/messages", 422, posted({ messages: [{}] })],
  ["/v1/messages", "/v1/messages", 400, posted("{")],
  ["/v1/messages", "/v1/messages", 415, { method: "POST", body: "{}" }],
  ["/v1/sessions", "/v1/sessions", 200, {}],
  ["/v1/sessions/{id}", "/v1/sessions/s-1", 200, {}],
  ["/v1/sessions/{id}", "/v1/sessions/s-1", 304, etag],
  ["/v1/sessions/{id}", "/v1/sessions/nobody", 404, {}],
  ["/v1/sessions/{id}/messages", "/v1/sessions/s-1/messages", 200, {}],
  ["/v1/search", "/v1/search?q=journal", 200, {}],
  ["/v1/search", "/v1/search", 400, {}],
  ["/v1/aside", "/v1/aside", 200, {}],
  ["/v1/live", "/v1/live?after=29", 200, {}],
  ["/v1/live", "/v1/live?after=x", 400, {}],
  ["/v1/jobs", "/v1/jobs", 200, {}],
  ["/v1/jobs/{queue}/{id}", "/v1/jobs/ingest/7", 200, {}],
  ["/v1/jobs/{queue}/{id}", "/v1/jobs/ingest/8", 404, {}],
  ["/v1/jobs/{queue}/{id}/retry", "/v1/jobs/ingest/7/retry", 202, { method: "POST" }],
  ["/v1/jobs/{queue}/{id}/retry", "/v1/jobs/ingest/8/retry", 404, { method: "POST" }],
  ["/v1/queues", "/v1/queues", 200, {}],
  ["/v1/archives", "/v1/archives", 202, { method: "POST" }],
  ["/v1/segments", "/v1/segments", 200, {}],
  ["/v1/checkpoints/verify", "/v1/checkpoints/verify", 200, {}],
  ["/v1/checkpoints/verify", "/v1/checkpoints/verify", 202, { method: "POST" }],
  ["/v1/messages/{seq}/raw", "/v1/messages/9/raw", 404, {}],
  ["/v1/messages/{seq}/raw", "/v1/messages/x/raw", 400, {}],
  ["/queues", "/queues", 200, {}],
  ["/queues/*", "/queues/queue/x", 200, {}],
  ["/queues/*", "/queues/api/nothing", 404, {}],
  ["/queues/*", "/queues/api/queues/pause", 200, post({})],
  ["/v1/imports", "/v1/imports", 202, posted({ paths: ["/a"] })],
  ["/v1/imports", "/v1/imports", 422, posted({ paths: [] })],
  ["/v1/imports/{id}", "/v1/imports/7", 200, {}],
  ["/v1/analytics/score", "/v1/analytics/score", 200, {}],
  ["/v1/analytics/score", "/v1/analytics/score?since=soon", 400, {}],
  ["/v1/analytics/report", "/v1/analytics/report", 200, {}],
  ["/v1/analytics/timeline", "/v1/analytics/timeline?by=hour", 200, {}],
  ["/v1/analytics/breakdown", "/v1/analytics/breakdown?of=tools", 200, {}],
  ["/v1/analytics/breakdown", "/v1/analytics/breakdown?of=pairs", 200, {}],
  ["/v1/analytics/breakdown", "/v1/analytics/breakdown", 400, {}],
  ["/v1/analytics/usage", "/v1/analytics/usage?by=day", 200, {}],
  ["/v1/analytics/open", "/v1/analytics/open", 200, {}],
  ["/v1/analytics/threads", "/v1/analytics/threads?gap_minutes=1", 200, {}],
  ["/v1/analytics/alerts", "/v1/analytics/alerts", 200, {}],
  ["/v1/exports", "/v1/exports", 200, {}],
  ["/v1/exports", "/v1/exports?cursor=x", 400, {}],
  ["/v1/exports", "/v1/exports", 202, posted({ all: true, format: "html" })],
  ["/v1/exports", "/v1/exports", 422, posted({ format: "html" })],
  ["/v1/exports", "/v1/exports", 422, posted({ all: true, format: "pdf" })],
  ["/v1/exports", "/v1/exports", 422, posted({ all: true, format: "md", as: "openai" })],
  ["/v1/exports/{id}", "/v1/exports/8", 200, {}],
  ["/v1/exports/{id}", "/v1/exports/9", 404, {}],
  ["/v1/exports/{id}", "/v1/exports/export_20260101_000000", 200, {}],
  ["/v1/exports/{id}", "/v1/exports/..%2F..%2Fjournal", 404, {}],
  ["/v1/exports/{id}/file", "/v1/exports/8/file", 409, {}],
  ["/v1/exports/{id}/file", "/v1/exports/export_20260101_000000/file", 200, {}],
  [
    "/v1/exports/{id}/file",
    "/v1/exports/export_20260101_000000/file",
    206,
    { headers: { range: "bytes=2-5" } },
  ],
  ["/v1/jobs/{queue}/{id}/cancel", "/v1/jobs/report/7/cancel", 202, posted({})],
  ["/v1/reports", "/v1/reports", 200, {}],
  ["/v1/reports", "/v1/reports?cursor=x", 400, {}],
  ["/v1/reports", "/v1/reports", 202, posted({ since: "2026-01-01" })],
  ["/v1/reports", "/v1/reports", 422, posted({ since: "soon" })],
  ["/v1/reports", "/v1/reports", 422, posted({ since: "2026-01-02", until: "2026-01-01" })],
  ["/v1/reports/{id}", "/v1/reports/7", 200, {}],
  ["/v1/reports/{id}", "/v1/reports/8", 404, {}],
  ["/v1/reports/{id}/file", "/v1/reports/7/file", 409, {}],
  ["/v1/reports/{id}/file", "/v1/reports/8/file", 404, {}],
] as const)
  test(`A10: ${"method" in init ? init.method : "GET"} ${asked} answers ${status} as it is described`, async () => {
    const method = "method" in init ? "post" : "get";
    const operation = document.paths[path]?.[method];
    const answer = await appOf(fakePorts().ports).request(asked, init);
    expect(answer.status).toBe(status);
    const [[type, content] = []] = Object.entries(
      operation?.responses[String(status)]?.content ?? {},
    );
    expect(Object.keys(operation?.responses ?? {})).toContain(String(status));
    expect(answer.headers.get("content-type")?.split(";")[0]).toBe(type);
    const name = content?.schema.$ref?.split("/").at(-1);
    if (name === undefined) return;
    const body = await answer.json();
    expect(shapes.get(name)?.parse(body)).toEqual(body);
  });

test("the page loads nothing from elsewhere, and names what there is", async () => {
  const docs = await appOf().request("/docs");
  expect(docs.headers.get("content-security-policy")).toContain("default-src 'none'");
  const text = await docs.text();
  expect(text).toContain("/v1/search");
  expect(text).not.toMatch(/(src|href)="https?:/);
});
