/** Reading: messages, sessions, search, and what was set aside. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { type EnrichedMessage, type PageAsk, VerbatimError } from "@verbatim/core";
import type { Context } from "hono";
import { z } from "zod";
import type { Found, Listing, SearchListing } from "../contract.ts";
import { noteRows } from "../http/audit.ts";
import { credentialOf } from "../http/credential.ts";
import { type Told, tell } from "../http/describe.ts";
import { filterFields, filterOf, known, listingOf, pageFields, pageOf } from "../http/paging.ts";
import { withQuery, word } from "../http/query.ts";
import type { ApiPorts } from "../ports.ts";

/** After a seq means after all messages of its entry. */
const ALL_SUBS = 32_767;

const MICRO = 1_000_000;
/** More is no cost. */
const DOLLARS_MAX = 1e9;

const messagesQuery = z.strictObject({
  ...filterFields,
  ...pageFields,
  project: word("said in a session of this folder or project, whole"),
  keyword: word("one of its best keywords, those that the numbers count"),
  counted: z
    .enum(["true", "false"])
    .transform((text) => text === "true")
    .optional()
    .meta({
      description:
        "true: only what the numbers count, which is what somebody known said in words for the first time",
    }),
  after_seq: z.coerce
    .number()
    .int()
    .min(0)
    .optional()
    .meta({ description: "go on after all messages of this entry, in the page's order" }),
  order: z.enum(["asc", "desc"]).default("asc").meta({ description: "asc is oldest first" }),
});
const sessionMessagesQuery = messagesQuery.omit({ session: true });
const searchQuery = z.strictObject({
  q: z.string().meta({ description: 'words, "phrases", -without, begin*' }),
  ...filterFields,
  ...pageFields,
});
const sessionsQuery = z.strictObject({
  source: filterFields.source,
  since: filterFields.since,
  until: filterFields.until,
  q: word("in the id, the title, the first words or the project"),
  project: word("the folder or project it was about, whole"),
  model: word("one of its models"),
  agent: word("somebody of this name spoke in it"),
  failed: z
    .enum(["true", "false"])
    .optional()
    .meta({ description: "true: only sessions in which a tool failed" }),
  min_cost: z.coerce
    .number()
    .min(0)
    .max(DOLLARS_MAX)
    .optional()
    .meta({ description: "its model calls cost so many US dollars or more" }),
  ...pageFields,
});
const asideQuery = z.strictObject({ ...pageFields });

/** Adds the reading routes and their description. */
export function readRoutes(app: OpenAPIHono, ports: ApiPorts): void {
  for (const one of ROUTES) tell(app, { ...one, method: "get", tag: "Reading" });
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
  app.get("/v1/messages/:seq/repeats", (context) => repeats(context, ports));
  app.get("/v1/aside", (context) =>
    withQuery(context, asideQuery, (asked) => aside(context, ports, asked)),
  );
}

async function messages(
  context: Context,
  ports: ApiPorts,
  asked: z.output<typeof messagesQuery>,
): Promise<Response> {
  const { project, counted, keyword } = asked;
  const filter = { ...filterOf(asked), ...known({ project, counted, keyword }), ...ownOf(context) };
  const question = JSON.stringify([filter, asked.order]);
  const page: PageAsk = { ...pageOf(asked, question), order: asked.order };
  const from =
    asked.after_seq === undefined || page.after !== undefined
      ? page
      : { ...page, after: { seq: asked.after_seq, sub: asked.order === "asc" ? ALL_SUBS : 0 } };
  const found = await ports.library.messages(filter, from);
  return listed(
    context,
    listingOf(found, question, (row) => row),
  );
}

/** The part of every question of a key of one user that he cannot change (D3). Records hold what is not for him: a therapist's notes. */
function ownOf(context: Context): { readonly whose?: string; readonly records?: false } {
  const { owner } = credentialOf(context);
  return owner === null ? {} : { whose: owner, records: false };
}

/** A page, counted for the log of looks. */
function listed(context: Context, listing: Listing<unknown>): Response {
  noteRows(context, listing.data.length);
  return context.json(listing);
}

async function sessions(
  context: Context,
  ports: ApiPorts,
  asked: z.output<typeof sessionsQuery>,
): Promise<Response> {
  const { limit, cursor, failed, min_cost, ...rest } = asked;
  const only = {
    ...(failed === "true" ? { failed: true } : {}),
    ...(min_cost === undefined ? {} : { min_cost_micro_usd: Math.ceil(min_cost * MICRO) }),
  };
  const filter = { ...known(rest), ...only, ...ownOf(context) };
  const question = JSON.stringify(filter);
  const found = await ports.library.sessions(filter, pageOf({ limit, cursor }, question));
  return listed(
    context,
    listingOf(found, question, (row) => row),
  );
}

async function session(context: Context, ports: ApiPorts): Promise<Response> {
  const id = idOf(context);
  const found = await ports.library.session(id, ownOf(context).whose);
  if (found === null)
    throw new VerbatimError("not_found", `there is no session ${id}; GET /v1/sessions lists them`);
  const etag = `"${found.last_seq}"`;
  if (isKnown(context.req.header("if-none-match"), etag))
    return new Response(null, { status: 304, headers: { etag } });
  noteRows(context, 1);
  return context.json(found, 200, { etag });
}

