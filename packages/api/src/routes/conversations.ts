/** Conversations: which session a chat's handle stands for, and moving on to the next. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { cursorOf, placeOf, VerbatimError } from "@verbatim/core";
import {
  COMPACT_MESSAGES_MIN,
  type Conversation,
  type SaidMessage,
  type SessionName,
} from "@verbatim/core/sessions";
import type { Context } from "hono";
import { z } from "zod";
import type {
  CompactAnswer,
  ConversationAnswer,
  ConversationListing,
  ConversationView,
  MoveAnswer,
  MoveAsk,
  ResolveAnswer,
} from "../contract-sessions.ts";
import { type Told, tell } from "../http/describe.ts";
import { pageFields } from "../http/paging.ts";
import { type Asked, withQuery, word } from "../http/query.ts";
import { moveAsk, resolveAsk, setAsk } from "../schemas/sessions.ts";
import { AWAY, asked, type Desk, namedIn, openTo, unread, userIn } from "../sessions/answering.ts";
import type { Current, Moved, Named } from "../sessions/conversing.ts";
import { away } from "../sessions/reading.ts";

const userField: { readonly user: Asked<string> } = {
  user: word("user_id; a key of one user needs none"),
};
const userQuery = z.strictObject(userField);
const listQuery = z.strictObject({ ...userField, ...pageFields });

/** Adds the routes and their description. */
export function conversationRoutes(desk: Desk): void {
  const { app, writing } = desk;
  describe(app);
  app.get("/v1/conversations", (context) =>
    withQuery(context, listQuery, (query) => list(context, desk, query)),
  );
  app.get("/v1/conversations/:id", (context) =>
    withQuery(context, userQuery, ({ user }) => show(context, desk, user)),
  );
  app.delete("/v1/conversations/:id", (context) =>
    withQuery(context, userQuery, async ({ user }) => {
      await desk.sessions.conversing.delete(await theOne(context, desk, user));
      return context.body(null, 204);
    }),
  );
  app.put("/v1/conversations/:id", (context) =>
    writing.post(context, (body) =>
      asked(context, body, { schema: setAsk }, async ({ user_id, session_id, channel }) => {
        const named = namedBy(context, user_id);
        await desk.sessions.reading.session({ user_id: named.owner, session_id });
        return answer(context, await desk.sessions.conversing.set(named, session_id, channel));
      }),
    ),
  );
  app.post("/v1/conversations/:id/resolve", (context) =>
    writing.post(context, (body) => resolve(context, desk, body), "empty is fine"),
  );
  app.post("/v1/conversations/:id/clear", (context) =>
    writing.post(
      context,
      (body) => asked(context, body, { schema: moveAsk }, (ask) => clear(context, desk, ask)),
      "empty is fine",
    ),
  );
  app.post("/v1/conversations/:id/compact", (context) =>
    writing.post(
      context,
      (body) => asked(context, body, { schema: moveAsk }, (ask) => compact(context, desk, ask)),
      "empty is fine",
    ),
  );
}

function namedBy(context: Context, user: string | undefined): Named {
  return { owner: userIn(context, user), conversation_id: namedIn(context, "id") };
}

/** The conversation in the path; throws `not_found`. */
async function theOne(
  context: Context,
  { sessions }: Desk,
  user: string | undefined,
): Promise<Current> {
  const named = namedBy(context, user);
  const found = await sessions.conversing.find(named);
  if (found !== null) return found;
  throw new VerbatimError("not_found", `there is no conversation ${named.conversation_id}`);
}

async function resolve(context: Context, { sessions }: Desk, body: Uint8Array): Promise<Response> {
  return await asked(context, body, { schema: resolveAsk }, async ({ user_id, channel }) => {
    const named = namedBy(context, user_id);
    const found = await sessions.conversing.resolve(named, channel);
    const { conversation, created, degraded } = found;
    const { session_id, generation } = conversation;
    if (session_id === null)
      throw new VerbatimError("conflict", "it was deleted meanwhile; ask again");
    const answered: ResolveAnswer = { session_id, created, generation, degraded };
    return context.json(answered, created ? 201 : 200);
  });
}

async function show(context: Context, desk: Desk, user: string | undefined): Promise<Response> {
  return answer(context, await theOne(context, desk, user));
}

function answer(context: Context, { conversation, degraded }: Current): Response {
  const view: ConversationView = { ...shown(conversation), degraded };
  return context.json(view);
}

function shown({ owner, ...conversation }: Conversation): ConversationAnswer {
  return { user_id: owner, ...conversation };
}

async function clear(context: Context, desk: Desk, ask: MoveAsk): Promise<Response> {
  const current = await theOne(context, desk, ask.user_id);
  const summary = ask.summary === undefined ? {} : { summary: ask.summary };
  const moved = await desk.sessions.conversing.moveOn(current, { reason: "cleared", ...summary });
  return context.json(movedAnswer(moved), moved.created ? 201 : 200);
}

async function compact(context: Context, desk: Desk, ask: MoveAsk): Promise<Response> {
  // A summary that is made here is made of what was said.
  const refused = ask.summary === undefined ? unread(context) : null;
  if (refused !== null) return refused;
  const current = await theOne(context, desk, ask.user_id);
  const session_id = current.conversation.session_id ?? "";
  const { messages, message_count } = await saidIn(desk, current, ask.summary);
  const done = await desk.sessions.conversing.compact(current, messages, ask.summary);
  if ("kind" in done) {
    const { degraded } = current;
    const answered: CompactAnswer = {
      compacted: false,
      reason: done.why,
      session_id,
      message_count,
      degraded,
    };
    return context.json(answered);
  }
  const answered: CompactAnswer = { compacted: true, ...movedAnswer(done), message_count };
  return context.json(answered, done.created ? 201 : 200);
}

