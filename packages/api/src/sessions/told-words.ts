/** The description of the routes of session-words.ts. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { z } from "zod";
import { CONDITION, STALE, tellSession } from "./answering.ts";

type Queries = Readonly<Record<"pageQuery" | "historyQuery" | "breakthroughQuery", z.ZodObject>>;

const PARAMETER = { 400: "A parameter is wrong; errors name it" } as const;
const FIELD = { 400: "The body is wrong; errors name the field" } as const;
const RECORDED = {
  200: { says: "It was known already", shape: "Recorded" },
  201: { says: "It is on disk, after fsync", shape: "Recorded" },
} as const;
const SAID = {
  ...RECORDED,
  202: { says: "The session is off the record: nothing was stored", shape: "Unstored" },
} as const;

/** Describes them. */
export function tellWords(app: OpenAPIHono, queries: Queries): void {
  tellMessages(app, queries);
  const says = (path: string, summary: string, body: SaidBody, more?: string): void =>
    tellSession(app, {
      method: "post",
      path,
      summary,
      ...(more === undefined ? {} : { more }),
      headers: CONDITION,
      body,
      answers: SAID,
      problems: { ...FIELD, ...STALE },
    });
  says("/emotion", "What is felt now", "EmotionAsk", "Every change stays: …/emotion/history.");
  says("/milestones", "Something was reached", "MilestoneAsk");
  says("/breakthroughs", "Something was understood", "BreakthroughAsk");
  says("/model", "Another model goes on; the history follows", "ModelAsk");
  for (const method of ["post", "patch"] as const)
    tellSession(app, {
      method,
      path: "/context",
      summary: method === "post" ? "Set or clear fields of the context; null clears" : "The same",
      more: "session_notes and working_hypotheses are the therapist's: a key of one user does not set them.",
      headers: CONDITION,
      body: "ContextAsk",
      answers: SAID,
      problems: {
        ...FIELD,
        ...STALE,
        403: "The key is of one user, and the field is the therapist's",
      },
    });
  tellReads(app, queries);
}

type SaidBody = "EmotionAsk" | "MilestoneAsk" | "BreakthroughAsk" | "ModelAsk";

function tellMessages(app: OpenAPIHono, { historyQuery }: Queries): void {
  tellSession(app, {
    method: "post",
    path: "/messages",
    summary: "Record a message, or several; answered after fsync",
    more: "One message as the body, or {messages: [ … ]}: then each has a receipt, in order. Give each a message_id of your own: saying it again is then harmless. A message with off_record: true, and every message while the session is off the record, is not stored, and the answer says so.",
    headers: CONDITION,
    body: "SaidAsk",
    answers: {
      200: { says: "All were known already", shape: "SaidAnswer" },
      201: { says: "They are on disk, after fsync", shape: "SaidAnswer" },
      202: { says: "Off the record: nothing was stored", shape: "UnsaidAnswer" },
      207: {
        says: "Some ids are known with other words: each receipt says so",
        shape: "SaidAnswer",
      },
    },
    problems: {
      ...FIELD,
      ...STALE,
      409: "A message_id is known with other words: of none anything was stored",
    },
  });
  tellSession(app, {
    method: "get",
    path: "/messages",
    summary: "The whole history, page by page",
    query: historyQuery,
    answers: { 200: { says: "A page", shape: "History" } },
    problems: PARAMETER,
  });
  tellSession(app, {
    method: "delete",
    path: "/messages/{message}",
    summary: "Take one message out of the session and of every export",
    more: "It is hidden, and its bytes stay in the journal. With ?erase=true they are erased everywhere: answered with 202 and a receipt, like every forget.",
    headers: CONDITION,
    answers: RECORDED,
    problems: STALE,
  });
}

function tellReads(app: OpenAPIHono, { pageQuery, breakthroughQuery }: Queries): void {
  const reads = (
    path: string,
    summary: string,
    shape:
      | "EmotionState"
      | "EmotionListing"
      | "MilestoneListing"
      | "BreakthroughListing"
      | "Context",
    query?: z.ZodObject,
  ): void =>
    tellSession(app, {
      method: "get",
      path,
      summary,
      ...(query === undefined ? {} : { query }),
      answers: { 200: { says: query === undefined ? "As it is now" : "A page", shape } },
      ...(query === undefined ? {} : { problems: PARAMETER }),
    });
  reads("/emotion", "What is felt now", "EmotionState");
  reads("/emotion/history", "Every change of emotion, oldest first", "EmotionListing", pageQuery);
  reads("/milestones", "Milestones, oldest first", "MilestoneListing", pageQuery);
  reads("/breakthroughs", "Breakthroughs", "BreakthroughListing", breakthroughQuery);
  reads("/context", "The context", "Context");
}