/** Whether If-None-Match names what there is. */
function isKnown(header: string | undefined, etag: string): boolean {
  const given = (header ?? "").split(",").map((one) => one.trim().replace(/^W\//, ""));
  return given.includes(etag) || given.includes("*");
}

/** The id in the path, which may hold any character but NUL: nothing stored has one. */
function idOf(context: Context): string {
  const id = context.req.param("id") ?? "";
  if (id.includes("\0")) throw new VerbatimError("not_found", "no session has NUL in its id");
  return id;
}

async function search(
  context: Context,
  ports: ApiPorts,
  asked: z.output<typeof searchQuery>,
): Promise<Response> {
  const own = ownOf(context);
  const filter = { ...filterOf(asked), ...own };
  const question = JSON.stringify([asked.q, filter]);
  const page = await ports.library.search(asked.q, filter, pageOf(asked, question));
  const listing = listingOf(
    page,
    question,
    (hit): Found => ({ ...hit.message, snippet: hit.snippet }),
  );
  const { count, count_capped } = own.whose === undefined ? page : countOf(listing);
  const answer: SearchListing = { ...listing, count, count_capped };
  return listed(context, answer);
}

/** How common a word is with everybody is nobody's business: a user's own page is counted. */
function countOf({
  data,
  has_more,
}: Listing<Found>): Pick<SearchListing, "count" | "count_capped"> {
  return { count: data.length, count_capped: has_more };
}

async function aside(
  context: Context,
  ports: ApiPorts,
  asked: z.output<typeof asideQuery>,
): Promise<Response> {
  const found = await ports.library.aside(pageOf(asked, "aside"));
  return listed(
    context,
    listingOf(found, "aside", (row) => row),
  );
}

/** The records of a message that came after the first, each read as it stands in the journal. */
async function repeats(context: Context, ports: ApiPorts): Promise<Response> {
  const seq = Number(context.req.param("seq"));
  if (!Number.isSafeInteger(seq) || seq < 1)
    throw new VerbatimError("input_invalid", "the place of a message is a whole number from 1 on");
  const settled = await ports.settled();
  const data: EnrichedMessage[] = [];
  for (const { sub, ...entry } of await ports.library.repeats(seq)) {
    const { messages } = await settled.settle(entry);
    data.push(...messages.filter((one) => one.sub === sub));
  }
  return listed(context, { data, next_cursor: null, has_more: false });
}

const WRONG = "A parameter is wrong; errors name it and say what is allowed";
const AWAY = "Postgres is away; recording goes on";
const PROBLEMS = { 400: WRONG, 503: AWAY } as const;
const SESSION = { id: "session_id, percent-encoded; it may hold any character" } as const;

const ROUTES: readonly Omit<Told, "method" | "tag">[] = [
  {
    path: "/v1/messages",
    owners: true,
    summary: "Messages in the order they were heard, oldest first",
    query: messagesQuery,
    answers: { 200: { says: "A page", shape: "MessageListing" } },
    problems: PROBLEMS,
  },
  {
    path: "/v1/messages/{seq}/repeats",
    summary: "Later records of the same message: a copy elsewhere, or what others saw of it",
    more: "Each is read as it stands in the journal, after what was said before it. A message of the bus that both ends handed in says in meta.observed who saw it. At most 500.",
    params: { seq: "the message's seq" },
    answers: { 200: { says: "All of them", shape: "MessageListing" } },
    problems: PROBLEMS,
  },
  {
    path: "/v1/sessions",
    owners: true,
    summary: "Sessions, those that were spoken in last first",
    query: sessionsQuery,
    answers: { 200: { says: "A page", shape: "SessionListing" } },
    problems: PROBLEMS,
  },
  {
    path: "/v1/sessions/{id}",
    owners: true,
    summary: "One session",
    params: SESSION,
    headers: { "If-None-Match": "an ETag: 304 while nothing was added to the session" },
    answers: {
      200: { says: "The session; its ETag is its last seq", shape: "Session" },
      304: { says: "Nothing was added" },
    },
    problems: { 404: "There is no such session", 503: AWAY },
  },
  {
    path: "/v1/sessions/{id}/messages",
    owners: true,
    summary: "Messages of one session, oldest first",
    more: "A session of which nothing has been settled yet has no messages: an empty page, not 404.",
    params: SESSION,
    query: sessionMessagesQuery,
    answers: { 200: { says: "A page", shape: "MessageListing" } },
    problems: PROBLEMS,
  },
  {
    path: "/v1/search",
    owners: true,
    summary: 'Find messages: words, "phrases", -without, begin*; newest first',
    more: "snippet holds pieces of the text around what was found; marks are [start, end) into it. count is exact while count_capped is false.",
    query: searchQuery,
    answers: { 200: { says: "A page", shape: "SearchListing" } },
    problems: PROBLEMS,
  },
  {
    path: "/v1/aside",
    summary: "What no parser understood, and why; newest first",
    query: asideQuery,
    answers: { 200: { says: "A page", shape: "AsideListing" } },
    problems: PROBLEMS,
  },
];
