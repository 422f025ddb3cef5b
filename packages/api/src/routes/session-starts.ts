/**
 * Sessions begun: anew, or going on from a message of another (fork). told-life.ts
 * describes both. Nobody is put back on the record by a fork (G31).
 */
import { VerbatimError } from "@verbatim/core";
import { eventIdFor, type Happened, type SessionName, timeOf } from "@verbatim/core/sessions";
import type { Context } from "hono";
import type { ForkAsk, StartAsk, StartedAnswer } from "../contract-sessions.ts";
import { forkAsk, startAsk } from "../schemas/sessions.ts";
import {
  asked,
  changed,
  conflictOf,
  type Desk,
  etagOf,
  namedIn,
  sayingIn,
  served,
  sessionIn,
  userIn,
} from "../sessions/answering.ts";
import { offTheRecord } from "../sessions/gates.ts";
import type { SessionView as View } from "../sessions/reading.ts";
import { type Said, turnOf } from "../sessions/saying.ts";

/** Adds the routes. */
export function sessionStarts(desk: Desk): void {
  const { app, writing } = desk;
  app.post("/v1/users/:user/sessions", (context) =>
    writing.post(
      context,
      (body) => asked(context, body, { schema: startAsk }, (ask) => start(context, desk, ask)),
      "empty is fine",
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
  const created = one.status === "created";
  const degraded = view.degraded || one.degraded;
  const days = sessions.ports.hotDays();
  const answer = startedOf(one.happened, { created, degraded, days });
  return context.json(answer, created ? 201 : 200, {
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

/** How a session began: asked again, the same. */
function startedOf(
  { event, moment }: Happened,
  {
    days,
    ...told
  }: { readonly created: boolean; readonly degraded: boolean; readonly days: number },
): StartedAnswer {
  const { session_id, user_id } = event;
  const began = event.event === "session_started" ? event : undefined;
  return {
    session_id,
    user_id,
    conversation_id: began?.conversation_id ?? null,
    started_at: timeOf(event, moment),
    model: began?.model ?? null,
    ttl_days: began?.ttl_days ?? days,
    forked_from: began?.forked_from ?? null,
    ...told,
  };
}

/** A session that goes on from another, up to and with one of its messages; on a condition, while nothing has changed it. */
async function fork(context: Context, desk: Desk, ask: ForkAsk): Promise<Response> {
  const { sessions } = desk;
  const saying = sayingIn(context, sessionIn(context));
  const forkNow = async (): Promise<Response> => {
    const view = await sessions.reading.session(saying.name);
    const { last_seq } = view.state.metadata;
    if (saying.ifMatch !== null && !saying.ifMatch.includes(last_seq))
      return changed(context, last_seq);
    return await forkOf(context, desk, view, ask);
  };
  const { turns } = sessions;
  return saying.ifMatch === null
    ? await forkNow()
    : await turns.alone(turnOf(saying.name), forkNow);
}

async function forkOf(context: Context, desk: Desk, view: View, ask: ForkAsk): Promise<Response> {
  const { user_id, session_id: origin, ...kept } = view.state.metadata;
  const session_id = ask.session_id ?? newSession(context, desk, user_id);
  const name = { user_id, session_id };
  if (view.state.off_record.on && (await forkedAt(desk, name, origin)) === null)
    throw offTheRecord("this session");
  const seq = (await placeIn(desk, view, ask.at)) ?? (await forkedAt(desk, name, origin));
  if (seq === null) throw nothingAt(view, ask.at);
  const fields = {
    conversation_id: kept.conversation_id ?? undefined,
    model: ask.model ?? kept.last_model ?? undefined,
    ttl_days: kept.ttl_days,
    forked_from: { session_id: origin, seq },
  };
  return await begin(context, desk, name, { event: "session_started", fields });
}

function nothingAt({ state }: View, at: number | string): VerbatimError {
  const last = state.metadata.last_seq;
  return typeof at === "number"
    ? new VerbatimError("not_found", `entry ${at} is not in this session yet; its last is ${last}`)
    : new VerbatimError("not_found", `there is no message ${at} in this session`);
}

/** The place of a message or an entry, or null. Where nobody can know how far the session goes, a place beyond what is known is its end. */
async function placeIn(
  { sessions }: Desk,
  view: View,
  at: number | string,
): Promise<number | null> {
  const last = view.state.metadata.last_seq;
  if (typeof at === "number") return at <= last ? at : view.degraded ? last : null;
  return (await sessions.transcript.message(view, at))?.seq ?? null;
}

/** Where a fork that is there goes on from: its message may have been deleted since. */
async function forkedAt(
  { sessions }: Desk,
  name: SessionName,
  origin: string,
): Promise<number | null> {
  const from = (await sessions.reading.find(name))?.state.forked_from ?? null;
  return from?.session_id === origin ? from.seq : null;
}
