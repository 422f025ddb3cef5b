/** The description of the routes of routes/sessions.ts. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { z } from "zod";
import { tell } from "../http/describe.ts";
import { AWAY, CONDITION, openTo, STALE, tellSession } from "./answering.ts";

const USER = { user: "user_id, percent-encoded; it may hold any character" } as const;
const FIELD = { 400: "The body is wrong; errors name the field" } as const;
const RECORDED = {
  200: { says: "It was known already", shape: "Recorded" },
  201: { says: "It is on disk, after fsync", shape: "Recorded" },
} as const;

/** Describes them. */
export function tellSessions(app: OpenAPIHono, listQuery: z.ZodObject): void {
  tell(
    app,
    openTo({
      method: "post",
      path: "/v1/users/{user}/sessions",
      tag: "Sessions",
      summary: "Begin a session",
      params: USER,
      body: "StartAsk",
      answers: {
        200: { says: "It was begun in the same way before", shape: "Started" },
        201: { says: "It is begun: on disk, after fsync", shape: "Started" },
      },
      problems: { ...FIELD, 409: "It was begun in another way before", 503: AWAY },
    }),
  );
  tell(
    app,
    openTo({
      method: "get",
      path: "/v1/users/{user}/sessions",
      tag: "Sessions",
      summary: "Sessions of a user, the newest first",
      params: USER,
      query: listQuery,
      answers: { 200: { says: "A page", shape: "UserSessionListing" } },
      problems: { 400: "A parameter is wrong; errors name it", 503: AWAY },
    }),
  );
  tellSession(app, {
    method: "get",
    path: "",
    summary: "A session as it is now",
    headers: { "If-None-Match": "an ETag: 304 while nothing has changed" },
    answers: {
      200: { says: "The session; its ETag is its last seq", shape: "SessionView" },
      304: { says: "Nothing has changed" },
    },
  });
  tellLife(app);
}

function tellLife(app: OpenAPIHono): void {
  tellSession(app, {
    method: "post",
    path: "/resume",
    personal: true,
    summary: "Take a session up again: what a chat shows first",
    more: `The state, the last 20 messages, the last 5 milestones, the last breakthrough. The same after a browser's refresh, a restart, and the loss of Redis.`,
    headers: CONDITION,
    body: "NothingAsk",
    answers: { 200: { says: "The session", shape: "Resumed" } },
    problems: { ...FIELD, ...STALE },
  });
  tellSession(app, {
    method: "post",
    path: "/close",
    summary: "Close a session; what goes on in it opens it again",
    headers: CONDITION,
    body: "NothingAsk",
    answers: RECORDED,
    problems: { ...FIELD, ...STALE },
  });
  tellSession(app, {
    method: "post",
    path: "/ttl",
    summary: "How many days it stays hot after it was last touched",
    headers: CONDITION,
    body: "TtlAsk",
    answers: RECORDED,
    problems: { ...FIELD, ...STALE },
  });
  tellSession(app, {
    method: "post",
    path: "/off-record",
    summary: "Go off the record, or back on it",
    more: "Off the record nothing that is said, felt or reached is stored, and every answer says so (stored: false).",
    headers: CONDITION,
    body: "OffRecordAsk",
    answers: RECORDED,
    problems: { ...FIELD, ...STALE },
  });
  tellSession(app, {
    method: "post",
    path: "/fork",
    summary: "A new session that goes on from one of this one's messages",
    more: "Its history begins with what was said here up to and with that message.",
    headers: CONDITION,
    body: "ForkAsk",
    answers: {
      200: { says: "It was forked in the same way before", shape: "Started" },
      201: { says: "The fork", shape: "Started" },
    },
    problems: { ...FIELD, ...STALE, 409: "The session_id is of another session" },
  });
}
