/** Sessions: begun, found, resumed, closed, forked. What is said in them is in session-words.ts. */
import { cursorOf, placeOf, VerbatimError } from "@verbatim/core";
import {
  eventIdFor,
  type SaidMessage,
  type SessionName,
  type SessionState,
} from "@verbatim/core/sessions";
import type { Context } from "hono";
import { z } from "zod";
import type {
  ForkAsk,
  ResumeAnswer,
  SessionMetadata,
  SessionView,
  StartAsk,
  StartedAnswer,
  UserSessionListing,
} from "../contract-sessions.ts";
import { pageFields } from "../http/paging.ts";
import { withQuery } from "../http/query.ts";
import { forkAsk, nothingAsk, offRecordAsk, startAsk, ttlAsk } from "../schemas/sessions.ts";
import {
  asked,
  conflictOf,
  contextFor,
  type Desk,
  etagOf,
  namedIn,
  orUnwritten,
  sayingIn,
  sayOne,
  served,
  sessionIn,
  unread,
  userIn,
} from "../sessions/answering.ts";
import { away, type SessionView as View } from "../sessions/reading.ts";
import type { Said } from "../sessions/saying.ts";
import { tellSessions } from "../sessions/told-life.ts";

/** What a chat shows first, as it always has. */
const RECENT_MESSAGES = 20;
const RECENT_MILESTONES = 5;

const listQuery = z.strictObject(pageFields);

/** Adds the routes and their description. */
export function sessionRoutes(desk: Desk): void {
  const { app, writing, sessions } = desk;
  tellSessions(app, listQuery);
  app.post("/v1/users/:user/sessions", (context) =>
    writing.post(
      context,
      (body) => asked(context, body, { schema: startAsk }, (ask) => start(context, desk, ask)),
      "empty is fine",
    ),
  );
  app.get("/v1/users/:user/sessions", (context) =>
    withQuery(context, listQuery, (query) => list(context, desk, query)),
  );
  app.get(served(""), async (context) => {
    const view = await sessions.reading.session(sessionIn(context));
    const etag = etagOf(view.state);
    if (context.req.header("if-none-match")?.includes(etag) === true)
      return new Response(null, { status: 304, headers: { etag } });
    return context.json(viewOf(context, view), 200, { etag });
  });
  app.post(served("/resume"), (context) =>
    writing.post(
      context,
      (body) => asked(context, body, { schema: nothingAsk }, () => resume(context, desk)),
      "empty is fine",
    ),
  );
  app.post(served("/close"), (context) =>
    writing.post(
      context,
      (body) =>
        asked(context, body, { schema: nothingAsk }, () =>
          sayOne(context, desk, { event: "session_closed", fields: {} }),
        ),
      "empty is fine",
    ),
  );
  app.post(served("/ttl"), (context) =>
    writing.post(context, (body) =>
      asked(context, body, { schema: ttlAsk }, (fields) =>
        sayOne(context, desk, { event: "ttl_changed", fields }),
      ),
    ),
  );
  app.post(served("/off-record"), (context) =>
    writing.post(context, (body) =>
      asked(context, body, { schema: offRecordAsk }, (fields) =>
        sayOne(context, desk, { event: "off_record_set", fields }),
      ),
    ),
  );
  app.post(served("/fork"), (context) =>
    writing.post(context, (body) =>
      asked(context, body, { schema: forkAsk }, (ask) => fork(context, desk, ask)),
    ),
  );
}

async function start(context: Context, desk: Desk, ask: StartAsk): Promise<Response> {
  const user_id = userIn(context, namedIn(context, "user"));
  const { session_id = newSession(context, desk, user_id), ...fields } = ask;
  return await begin(context, desk, { user_id, session_id }, { event: "session_started", fields });
}

/** A new session's id: with an Idempotency-Key a retry gets the same. */
function newSession(context: Context, { sessions }: Desk, userId: string): string {
  const { sha256, newId } = sessions.ports;
  const key = context.req.header("idempotency-key");
  return key === undefined
    ? eventIdFor(sha256, "session", newId())
    : eventIdFor(sha256, "session", userId, context.req.path, key);
}

/** Begins a session; begun again in the same way it is the same, in another it is a conflict. */
async function begin(
  context: Context,
  { sessions }: Desk,
  name: SessionName,
  said: Said,
): Promise<Response> {
  const saying = sayingIn(context, name);
  await refuseOpened(sessions, name);
  const event = sessions.desk.event(saying, { ...said, key: "started" });
  const [one] = await sessions.recorder.record([event]);
  if (one === undefined) throw new VerbatimError("ingest_unreachable", "nothing was answered");
  if (one.status === "conflict") throw conflictOf(one.happened);
  const view = await sessions.reading.session(name);
  const answer = startedOf(view, one.status === "created", one.degraded);
  return context.json(answer, one.status === "created" ? 201 : 200, {
    etag: etagOf(view.state),
    location: `/v1/users/${encodeURIComponent(name.user_id)}/sessions/${encodeURIComponent(name.session_id)}`,
  });
}

