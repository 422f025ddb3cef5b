/** What is said, felt, reached and understood in a session. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { cursorOf, placeOf, VerbatimError } from "@verbatim/core";
import { mostConfidentFirst, newestBreakthroughsFirst } from "@verbatim/core/sessions";
import type { Context } from "hono";
import { z } from "zod";
import type {
  BreakthroughListing,
  ContextAnswer,
  EmotionAnswer,
  EmotionListing,
  HistoryAnswer,
  MessageAsk,
  MilestoneListing,
  RecordedAnswer,
  SaidAnswer,
  UnstoredAnswer,
} from "../contract-sessions.ts";
import { pageFields } from "../http/paging.ts";
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
const ON_RECORD = { onRecord: true } as const;

/** Adds the routes and their description. */
export function sessionWordRoutes(desk: Desk): void {
  const { app, writing } = desk;
  tellWords(app, { pageQuery, historyQuery, breakthroughQuery });
  app.post(served("/messages"), (context) =>
    writing.post(context, (body) => post(context, desk, body)),
  );
  app.delete(served("/messages/{message}"), (context) => remove(context, desk));
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
    says(desk, "/context", { schema: contextAsk, method }, (fields) => ({
      event: "context_changed",
      fields,
    }));
  readRoutes(app, desk);
}

type SaidOf = Parameters<typeof sayOne>[2];

/** A route whose body is one thing said. */
function says<Ask>(
  desk: Desk,
  path: string,
  {
    method = "post",
    ...how
  }: { schema: z.ZodType<Ask>; about?: string; method?: "post" | "patch" },
  what: (ask: Ask) => SaidOf,
): void {
  desk.app[method](served(path), (context) =>
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
    const conflict = recorded.find(({ status }) => status === "conflict");
    if (conflict !== undefined) throw conflictOf(conflict.happened);
    const answers = recorded.map((one) => recordedAnswer(one, sessions.scheme));
    const rest = answers.values();
    const receipts = messages.map((one): RecordedAnswer | UnstoredAnswer =>
      one.off_record === true ? unstored(degraded) : next(rest),
    );
    const etag = `"${last_seq}"`;
    const isNew = recorded.some(({ status }) => status === "created");
    const status = kept.length === 0 ? 202 : isNew ? 201 : 200;
    const [only] = receipts;
    if (isOne && only !== undefined) return context.json(only, status, { etag });
    const answer: SaidAnswer = { receipts, degraded };
    return context.json(answer, status, { etag });
  });
}

function next(rest: Iterator<RecordedAnswer>): RecordedAnswer {
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
