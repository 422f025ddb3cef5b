/** What is said, felt, reached and understood in a session. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { cursorOf, placeOf, VerbatimError } from "@verbatim/core";
import { mostConfidentFirst, newestBreakthroughsFirst } from "@verbatim/core/sessions";
import type { Context } from "hono";
import { z } from "zod";
import type {
  BreakthroughListing,
  ContextAnswer,
  ContextAsk,
  EmotionAnswer,
  EmotionListing,
  HistoryAnswer,
  MessageAsk,
  MilestoneListing,
  SaidAnswer,
} from "../contract-sessions.ts";
import { credentialOf } from "../http/credential.ts";
import { pageFields } from "../http/paging.ts";
import { problem } from "../http/problem.ts";
import { withQuery } from "../http/query.ts";
import { jsonIn } from "../http/writing.ts";
import {
  breakthroughAsk,
  contextAsk,
  emotionAsk,
  messageAsk,
  messagesAsk,
  milestoneAsk,
  modelAsk,
} from "../schemas/sessions.ts";
import {
  asked,
  conflictOf,
  contextFor,
  type Desk,
  etagOf,
  listed,
  namedIn,
  orUnwritten,
  recordedAnswer,
  sayingIn,
  sayOne,
  served,
  sessionIn,
  unstored,
} from "../sessions/answering.ts";
import type { Recorded } from "../sessions/recorder.ts";
import type { Said } from "../sessions/saying.ts";
import { tellWords } from "../sessions/told-words.ts";

const pageQuery = z.strictObject(pageFields);
const historyQuery = z.strictObject({
  ...pageFields,
  order: z.enum(["asc", "desc"]).default("asc").meta({ description: "asc is oldest first" }),
});
const breakthroughQuery = z.strictObject({
  ...pageFields,
  order: z.enum(["confidence", "newest"]).default("newest"),
});
const THERAPISTS = ["session_notes", "working_hypotheses"] as const;
const ON_RECORD = { onRecord: true } as const;

/** Adds the routes and their description. */
export function sessionWordRoutes(desk: Desk): void {
  const { app, writing } = desk;
  tellWords(app, { pageQuery, historyQuery, breakthroughQuery });
  app.post(served("/messages"), (context) =>
    writing.post(context, (body) => post(context, desk, body)),
  );
  app.delete(served("/messages/{message}"), (context) =>
    writing.post(context, () => remove(context, desk), "empty is fine"),
  );
  says(desk, "/emotion", { schema: emotionAsk, about: "emotion" }, (fields) => ({
    event: "emotion_changed",
    fields,
  }));
  says(desk, "/milestones", { schema: milestoneAsk }, (ask) => (state) => ({
    event: "milestone_reached",
    fields: { ...ask, emotion: ask.emotion ?? state.emotion.current },
  }));
  says(desk, "/breakthroughs", { schema: breakthroughAsk }, (fields) => ({
    event: "breakthrough_recorded",
    fields,
  }));
  says(desk, "/model", { schema: modelAsk }, (fields) => ({
    event: "model_switched",
    fields,
  }));
  for (const method of ["post", "patch"] as const)
    app[method](served("/context"), (context) =>
      writing.post(context, (body) =>
        asked(context, body, { schema: contextAsk }, (fields) => understand(context, desk, fields)),
      ),
    );
  readRoutes(app, desk);
}

/** Notes and hypotheses are the therapist's: a key of one user neither reads nor writes them. (G12) */
async function understand(context: Context, desk: Desk, fields: ContextAsk): Promise<Response> {
  const theirs = THERAPISTS.filter((one) => fields[one] !== undefined);
  if (theirs.length > 0 && credentialOf(context).owner !== null) {
    const why = `${theirs.join(" and ")} cannot be written by a key of one user, which does not read what the therapist noted either; leave it out, or ask with a key that has no owner`;
    return problem(context, 403, "unauthorized", why);
  }
  return await sayOne(context, desk, { event: "context_changed", fields }, ON_RECORD);
}

type SaidOf = Parameters<typeof sayOne>[2];

/** A route whose body is one thing said. */
function says<Ask>(
  desk: Desk,
  path: string,
  how: { schema: z.ZodType<Ask>; about?: string },
  what: (ask: Ask) => SaidOf,
): void {
  desk.app.post(served(path), (context) =>
    desk.writing.post(context, (body) =>
      asked(context, body, how, (ask) => sayOne(context, desk, what(ask), ON_RECORD)),
    ),
  );
}