/** All that was said, to be summed up; who brings a summary needs only to show that there is enough. */
async function saidIn(
  { sessions }: Desk,
  { conversation }: Current,
  summary: string | undefined,
): Promise<{ readonly messages: readonly SaidMessage[]; readonly message_count: number }> {
  const { owner: user_id, session_id } = conversation;
  if (session_id === null) return { messages: [], message_count: 0 };
  const name = { user_id, session_id };
  const { view, messages } =
    summary === undefined
      ? await wholeOf(sessions, name)
      : await sessions.transcript.newest(name, COMPACT_MESSAGES_MIN);
  return { messages, message_count: Math.max(view.state.counts.messages, messages.length) };
}

async function wholeOf(sessions: Desk["sessions"], name: SessionName) {
  const view = await sessions.reading.session(name);
  return { view, messages: await sessions.transcript.whole(view) };
}

function movedAnswer({ event, degraded }: Moved): MoveAnswer {
  const { session_id, generation, reason, previous_session_id, summary } = event;
  return {
    session_id,
    previous_session_id: previous_session_id ?? null,
    generation,
    reason,
    summary: summary ?? null,
    degraded,
  };
}

/** The cursor counts: what moves to the front while somebody pages is shown twice, and nothing is passed over. */
async function list(
  context: Context,
  { sessions }: Desk,
  { user, limit, cursor }: z.output<typeof listQuery>,
): Promise<Response> {
  const owner = userIn(context, user);
  const question = JSON.stringify(["conversations", owner]);
  const from = cursor === undefined ? 0 : placeOf(cursor, question).seq;
  const { sessionLibrary } = sessions.ports;
  const given = await sessions.postgres.ask(() =>
    sessionLibrary.conversations(owner, from + limit + 1),
  );
  if (!given.here) throw away(given.why);
  const isMore = given.value.length > from + limit;
  const listing: ConversationListing = {
    data: given.value.slice(from, from + limit).map(shown),
    next_cursor: isMore ? cursorOf({ seq: from + limit, sub: 0 }, question) : null,
    has_more: isMore,
    degraded: false,
  };
  return context.json(listing);
}

const ID = { id: "conversation_id, percent-encoded: telegram%3A123; it may hold any character" };
const THERE = { 404: "There is no such conversation of this user", 503: AWAY } as const;
const ASKED = { 400: "The body is wrong; errors name the field" } as const;

function describe(app: OpenAPIHono): void {
  const one = (told: Omit<Told, "tag">): void =>
    tell(app, { ...openTo(told), tag: "Conversations" });
  one({
    method: "get",
    path: "/v1/conversations",
    summary: "Conversations of a user, those that changed last first",
    query: listQuery,
    answers: { 200: { says: "A page", shape: "ConversationListing" } },
    problems: { 400: "A parameter is wrong; errors name it", 503: AWAY },
  });
  one({
    method: "get",
    path: "/v1/conversations/{id}",
    summary: "One conversation: its session now, and all it had",
    more: "HEAD says whether it is there.",
    params: ID,
    query: userQuery,
    answers: { 200: { says: "The conversation", shape: "Conversation" } },
    problems: THERE,
  });
  one({
    method: "put",
    path: "/v1/conversations/{id}",
    summary: "Point a conversation at a session that is there",
    params: ID,
    body: "SetAsk",
    answers: { 200: { says: "The conversation", shape: "Conversation" } },
    problems: { ...ASKED, 404: "There is no such session of this user", 503: AWAY },
  });
  one({
    method: "delete",
    path: "/v1/conversations/{id}",
    summary: "Let go of a conversation; its sessions stay",
    params: ID,
    query: userQuery,
    answers: { 204: { says: "It stands for no session any more" } },
    problems: THERE,
  });
  describeMoves(one);
}

function describeMoves(one: (told: Omit<Told, "tag">) => void): void {
  one({
    method: "post",
    path: "/v1/conversations/{id}/resolve",
    summary: "The session of a conversation; opened when there is none",
    more: "Of all who ask at once for a new one, one creates it, and all get the same session. Answers while Redis or Postgres is away (degraded: true).",
    params: ID,
    body: "ResolveAsk",
    answers: {
      200: { says: "It was there", shape: "Resolved" },
      201: { says: "It was opened: on disk, after fsync", shape: "Resolved" },
    },
    problems: { ...ASKED, 503: AWAY },
  });
  one({
    method: "post",
    path: "/v1/conversations/{id}/clear",
    summary: "Go on in a new session; the old one is kept and linked",
    params: ID,
    body: "MoveAsk",
    answers: {
      200: { says: "Another was opened at the same moment", shape: "Moved" },
      201: { says: "A new session holds now", shape: "Moved" },
    },
    problems: { ...ASKED, ...THERE },
  });
  one({
    method: "post",
    path: "/v1/conversations/{id}/compact",
    personal: true,
    summary: "Go on in a new session with a summary of this one",
    more: `The summary is yours, or made of the sentences that say most. Fewer than ${COMPACT_MESSAGES_MIN} messages are not compacted, and the answer says so. The old session is kept and linked.`,
    params: ID,
    body: "MoveAsk",
    answers: {
      200: {
        says: "Nothing to compact; or another was opened at the same moment",
        shape: "Compacted",
      },
      201: { says: "A new session holds now", shape: "Compacted" },
    },
    problems: { ...ASKED, ...THERE },
  });
}