/** A session that a conversation opened has begun: nobody begins it again. Where nobody can know now, it is begun. */
async function refuseOpened({ reading }: Desk["sessions"], name: SessionName): Promise<void> {
  const there = await reading.find(name).catch(() => null);
  const opened = there?.state.opened ?? null;
  if (opened !== null && opened.reason !== "set")
    throw new VerbatimError(
      "conflict",
      `session ${name.session_id} was opened by a conversation; go on in it, or begin one with another session_id`,
    );
}

function startedOf({ state, degraded }: View, created: boolean, late: boolean): StartedAnswer {
  const { session_id, user_id, conversation_id, started_at, last_model, ttl_days } = state.metadata;
  return {
    session_id,
    user_id,
    conversation_id,
    started_at,
    model: last_model,
    ttl_days,
    forked_from: state.forked_from,
    created,
    degraded: degraded || late,
  };
}

/** A session that goes on from another, up to and with one of its messages. */
async function fork(context: Context, desk: Desk, ask: ForkAsk): Promise<Response> {
  const { sessions } = desk;
  const origin = sessionIn(context);
  const view = await sessions.reading.session(origin);
  const seq = await placeIn(desk, view, ask.at);
  const { last_model, ttl_days, conversation_id } = view.state.metadata;
  const fields = {
    conversation_id: conversation_id ?? undefined,
    model: ask.model ?? last_model ?? undefined,
    ttl_days,
    forked_from: { session_id: origin.session_id, seq },
  };
  const session_id = ask.session_id ?? newSession(context, desk, origin.user_id);
  const name = { user_id: origin.user_id, session_id };
  return await begin(context, desk, name, { event: "session_started", fields });
}

async function placeIn({ sessions }: Desk, view: View, at: number | string): Promise<number> {
  if (typeof at === "number") return Math.min(at, view.state.metadata.last_seq);
  const found = await sessions.transcript.message(view, at);
  if (found !== null) return found.seq;
  throw new VerbatimError("not_found", `there is no message ${at} in this session`);
}

async function resume(context: Context, desk: Desk): Promise<Response> {
  const refused = unread(context);
  if (refused !== null) return refused;
  const { sessions } = desk;
  const name = sessionIn(context);
  const written = await sessions.desk.say(sayingIn(context, name), [
    { event: "session_resumed", fields: {} },
  ]);
  return await orUnwritten(context, written, async ({ degraded }) => {
    const { view, messages } = await sessions.transcript.newest(name, RECENT_MESSAGES);
    const answer = resumed(context, view, messages);
    const etag = etagOf(view.state);
    return context.json({ ...answer, degraded: answer.degraded || degraded }, 200, { etag });
  });
}

function resumed(context: Context, view: View, recent: readonly SaidMessage[]): ResumeAnswer {
  const { milestones, breakthroughs } = view.state;
  return {
    ...viewOf(context, view),
    recent_messages: recent,
    recent_milestones: milestones.slice(-RECENT_MILESTONES),
    last_breakthrough: breakthroughs.at(-1) ?? null,
  };
}

function viewOf(context: Context, { state, degraded }: View): SessionView {
  return {
    session_metadata: state.metadata,
    emotional_state: state.emotion,
    context_snapshot: contextFor(context, state.context),
    counts: state.counts,
    off_record: state.off_record.on,
    opened: state.opened,
    forked_from: state.forked_from,
    degraded,
  };
}

/** The deep store has them all; those it has not got yet, or cannot be asked for, are looked up one by one. */
async function list(
  context: Context,
  desk: Desk,
  { limit, cursor }: z.output<typeof listQuery>,
): Promise<Response> {
  const { sessions } = desk;
  const user = userIn(context, namedIn(context, "user"));
  const question = JSON.stringify(["sessions", user]);
  const from = cursor === undefined ? 0 : placeOf(cursor, question).seq;
  const { sessionLibrary, sessionStore } = sessions.ports;
  const given = await sessions.postgres.ask(() =>
    sessionLibrary.sessionsOf(user, from + limit + 1),
  );
  const hot = given.here ? null : await sessions.redis.ask(() => sessionStore.sessionsOf(user));
  if (!given.here && hot?.here !== true) throw away(given.why);
  const stored = given.here ? given.value : [];
  const others = [...sessions.recent.sessionsOf(user), ...(hot?.here === true ? hot.value : [])];
  const known = new Set(stored.map(({ session_id }) => session_id));
  const missing = [...new Set(others)].filter((id) => !known.has(id));
  // A page that goes on shows older ones, and those the deep store has.
  const looked = from === 0 ? await lookedUp(desk, user, missing.slice(0, limit)) : [];
  const rows = [...looked, ...stored.slice(from, from + limit)];
  const isMore = stored.length > from + limit;
  const listing: UserSessionListing = {
    data: rows,
    next_cursor: isMore ? cursorOf({ seq: from + limit, sub: 0 }, question) : null,
    has_more: isMore,
    degraded: !given.here,
  };
  return context.json(listing);
}

async function lookedUp(
  { sessions }: Desk,
  user_id: string,
  ids: readonly string[],
): Promise<readonly SessionMetadata[]> {
  const found = await Promise.all(
    ids.map((session_id) => sessions.reading.find({ user_id, session_id })),
  );
  const states: readonly SessionState[] = found.flatMap((view) =>
    view === null ? [] : [view.state],
  );
  return states.map(({ metadata }) => metadata);
}
