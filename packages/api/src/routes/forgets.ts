/** Forgetting: asked for, followed, and what became of it. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { type ForgetWhat, wrongWith } from "@verbatim/core/forget";
import type { Context } from "hono";
import { z } from "zod";
import type { ForgetListing } from "../contract.ts";
import type { Forgets } from "../forgets/asked.ts";
import { tell } from "../http/describe.ts";
import { problem } from "../http/problem.ts";
import { errorsOf, inWords, withQuery } from "../http/query.ts";
import { jsonIn, type Writing } from "../http/writing.ts";
import { SHAPES } from "../schemas/answers.ts";
import { reasonField } from "../schemas/forgets.ts";
import { namedIn, userIn } from "../sessions/answering.ts";

const reasonQuery = z.strictObject({ reason: reasonField });

const eraseQuery = z.strictObject({ erase: z.literal("true"), reason: reasonField });

/** Adds the routes. */
export function forgetRoutes(app: OpenAPIHono, forgets: Forgets, writing: Writing): void {
  describe(app);
  const asks: Asks = async (what, reason, context) => {
    const receipt = await forgets.ask(what, reason);
    writing.clear();
    const location = `/v1/forgets/${receipt.receipt_id}`;
    return context.json(receipt, 202, { location });
  };
  app.post("/v1/forgets", (context) => writing.post(context, (body) => asked(context, asks, body)));
  app.get("/v1/forgets", async (context) => {
    const listing: ForgetListing = { data: await forgets.list() };
    return context.json(listing);
  });
  app.get("/v1/forgets/:id", async (context) =>
    context.json(await forgets.read(context.req.param("id"))),
  );
  app.delete("/v1/users/:user", (context) =>
    withQuery(context, reasonQuery, async ({ reason }) => {
      const user_id = userIn(context, namedIn(context, "user"));
      return await asks({ user_id }, reason, context);
    }),
  );
  app.delete("/v1/users/:user/sessions/:session", (context) =>
    withQuery(context, reasonQuery, async ({ reason }) => {
      const user_id = userIn(context, namedIn(context, "user"));
      const session_id = namedIn(context, "session");
      return await asks({ user_id, session_id }, reason, context);
    }),
  );
  // Without ?erase=true it is only hidden: that is the session's own route.
  app.delete("/v1/users/:user/sessions/:session/messages/:message", async (context, next) => {
    if (context.req.query("erase") !== "true") return await next();
    return await withQuery(context, eraseQuery, async ({ reason }) => {
      const user_id = userIn(context, namedIn(context, "user"));
      const named = {
        session_id: namedIn(context, "session"),
        message_id: namedIn(context, "message"),
      };
      return await asks({ user_id, ...named }, reason, context);
    });
  });
}

type Asks = (what: ForgetWhat, reason: string | undefined, context: Context) => Promise<Response>;

async function asked(context: Context, asks: Asks, body: Uint8Array): Promise<Response> {
  const sent = jsonIn(body);
  const read = SHAPES.ForgetAsk.safeParse(sent.ok ? sent.value : undefined, { error: inWords });
  if (!read.success)
    return problem(context, 422, "input_invalid", 'send {"session_id": "…"} or {"user_id": "…"}', {
      errors: errorsOf(read.error, [
        "session_id",
        "message_id",
        "user_id",
        "conversation_id",
        "reason",
      ]),
    });
  const { reason, ...what } = read.data;
  const wrong = wrongWith(what);
  if (wrong !== null) return problem(context, 422, "input_invalid", wrong);
  const meant: ForgetWhat =
    what.user_id === undefined ? what : { ...what, user_id: userIn(context, what.user_id) };
  return await asks(meant, reason, context);
}

const WRITER = { 503: "The recorder is away; nothing is forgotten, ask again" } as const;
const ACCEPTED = {
  202: {
    says: "It is gone from every answer; Location says where to follow the rest",
    shape: "ForgetReceipt",
  },
} as const;
const MORE =
  "Everything recorded until now is meant. It is erased from the journal, Postgres, Redis and the files of this home by a job that is gone on with until it is done.";

function describe(app: OpenAPIHono): void {
  tell(app, {
    method: "post",
    path: "/v1/forgets",
    tag: "Operating",
    summary: "Forget a session, one message of it, a user, or a conversation of a user",
    more: MORE,
    body: "ForgetAsk",
    answers: ACCEPTED,
    problems: {
      415: "The body is not JSON",
      422: "The body is wrong; errors say where",
      ...WRITER,
    },
  });
  tell(app, {
    method: "get",
    path: "/v1/forgets",
    personal: false,
    scope: "admin",
    tag: "Operating",
    summary: "Receipts, the newest first",
    answers: { 200: { says: "All of them", shape: "ForgetListing" } },
  });
  tell(app, {
    method: "get",
    path: "/v1/forgets/{id}",
    personal: false,
    owners: true,
    tag: "Operating",
    summary: "One receipt: how far it is, and what was erased where",
    params: { id: "as it was answered when it was asked for" },
    answers: { 200: { says: "The receipt; it names nobody", shape: "ForgetReceipt" } },
    problems: { 404: "There is no such receipt" },
  });
  tell(app, {
    method: "delete",
    path: "/v1/users/{user}",
    owners: true,
    scope: "ingest",
    tag: "Sessions",
    summary: "Forget a user",
    more: MORE,
    params: { user: "the user's id" },
    query: reasonQuery,
    answers: ACCEPTED,
    problems: { 400: "A parameter is wrong; errors name it", 404: "It is another user", ...WRITER },
  });
  tell(app, {
    method: "delete",
    path: "/v1/users/{user}/sessions/{session}",
    owners: true,
    scope: "ingest",
    tag: "Sessions",
    summary: "Forget a session of a user",
    more: MORE,
    params: { user: "the user's id", session: "the session's id" },
    query: reasonQuery,
    answers: ACCEPTED,
    problems: { 400: "A parameter is wrong; errors name it", 404: "It is another user", ...WRITER },
  });
}
