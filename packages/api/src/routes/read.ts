/** Reading: messages, sessions, search, and what was set aside. */
import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { PAGE_MAX, type PageAsk, utcOf, VerbatimError } from "@verbatim/core";
import type { Context } from "hono";
import type { Found } from "../contract.ts";
import { errorsOf, filterOf, listingOf, pageOf } from "../http/paging.ts";
import { problem } from "../http/problem.ts";
import type { ApiPorts } from "../ports.ts";

const PAGE_DEFAULT = 50;

const moment = z
  .string()
  .refine(
    (text) => utcOf(text) !== null || /^\d{4}-\d\d-\d\d$/.test(text),
    "must be ISO 8601 like 2026-11-21 or 2026-11-21T02:00:00Z",
  )
  .transform((text) => utcOf(text) ?? `${text}T00:00:00.000Z`)
  .optional();

/** limit and cursor, as every listing takes them. */
const pageFields = {
  limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(PAGE_DEFAULT),
  cursor: z.string().optional(),
};

/** The filters of messages. */
const filterFields = {
  source: z.string().optional(),
  author: z.string().optional(),
  role: z.enum(["user", "assistant", "system", "tool", "agent"]).optional(),
  chain_type: z.string().optional(),
  ace_tier: z.enum(["A", "C", "E", "unclassified"]).optional(),
  tag: z.string().optional(),
  session: z.string().optional(),
  user: z.string().optional(),
  since: moment,
  until: moment,
  records: z.stringbool().optional(),
};

const messagesQuery = z.strictObject({
  ...filterFields,
  ...pageFields,
  after_seq: z.coerce.number().int().min(0).optional(),
  order: z.enum(["asc", "desc"]).default("asc"),
});
const sessionMessagesQuery = messagesQuery.omit({ session: true });
const searchQuery = z.strictObject({ q: z.string(), ...filterFields, ...pageFields });
const sessionsQuery = z.strictObject({
  source: filterFields.source,
  since: filterFields.since,
  until: filterFields.until,
  q: z.string().optional(),
  ...pageFields,
});
const asideQuery = z.strictObject({ ...pageFields });

/** Adds the reading routes and their description. */
export function readRoutes(app: OpenAPIHono, ports: ApiPorts): void {
  describe(app);
  app.get("/v1/messages", (context) =>
    withQuery(context, messagesQuery, (asked) => messages(context, ports, asked)),
  );
  app.get("/v1/sessions", (context) =>
    withQuery(context, sessionsQuery, (asked) => sessions(context, ports, asked)),
  );
  app.get("/v1/sessions/:id", (context) => session(context, ports));
  app.get("/v1/sessions/:id/messages", (context) =>
    withQuery(context, sessionMessagesQuery, (asked) =>
      messages(context, ports, { ...asked, session: idOf(context) }),
    ),
  );
  app.get("/v1/search", (context) =>
    withQuery(context, searchQuery, (asked) => search(context, ports, asked)),
  );
  app.get("/v1/aside", (context) =>
    withQuery(context, asideQuery, (asked) => aside(context, ports, asked)),
  );
}

const ROUTES = [
  ["/v1/messages", "Messages, oldest first", messagesQuery],
  ["/v1/sessions", "Sessions, newest first", sessionsQuery],
  ["/v1/sessions/{id}", "One session", null],
  ["/v1/sessions/{id}/messages", "Messages of one session, oldest first", sessionMessagesQuery],
  ["/v1/search", 'Find messages: words, "phrases", -without, begin*; newest first', searchQuery],
  ["/v1/aside", "What was set aside, and why", asideQuery],
] as const;

function describe(app: OpenAPIHono): void {
  for (const [path, summary, query] of ROUTES) {
    app.openAPIRegistry.registerPath(
      createRoute({
        method: "get",
        path,
        summary,
        request: {
          ...(query === null ? {} : { query }),
          ...(path.includes("{id}") ? { params: z.object({ id: z.string() }) } : {}),
        },
        responses: {
          200: { description: "The answer" },
          400: { description: "A parameter is wrong; errors name it" },
          503: { description: "Postgres is away" },
        },
      }),
    );
  }
}

/** Reads the query by a schema; what is wrong with it is told by name. */
async function withQuery<Query extends z.ZodType>(
  context: Context,
  schema: Query,
  handle: (asked: z.output<Query>) => Promise<Response>,
): Promise<Response> {
  const read = schema.safeParse(context.req.query());
  if (read.success) return await handle(read.data);
  return problem(context, 400, "input_invalid", z.prettifyError(read.error).replaceAll("\n", " "), {
    errors: errorsOf(read.error),
  });
}

async function messages(
  context: Context,
  ports: ApiPorts,
  asked: z.output<typeof messagesQuery>,
): Promise<Response> {
  const filter = filterOf(asked);
  const question = JSON.stringify([filter, asked.order]);
  const page: PageAsk = { ...pageOf(asked, question), order: asked.order };
  const from =
    asked.after_seq === undefined || page.after !== undefined
      ? page
      : { ...page, after: { seq: asked.after_seq, sub: ALL_SUBS } };
  return context.json(
    listingOf(await ports.library.messages(filter, from), question, (row) => row),
  );
}

/** After a seq means after all messages of its entry. */
const ALL_SUBS = 32_767;

async function sessions(
  context: Context,
  ports: ApiPorts,
  asked: z.output<typeof sessionsQuery>,
): Promise<Response> {
  const { limit, cursor, ...rest } = asked;
  const filter = Object.fromEntries(
    Object.entries(rest).filter(([, value]) => value !== undefined),
  );
  const question = JSON.stringify(filter);
  return context.json(
    listingOf(
      await ports.library.sessions(filter, pageOf({ limit, cursor }, question)),
      question,
      (row) => row,
    ),
  );
}

async function session(context: Context, ports: ApiPorts): Promise<Response> {
  const id = idOf(context);
  const found = await ports.library.session(id);
  if (found === null)
    throw new VerbatimError("not_found", `there is no session ${id}; GET /v1/sessions lists them`);
  const etag = `"${found.last_seq}"`;
  if (context.req.header("if-none-match") === etag)
    return new Response(null, { status: 304, headers: { etag } });
  return context.json(found, 200, { etag });
}

function idOf(context: Context): string {
  return context.req.param("id") ?? "";
}

async function search(
  context: Context,
  ports: ApiPorts,
  asked: z.output<typeof searchQuery>,
): Promise<Response> {
  const filter = filterOf(asked);
  const question = JSON.stringify([asked.q, filter]);
  const page = await ports.library.search(asked.q, filter, pageOf(asked, question));
  const listing = listingOf(
    page,
    question,
    (hit): Found => ({ ...hit.message, snippet: hit.snippet }),
  );
  return context.json({ ...listing, count: page.count, count_capped: page.count_capped });
}

async function aside(
  context: Context,
  ports: ApiPorts,
  asked: z.output<typeof asideQuery>,
): Promise<Response> {
  return context.json(
    listingOf(await ports.library.aside(pageOf(asked, "aside")), "aside", (row) => row),
  );
}
