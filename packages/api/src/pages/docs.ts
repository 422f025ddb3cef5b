/** The description as a page to read; made from the same document that /openapi.json gives. */
import { html } from "hono/html";
import { layout, type Piece } from "./layout.ts";

/** What of an OpenAPI document the page shows. */
export type Described = {
  readonly paths?: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
};
type Operation = {
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses?: Readonly<
    Record<string, { readonly description: string; readonly content?: Content }>
  >;
};
type Content = Readonly<Record<string, { readonly schema?: Schema }>>;
type Parameter = {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: Schema;
};
type Schema = {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default?: unknown;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
};

const TAGS = ["Recording", "Reading", "Following", "Operating"] as const;

/** The page. */
export function docsPage(document: Described, url: string): Piece {
  const routes = Object.entries(document.paths ?? {}).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
  );
  const groups = TAGS.map(
    (tag) => html`<h2 id="${tag.toLowerCase()}">${tag}</h2>
${routes.filter((one) => one.operation.tags?.includes(tag)).map(routeOf)}`,
  );
  return layout(
    "Verbatim: HTTP API",
    html`<main>
<h1>Verbatim</h1>
<p>The flight recorder and memory of AI-agent conversations. A 2xx for a message means: it is on this disk, after fsync.</p>
<nav><a href="/">How it is doing</a><a href="/openapi.json">openapi.json</a>${TAGS.map((tag) => html`<a href="#${tag.toLowerCase()}">${tag}</a>`)}<a href="#shapes">Shapes</a></nav>
<h2>Try it</h2>
<pre>curl ${url}/v1/messages -H 'content-type: application/json' -d '
  {"messages":[{"id":"m1","session_id":"demo","author":{"name":"ada","role":"user"},"text":"hello"}]}'
curl '${url}/v1/search?q=hello'
curl -N ${url}/v1/live</pre>
<p>Field names are snake_case. Listings are pages: pass <code>next_cursor</code> as <code>?cursor=</code> with the same filter until <code>has_more</code> is false. Errors are <code>application/problem+json</code> with a <code>code</code> to branch on; <code>Retry-After</code> says that the same request may succeed later. With an API key set, send <code>Authorization: Bearer</code>.</p>
${groups}
<h2 id="shapes">Shapes</h2>
${Object.entries(document.components?.schemas ?? {}).map(([name, schema]) => shapeOf(name, schema))}
</main>`,
  );
}

function routeOf(one: {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}): Piece {
  const { summary, description, parameters = [], requestBody, responses = {} } = one.operation;
  const body = Object.values(requestBody?.content ?? {})[0]?.schema;
  return html`<section>
<h3><b>${one.method.toUpperCase()}</b> <code>${one.path}</code></h3>
<p>${summary ?? ""}</p>
${description === undefined ? "" : html`<p class="soft">${description}</p>`}
${body === undefined ? "" : html`<p>Body: ${kindOf(body)}</p>`}
${parameters.length === 0 ? "" : html`<table><tbody>${parameters.map(parameterOf)}</tbody></table>`}
<table class="soft"><tbody>${Object.entries(responses).map(
    ([status, { description: says, content }]) =>
      html`<tr><td class="status">${status === "default" ? "else" : status}</td><td>${kindOf(Object.values(content ?? {})[0]?.schema)}</td><td>${says}</td></tr>`,
  )}</tbody></table>
</section>`;
}

function parameterOf(one: Parameter): Piece {
  const where = one.in === "query" ? "" : `, in the ${one.in}`;
  const needed = one.required === true && one.in === "query" ? ", required" : "";
  return html`<tr><td><code>${one.name}</code></td><td>${kindOf(one.schema)}${where}${needed}</td><td>${one.description ?? ""}</td></tr>`;
}

function shapeOf(name: string, schema: Schema): Piece {
  const variants = schema.oneOf ?? schema.anyOf ?? [schema];
  return html`<details id="${name}"><summary><code>${name}</code></summary>
${variants.map((one) => html`<table><tbody>${Object.entries(one.properties ?? {}).map(([field, kind]) => fieldOf(field, kind, one.required?.includes(field) === true))}</tbody></table>`)}
</details>`;
}

function fieldOf(name: string, schema: Schema, isRequired: boolean): Piece {
  return html`<tr><td><code>${name}</code></td><td>${kindOf(schema)}${isRequired ? "" : ", optional"}</td><td>${schema.description ?? ""}</td></tr>`;
}

/** A schema in a few words. */
function kindOf(schema: Schema | undefined): Piece | string {
  if (schema === undefined) return "";
  const name = schema.$ref?.split("/").at(-1);
  if (name !== undefined) return html`<a href="#${name}">${name}</a>`;
  const either = schema.anyOf ?? schema.oneOf;
  if (either !== undefined) return joined(either.map(kindOf));
  if (schema.items !== undefined) return html`list of ${kindOf(schema.items)}`;
  if (schema.enum !== undefined) return schema.enum.map(String).join(" | ") + preset(schema);
  if (schema.const !== undefined) return String(schema.const);
  if (schema.properties !== undefined) return `{${Object.keys(schema.properties).join(", ")}}`;
  return plainKind(schema) + rangeOf(schema) + preset(schema);
}

function joined(kinds: readonly (Piece | string)[]): Piece {
  return html`${kinds.map((kind, place) => (place === 0 ? kind : html` or ${kind}`))}`;
}

const WORDS: Readonly<Record<string, string>> = {
  string: "text",
  integer: "number",
  object: "object",
  null: "null",
};

function plainKind(schema: Schema): string {
  const kinds = typeof schema.type === "string" ? [schema.type] : (schema.type ?? ["anything"]);
  return kinds.map((kind) => WORDS[kind] ?? kind).join(" or ");
}

/** Bounds that mean something; a schema's own "largest safe integer" does not. */
function rangeOf(schema: Schema): string {
  const { minimum, maximum } = schema;
  if (maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER) return "";
  return ` ${minimum ?? ""}–${maximum}`;
}

function preset(schema: Schema): string {
  return schema.default === undefined ? "" : `, ${String(schema.default)} when left out`;
}
