/**
 * The taxonomy of this home: shown, tried on the newest messages, put in place.
 *
 *   A32  A taxonomy takes the place of the one its writer saw, or of none: who
 *        names another in If-Match is told (412), and a broken one changes nothing.
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import {
  parseTaxonomy,
  type Result,
  STANDARD_TAXONOMY,
  type Taxonomy,
  taxonomyId,
} from "@verbatim/core";
import type { Context } from "hono";
import type { z } from "zod";
import type { TaxonomyAnswer } from "../contract-settings.ts";
import { noteRows } from "../http/audit.ts";
import { tell } from "../http/describe.ts";
import { problem } from "../http/problem.ts";
import { errorsOf, inWords } from "../http/query.ts";
import { jsonIn, type Writing } from "../http/writing.ts";
import type { ApiPorts } from "../ports.ts";
import { previewAsk, taxonomyAsk } from "../schemas/settings.ts";
import { previewOf } from "../settings/previewing.ts";

const PATH = "/v1/taxonomy";

/** Adds the routes and their description. */
export function taxonomyRoutes(app: OpenAPIHono, ports: ApiPorts, writing: Writing): void {
  describe(app);
  const inPlace = (context: Context, next: Taxonomy | null) => put(context, ports, next);
  app.get(PATH, async (context) => answered(context, await held(ports)));
  app.put(PATH, (context) =>
    writing.post(context, (body) =>
      said(context, body, taxonomyAsk, (_, taxonomy) => inPlace(context, taxonomy)),
    ),
  );
  app.delete(PATH, (context) =>
    writing.post(context, () => inPlace(context, null), "empty is fine"),
  );
  app.post(`${PATH}/preview`, (context) =>
    writing.post(context, (body) =>
      said(context, body, previewAsk, async ({ messages }, proposed) => {
        const page = await ports.library.messages({}, { limit: messages, order: "desc" });
        const { taxonomy: now } = await held(ports);
        noteRows(context, page.rows.length);
        return context.json(previewOf(page.rows.toReversed(), { now, proposed }, ports.sha256));
      }),
    ),
  );
}

async function held({ settings, sha256 }: ApiPorts): Promise<TaxonomyAnswer> {
  const own = await settings.ownTaxonomy();
  const taxonomy = own ?? STANDARD_TAXONOMY;
  const standard = taxonomyId(STANDARD_TAXONOMY, sha256);
  return { id: taxonomyId(taxonomy, sha256), own: own !== null, standard, taxonomy };
}

function answered(context: Context, answer: TaxonomyAnswer): Response {
  return context.json(answer, 200, { etag: `"${answer.id}"` });
}

async function put(context: Context, ports: ApiPorts, next: Taxonomy | null): Promise<Response> {
  const meant = context.req.header("if-match");
  if (meant !== undefined) {
    const { id } = await held(ports);
    if (meant !== `"${id}"`)
      return problem(context, 412, "conflict", `it is ${id} now; read it again, then write`, {
        headers: { etag: `"${id}"` },
      });
  }
  await ports.settings.setTaxonomy(next);
  return answered(context, await held(ports));
}

/** Hands on what was sent and the taxonomy in it; what is wrong with that is told by its place. */
async function said<Ask extends { readonly taxonomy: unknown }>(
  context: Context,
  body: Uint8Array,
  schema: z.ZodType<Ask>,
  handle: (ask: Ask, taxonomy: Taxonomy) => Promise<Response>,
): Promise<Response> {
  const sent = jsonIn(body);
  const read = schema.safeParse(sent.ok ? sent.value : undefined, { error: inWords });
  if (!read.success)
    return problem(context, 422, "input_invalid", 'send {"taxonomy": …}', {
      errors: errorsOf(read.error, ["taxonomy"]),
    });
  const parsed: Result<Taxonomy> = parseTaxonomy(read.data.taxonomy);
  if (parsed.ok) return await handle(read.data, parsed.value);
  const errors = parsed.why.split("; ").map((fault) => faultIn(fault));
  return problem(context, 422, "input_invalid", "this is no taxonomy yet", { errors });
}

function faultIn(fault: string): { readonly path: string; readonly message: string } {
  const at = fault.indexOf(": ");
  return at === -1
    ? { path: "taxonomy", message: fault }
    : { path: fault.slice(0, at), message: fault.slice(at + 2) };
}

const STALE = { 412: "It is another by now; the ETag says which" } as const;
const IF_MATCH = { "If-Match": "the ETag of the one that was read" } as const;
const NO_TAXONOMY = "this is no taxonomy; errors name each mistake by its place";

function describe(app: OpenAPIHono): void {
  const usual = { tag: "Operating", path: PATH, personal: false } as const;
  const answers = { 200: { says: "The one that holds", shape: "TaxonomyAnswer" } } as const;
  tell(app, {
    ...{ ...usual, answers },
    method: "get",
    summary: "The domains messages are sorted into, with their terms",
    problems: { 500: "taxonomy.json has a mistake; it says where" },
  });
  tell(app, {
    ...{ ...usual, answers, headers: IF_MATCH },
    method: "put",
    summary: "Another one from now on",
    more: "Everything recorded is counted again by it, beside the work; GET /v1/status shows counted_to. The one before is kept in taxonomy.before.json.",
    body: "TaxonomyAsk",
    problems: { ...STALE, 422: NO_TAXONOMY },
  });
  tell(app, {
    ...{ ...usual, answers, headers: IF_MATCH },
    method: "delete",
    summary: "The one that comes with Verbatim again",
    more: "The one before is kept in taxonomy.before.json.",
    problems: STALE,
  });
  tell(app, {
    ...usual,
    method: "post",
    path: `${PATH}/preview`,
    personal: true,
    scope: "admin",
    summary: "What it would say of the newest messages; nothing is changed",
    body: "PreviewAsk",
    answers: { 200: { says: "What would be another", shape: "Preview" } },
    problems: { 422: NO_TAXONOMY, 503: "Postgres is away; recording goes on" },
  });
}
