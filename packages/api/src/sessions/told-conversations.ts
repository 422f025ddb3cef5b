/** The description of the routes of conversations.ts. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { COMPACT_MESSAGES_MIN } from "@verbatim/core/sessions";
import type { z } from "zod";
import { type Told, tell } from "../http/describe.ts";
import { AWAY, CONDITION, openTo, STALE } from "./answering.ts";

const ID = { id: "conversation_id, percent-encoded: telegram%3A123; it may hold any character" };
const THERE = { 404: "There is no such conversation of this user", 503: AWAY } as const;
const ASKED = { 400: "The body is wrong; errors name the field" } as const;

/** Describes them. */
export function tellConversations(
  app: OpenAPIHono,
  { listQuery, userQuery }: Readonly<Record<"listQuery" | "userQuery", z.ZodObject>>,
): void {
  const one = (told: Omit<Told, "tag">): void =>
    tell(app, { ...openTo(told), tag: "Conversations" });
  one({
    method: "get",
    path: "/v1/conversations",
    summary:
      "Conversations of a user, those that changed last first; of all where a key may name any user and none is named",
    query: listQuery,
    answers: { 200: { says: "A page", shape: "ConversationListing" } },
    problems: { 400: "A parameter is wrong; errors name it", 503: AWAY },
  });
  one({
    method: "get",
    path: "/v1/conversations/{id}",
    summary: "One conversation: its session now, and all it had",
    more: "HEAD says whether it is there. Its ETag changes with every session it gets. Where a key may name any user and none is named, it is the conversation's own, or the one user's who has it.",
    params: ID,
    query: userQuery,
    answers: { 200: { says: "The conversation", shape: "Conversation" } },
    problems: THERE,
  });
  one({
    method: "put",
    path: "/v1/conversations/{id}",
    summary: "Point a conversation at a session that is there",
    headers: CONDITION,
    params: ID,
    body: "SetAsk",
    answers: { 200: { says: "The conversation", shape: "Conversation" } },
    problems: { ...ASKED, ...STALE, 404: "There is no such session of this user", 503: AWAY },
  });
  one({
    method: "delete",
    path: "/v1/conversations/{id}",
    summary: "Let go of a conversation; its sessions stay",
    headers: CONDITION,
    params: ID,
    query: userQuery,
    answers: { 204: { says: "It stands for no session any more" } },
    problems: { ...THERE, ...STALE },
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
    headers: CONDITION,
    params: ID,
    body: "MoveAsk",
    answers: {
      200: { says: "Another was opened at the same moment", shape: "Moved" },
      201: { says: "A new session holds now", shape: "Moved" },
    },
    problems: { ...ASKED, ...THERE, ...STALE },
  });
  one({
    method: "post",
    path: "/v1/conversations/{id}/compact",
    personal: true,
    summary: "Go on in a new session with a summary of this one",
    more: `The summary is yours, or made of the sentences that say most. Fewer than ${COMPACT_MESSAGES_MIN} messages are not compacted, and the answer says so. The old session is kept and linked.`,
    headers: CONDITION,
    params: ID,
    body: "MoveAsk",
    answers: {
      200: {
        says: "Nothing to compact; or another was opened at the same moment",
        shape: "Compacted",
      },
      201: { says: "A new session holds now", shape: "Compacted" },
    },
    problems: { ...ASKED, ...THERE, ...STALE },
  });
}
