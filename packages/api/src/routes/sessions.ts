/** Sessions: found, resumed, closed; begun in session-starts.ts. What is said in them is in session-words.ts. */
import { cursorOf, placeOf } from "@verbatim/core";
import { openedShown, type SaidMessage, type SessionState } from "@verbatim/core/sessions";
import type { Context } from "hono";
import { z } from "zod";
import type {
  ResumeAnswer,
  SessionMetadata,
  SessionView,
  UserSessionListing,
} from "../contract-sessions.ts";
import { pageFields } from "../http/paging.ts";
import { withQuery } from "../http/query.ts";
import { nothingAsk, offRecordAsk, ttlAsk } from "../schemas/sessions.ts";
import {
  asked,
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
import { tellSessions } from "../sessions/told-life.ts";
import { sessionStarts } from "./session-starts.ts";

/** What a chat shows first, as it always has. */
const RECENT_MESSAGES = 20;
const RECENT_MILESTONES = 5;

const listQuery = z.strictObject(pageFields);

/** Adds the routes and their description. */
export function sessionRoutes(desk: Desk): void {
  const { app, writing, sessions } = desk;
  tellSessions(app, listQuery);
  sessionStarts(desk);
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
    const newest = await sessions.transcript.newest(name, RECENT_MESSAGES);
    const answer = resumed(context, newest.view, newest.messages);
    const etag = etagOf(newest.view.state);
    return context.json({ ...answer, degraded: newest.degraded || degraded }, 200, { etag });
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
    opened: openedShown(state.opened),
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
