/** Conversations: which session a chat's handle stands for, and moving on to the next. */
import { cursorOf, placeOf } from "@verbatim/core";
import type { Conversation } from "@verbatim/core/sessions";
import type { Context } from "hono";
import { z } from "zod";
import type {
  ConversationAnswer,
  ConversationListing,
  ConversationView,
  ResolveAnswer,
  SetAsk,
} from "../contract-sessions.ts";
import { credentialOf } from "../http/credential.ts";
import { pageFields } from "../http/paging.ts";
import { type Asked, withQuery, word } from "../http/query.ts";
import { resolveAsk, setAsk } from "../schemas/sessions.ts";
import { asked, type Desk, userIn } from "../sessions/answering.ts";
import { etagOf, howIn, inTurn, namedBy, stale } from "../sessions/conversation-asks.ts";
import { type Current, noConversation } from "../sessions/moving.ts";
import { away } from "../sessions/reading.ts";
import { tellConversations } from "../sessions/told-conversations.ts";
import { conversationMoves } from "./conversation-moves.ts";

const userField: { readonly user: Asked<string> } = {
  user: word("user_id; a key of one user needs none"),
};
const userQuery = z.strictObject(userField);
const listQuery = z.strictObject({ ...userField, ...pageFields });

/** Adds the routes and their description. */
export function conversationRoutes(desk: Desk): void {
  const { app, writing } = desk;
  tellConversations(app, { listQuery, userQuery });
  const one = "/v1/conversations/:id";
  app.get("/v1/conversations", (context) =>
    withQuery(context, listQuery, (query) => list(context, desk, query)),
  );
  app.get(one, (context) => withQuery(context, userQuery, ({ user }) => show(context, desk, user)));
  app.delete(one, (context) =>
    withQuery(context, userQuery, ({ user }) =>
      writing.post(context, () => letGo(context, desk, user), "empty is fine"),
    ),
  );
  app.put(one, (context) =>
    writing.post(context, (body) =>
      asked(context, body, { schema: setAsk }, (ask) => put(context, desk, ask)),
    ),
  );
  app.post(`${one}/resolve`, (context) =>
    writing.post(context, (body) => resolve(context, desk, body), "empty is fine"),
  );
  conversationMoves(desk);
}

/** The conversation in the path; throws `not_found`. */
async function theOne(context: Context, desk: Desk, user: string | undefined): Promise<Current> {
  const named = await namedBy(context, desk, user);
  const found = await desk.sessions.conversing.find(named);
  if (found !== null) return found;
  throw noConversation(named);
}

async function resolve(context: Context, desk: Desk, body: Uint8Array): Promise<Response> {
  return await asked(context, body, { schema: resolveAsk }, async ({ user_id, channel }) => {
    const named = await namedBy(context, desk, user_id);
    const { request } = howIn(context, desk, "resolve");
    const found = await desk.sessions.conversing.resolve(named, { channel, request });
    const { conversation, created, degraded, session_id } = found;
    const { history } = conversation;
    const generation =
      history.find((one) => one.session_id === session_id)?.generation ?? conversation.generation;
    const answered: ResolveAnswer = {
      user_id: named.owner,
      session_id,
      created,
      generation,
      degraded,
    };
    return context.json(answered, created ? 201 : 200, { etag: etagOf(conversation) });
  });
}

async function show(context: Context, desk: Desk, user: string | undefined): Promise<Response> {
  return answer(context, await theOne(context, desk, user));
}

async function letGo(context: Context, desk: Desk, user: string | undefined): Promise<Response> {
  const named = await namedBy(context, desk, user);
  const how = howIn(context, desk, "delete");
  const done = await inTurn(desk, named, how, () => desk.sessions.conversing.delete(named, how));
  return done.kind === "stale" ? stale(context, done) : context.body(null, 204);
}

async function put(
  context: Context,
  desk: Desk,
  { user_id, session_id, channel }: SetAsk,
): Promise<Response> {
  const { conversing, reading } = desk.sessions;
  const named = await namedBy(context, desk, user_id);
  await reading.session({ user_id: named.owner, session_id });
  const how = howIn(context, desk, "put");
  const done = await inTurn(desk, named, how, () =>
    conversing.set(named, { session_id, channel }, how),
  );
  return done.kind === "stale" ? stale(context, done) : answer(context, done);
}

function answer(context: Context, { conversation, degraded }: Current): Response {
  const view: ConversationView = { ...shown(conversation), degraded };
  return context.json(view, 200, { etag: etagOf(conversation) });
}

function shown({ owner, ...conversation }: Conversation): ConversationAnswer {
  return { user_id: owner, ...conversation };
}

/** The cursor counts: what moves to the front while somebody pages is shown twice, and nothing is passed over. */
async function list(
  context: Context,
  { sessions }: Desk,
  { user, limit, cursor }: z.output<typeof listQuery>,
): Promise<Response> {
  // Who may name anybody, and names nobody, asks for all.
  const isAll = user === undefined && credentialOf(context).owner === null;
  const owner = isAll ? null : userIn(context, user);
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
