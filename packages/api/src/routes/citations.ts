/** Citations: every change of a session's state, found, resolved and judged. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { cursorOf, placeOf, VerbatimError } from "@verbatim/core";
import { type Citation, citedBy, isFinal, judged } from "@verbatim/core/sessions";
import type { Context } from "hono";
import { z } from "zod";
import type { CitationListing, JudgeAsk } from "../contract-sessions.ts";
import { credentialOf, userFor } from "../http/credential.ts";
import { tell } from "../http/describe.ts";
import { filterFields, known, pageFields } from "../http/paging.ts";
import { withQuery, word } from "../http/query.ts";
import { judgeAsk } from "../schemas/sessions.ts";
import {
  AWAY,
  asked,
  CONDITION,
  type Desk,
  namedIn,
  openTo,
  orUnwritten,
  STALE,
  sayingIn,
  told,
} from "../sessions/answering.ts";
import { citationOf, citationsIn } from "../sessions/citing.ts";

const listQuery = z.strictObject({
  session: filterFields.session,
  user: word("user_id; a key of one user needs none"),
  type: z
    .enum([
      "emotion_state_update",
      "milestone_recorded",
      "breakthrough_recorded",
      "model_switch",
      "context_update",
      "session_event",
      "conversation_event",
    ])
    .optional(),
  status: z.enum(["unverified", "verified", "disputed", "revoked"]).optional(),
  since: filterFields.since,
  until: filterFields.until,
  ...pageFields,
});

/** Adds the routes and their description. */
export function citationRoutes(desk: Desk): void {
  const { app, writing } = desk;
  describe(app);
  app.get("/v1/citations", (context) =>
    withQuery(context, listQuery, (query) => list(context, desk, query)),
  );
  app.get("/v1/citations/:id", async (context) => context.json(await theOne(context, desk)));
  app.post("/v1/citations/:id/judge", (context) =>
    writing.post(context, (body) =>
      asked(context, body, { schema: judgeAsk }, (ask) => judge(context, desk, ask)),
    ),
  );
}

async function list(
  context: Context,
  { sessions }: Desk,
  { limit, cursor, session, user, ...rest }: z.output<typeof listQuery>,
): Promise<Response> {
  const credential = credentialOf(context);
  // Who may name anybody, and names nobody, asks for all.
  const isAll = user === undefined && credential.owner === null;
  const user_id = isAll ? undefined : userFor(credential, user);
  const filter = known({ session_id: session, user_id, ...rest });
  const question = JSON.stringify(filter);
  const before_seq = cursor === undefined ? Number.MAX_SAFE_INTEGER : placeOf(cursor, question).seq;
  const { rows, next_seq, degraded } = await citationsIn(sessions, filter, { limit, before_seq });
  const listing: CitationListing = {
    data: rows,
    next_cursor: next_seq === null ? null : cursorOf({ seq: next_seq, sub: 0 }, question),
    has_more: next_seq !== null,
    degraded,
  };
  return context.json(listing);
}

/** The citation in the path, by its id or its URI, as it stands now. Another user's is not there. */
async function theOne(context: Context, desk: Desk): Promise<Citation> {
  const { sessions } = desk;
  const given = namedIn(context, "id");
  const cited = citedBy(sessions.scheme, given);
  const id = cited === null ? given : (cited.ids[0] ?? "");
  const citation =
    cited === null || cited.kind === "citation" ? await citationOf(sessions, id) : null;
  const { owner } = credentialOf(context);
  if (citation === null || (owner !== null && owner !== citation.user_id))
    throw new VerbatimError("not_found", `there is no citation ${given}`);
  const { user_id, session_id } = citation;
  const { state } = await sessions.reading.session({ user_id, session_id });
  return judged(citation, state.judgements);
}

async function judge(context: Context, desk: Desk, ask: JudgeAsk): Promise<Response> {
  const { sessions } = desk;
  const citation = await theOne(context, desk);
  const { citation_id, user_id, session_id } = citation;
  if (isFinal(citation))
    throw new VerbatimError("conflict", `citation ${citation_id} was revoked, which is for good`);
  const saying = sayingIn(context, { user_id, session_id });
  const written = await sessions.desk.say(saying, [
    { event: "citation_judged", fields: { citation_id, ...ask } },
  ]);
  return await orUnwritten(context, written, async (done) => told(context, done, sessions.scheme));
}

const ID = { id: "citation_id, or the percent-encoded URI: if%3A%2F%2Fcitation%2F…" } as const;
const THERE = { 404: "There is no such citation", 503: AWAY } as const;

function describe(app: OpenAPIHono): void {
  tell(
    app,
    openTo({
      method: "get",
      path: "/v1/citations",
      tag: "Sessions",
      summary: "Citations, the newest first",
      query: listQuery,
      answers: { 200: { says: "A page", shape: "CitationListing" } },
      problems: { 400: "A parameter is wrong; errors name it", 503: AWAY },
    }),
  );
  tell(
    app,
    openTo({
      method: "get",
      path: "/v1/citations/{id}",
      tag: "Sessions",
      summary: "One citation: what changed, what it rests on, how it was judged",
      params: ID,
      answers: { 200: { says: "The citation", shape: "Citation" } },
      problems: THERE,
    }),
  );
  tell(app, {
    method: "post",
    scope: "ingest",
    path: "/v1/citations/{id}/judge",
    tag: "Sessions",
    summary: "Verify, dispute or revoke; what was revoked stays revoked",
    more: "Whether a change may be relied on is not for the user it is about: a key of one user judges nothing.",
    headers: CONDITION,
    params: ID,
    body: "JudgeAsk",
    answers: {
      200: { says: "It was judged so already", shape: "Recorded" },
      201: { says: "The judgement is on disk, after fsync", shape: "Recorded" },
    },
    problems: {
      400: "The body is wrong; errors name the field",
      409: "It was revoked, which is for good",
      403: "The key is of one user",
      ...STALE,
      ...THERE,
    },
  });
}
