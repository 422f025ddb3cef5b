/** The API's description: /openapi.json for machines, /docs to read. Nothing is loaded from elsewhere. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { html, raw } from "hono/html";

const INFO = {
  title: "Verbatim",
  version: "1",
  description: "Record, follow and find conversations of agents.",
};

/** Adds the routes; last, so that they describe all others. */
export function docsRoutes(app: OpenAPIHono): void {
  app.doc31("/openapi.json", { openapi: "3.1.0", info: INFO });
  app.get("/", (context) => context.redirect("/docs"));
  app.get("/docs", (context) => {
    context.header(
      "content-security-policy",
      "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
    );
    const document: Described = JSON.parse(
      JSON.stringify(app.getOpenAPI31Document({ openapi: "3.1.0", info: INFO })),
    );
    return context.html(page(document));
  });
}

type Operation = {
  readonly summary?: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly schema?: Schema;
  }[];
  readonly responses?: Readonly<Record<string, { readonly description: string }>>;
};
type Schema = {
  readonly type?: string | readonly string[];
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default?: unknown;
};
type Described = { readonly paths?: Readonly<Record<string, Readonly<Record<string, Operation>>>> };

function page(document: Described): ReturnType<typeof html> {
  const operations = Object.entries(document.paths ?? {}).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => operationOf(method, path, operation)),
  );
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Verbatim: HTTP API</title>
<style>${raw(STYLE)}</style>
</head>
<body>
<main>
<h1>Verbatim</h1>
<p>The flight recorder and memory of AI-agent conversations. A 2xx for a message means it is on this disk, after fsync.
For machines: <a href="/openapi.json">/openapi.json</a>. How it is doing: <a href="/v1/status">/v1/status</a>, <a href="/health/ready">/health/ready</a>, <a href="/metrics">/metrics</a>.</p>
<h2>Try it</h2>
<pre>curl -X POST localhost:4400/v1/messages -H 'content-type: application/json' \\
  -d '{"messages":[{"id":"m1","session_id":"demo","author":{"name":"ada","role":"user"},"text":"hello"}]}'
curl 'localhost:4400/v1/search?q=hello'
curl -N localhost:4400/v1/live</pre>
<h2>Routes</h2>
${operations}
<h2>Errors</h2>
<p>Errors are <code>application/problem+json</code> with a <code>code</code>. 503 and 507 say when to try again in <code>Retry-After</code>; nothing was half done.</p>
</main>
</body>
</html>`;
}

function operationOf(method: string, path: string, operation: Operation): ReturnType<typeof html> {
  const parameters = operation.parameters ?? [];
  return html`<section>
<h3><b class="${method}">${method.toUpperCase()}</b> <code>${path}</code></h3>
<p>${operation.summary ?? ""}</p>
${parameters.length === 0 ? "" : html`<table><tbody>${parameters.map((one) => html`<tr><td><code>${one.name}</code></td><td>${kindOf(one.schema)}${one.required === true ? ", required" : ""}</td></tr>`)}</tbody></table>`}
<p class="answers">${Object.entries(operation.responses ?? {}).map(([status, { description }]) => html`<span><b>${status}</b> ${description}</span> `)}</p>
</section>`;
}

function kindOf(schema: Schema | undefined): string {
  if (schema === undefined) return "text";
  if (schema.enum !== undefined) return schema.enum.join(" | ");
  const range =
    schema.minimum === undefined && schema.maximum === undefined
      ? ""
      : ` ${schema.minimum ?? ""}..${schema.maximum === undefined || schema.maximum > 1e15 ? "" : schema.maximum}`;
  const preset = schema.default === undefined ? "" : `, ${String(schema.default)} when left out`;
  return `${String(schema.type ?? "text").replace("string", "text")}${range}${preset}`;
}

const STYLE = `
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --accent: #0a6; }
body { font: 16px/1.55 system-ui, sans-serif; margin: 0; }
main { max-width: 46rem; margin: 0 auto; padding: 2rem 1rem 4rem; }
h1 { font-size: 1.7rem; margin: 0 0 .5rem; } h2 { margin-top: 2.2rem; font-size: 1.15rem; }
h3 { font-size: 1rem; margin: 0; overflow-wrap: anywhere; } h3 b { color: var(--accent); }
section { border-top: 1px solid var(--line); padding: 1rem 0; } section p { margin: .3rem 0; }
pre { background: var(--soft); padding: .8rem 1rem; border-radius: .5rem; overflow-x: auto; font-size: .85rem; }
table { border-collapse: collapse; font-size: .9rem; } td { padding: .1rem 1rem .1rem 0; vertical-align: top; overflow-wrap: anywhere; }
.answers { font-size: .85rem; opacity: .8; } .answers span { margin-right: .8rem; display: inline-block; }
a { color: inherit; }
`;