function readRoutes(app: OpenAPIHono, desk: Desk): void {
  const view = (context: Context) => desk.sessions.reading.session(sessionIn(context));
  app.get(served("/messages"), (context) =>
    withQuery(context, historyQuery, (query) => history(context, desk, query)),
  );
  app.get(served("/emotion"), async (context) => {
    const { state, degraded } = await view(context);
    const answer: EmotionAnswer = { ...state.emotion, degraded };
    return context.json(answer, 200, { etag: etagOf(state) });
  });
  app.get(served("/context"), async (context) => {
    const { state, degraded } = await view(context);
    const answer: ContextAnswer = { ...contextFor(context, state.context), degraded };
    return context.json(answer, 200, { etag: etagOf(state) });
  });
  app.get(served("/emotion/history"), (context) =>
    withQuery(context, pageQuery, async (query) => {
      const { state, degraded } = await view(context);
      const answer: EmotionListing = { ...listed(state.emotions, query, "emotions"), degraded };
      return context.json(answer);
    }),
  );
  app.get(served("/milestones"), (context) =>
    withQuery(context, pageQuery, async (query) => {
      const { state, degraded } = await view(context);
      const page = listed(state.milestones, query, "milestones");
      const answer: MilestoneListing = { ...page, degraded };
      return context.json(answer);
    }),
  );
  app.get(served("/breakthroughs"), (context) =>
    withQuery(context, breakthroughQuery, async (query) => {
      const { state, degraded } = await view(context);
      const order = query.order === "confidence" ? mostConfidentFirst : newestBreakthroughsFirst;
      const page = listed(order(state.breakthroughs), query, query.order);
      const answer: BreakthroughListing = { ...page, degraded };
      return context.json(answer);
    }),
  );
}

/** One message, or several: each has its own receipt. */
async function post(context: Context, desk: Desk, body: Uint8Array): Promise<Response> {
  const sent = jsonIn(body);
  const isMany = sent.ok && isObject(sent.value) && Object.hasOwn(sent.value, "messages");
  if (!isMany)
    return await asked(context, body, { schema: messageAsk }, (one) =>
      say(context, desk, [one], true),
    );
  return await asked(context, body, { schema: messagesAsk }, ({ messages }) =>
    say(context, desk, messages, false),
  );
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

async function say(
  context: Context,
  desk: Desk,
  messages: readonly MessageAsk[],
  isOne: boolean,
): Promise<Response> {
  const { sessions } = desk;
  const kept = messages.filter(({ off_record }) => off_record !== true);
  const saying = sayingIn(context, sessionIn(context));
  const written = await sessions.desk.say(saying, kept.map(saidOf), ON_RECORD);
  return await orUnwritten(context, written, async ({ recorded, last_seq, degraded }) => {
    const conflicts = recorded.filter(({ status }) => status === "conflict");
    const [conflict] = conflicts;
    // Of several each has its own answer; where none was taken, one speaks for all.
    if (conflict !== undefined && conflicts.length === messages.length)
      throw conflictOf(conflict.happened);
    const rest = recorded.values();
    const receipts = messages.map((one, place) =>
      one.off_record === true ? unstored(degraded) : receiptOf(next(rest), place, sessions.scheme),
    );
    const etag = `"${last_seq}"`;
    const status = conflict === undefined ? statusOf(recorded) : 207;
    const [only] = receipts;
    if (isOne && only !== undefined) return context.json(only, status, { etag });
    const answer: SaidAnswer = { receipts, degraded };
    return context.json(answer, status, { etag });
  });
}

/** On disk now, on disk already, or nothing was to be stored. */
function statusOf(recorded: readonly Recorded[]): 200 | 201 | 202 {
  if (recorded.length === 0) return 202;
  return recorded.some(({ status }) => status === "created") ? 201 : 200;
}

type Receipt = SaidAnswer["receipts"][number];

function receiptOf(recorded: Recorded, place: number, scheme: string): Receipt {
  if (recorded.status !== "conflict") return recordedAnswer(recorded, scheme);
  const { event } = recorded.happened;
  return {
    stored: false,
    status: "conflict",
    message_id: event.event === "message_said" ? event.message_id : null,
    error: {
      code: "conflict",
      message: conflictOf(recorded.happened).message,
      path: `messages.${place}`,
    },
    degraded: recorded.degraded,
  };
}

function next(rest: Iterator<Recorded>): Recorded {
  const one = rest.next();
  if (one.done !== true) return one.value;
  throw new VerbatimError("ingest_unreachable", "the recorder did not answer for every message");
}

/** A message without an id gets its event's. */
function saidOf({ off_record: _, message_id, ...fields }: MessageAsk): Said {
  const said = {
    event: "message_said",
    fields: { message_id: message_id ?? "", ...fields },
  } as const;
  return message_id === undefined ? said : { ...said, key: message_id };
}

/** Deletes a message that is there; deleted again it is known. */
async function remove(context: Context, desk: Desk): Promise<Response> {
  const message_id = namedIn(context, "message");
  const { reading, transcript } = desk.sessions;
  const view = await reading.session(sessionIn(context));
  const isGone = view.state.deleted.includes(message_id);
  if (!isGone && (await transcript.message(view, message_id)) === null)
    throw new VerbatimError("not_found", `there is no message ${message_id} in this session`);
  const said = { event: "message_deleted", fields: { message_id }, key: message_id } as const;
  return await sayOne(context, desk, said);
}

async function history(
  context: Context,
  { sessions }: Desk,
  { limit, cursor, order }: z.output<typeof historyQuery>,
): Promise<Response> {
  const name = sessionIn(context);
  const question = JSON.stringify([name, order]);
  const from = cursor === undefined ? null : placeOf(cursor, question).seq;
  const view = await sessions.reading.session(name);
  const page = await sessions.transcript.page(view, { limit, order, from });
  const answer: HistoryAnswer = {
    data: page.messages,
    next_cursor: page.next === null ? null : cursorOf({ seq: page.next, sub: 0 }, question),
    has_more: page.next !== null,
    degraded: page.degraded,
  };
  return context.json(answer, 200, { etag: etagOf(view.state) });
}
