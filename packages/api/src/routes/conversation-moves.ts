/**
 * Moving a conversation on: to a session that begins anew (clear), or with a
 * summary (compact).
 *
 *   G31  From a session that is off the record nobody is moved on: what was said
 *        there goes into no summary, and nobody is put on the record unasked.
 */

import {
  COMPACT_MESSAGES_MIN,
  type Conversation,
  compactPlan,
  type SessionName,
} from "@verbatim/core/sessions";
import type { Context } from "hono";
import type { CompactAnswer, MoveAnswer, MoveAsk } from "../contract-sessions.ts";
import { moveAsk } from "../schemas/sessions.ts";
import { asked, type Desk, unread } from "../sessions/answering.ts";
import { howIn, inTurn, namedBy, stale } from "../sessions/conversation-asks.ts";
import { offTheRecord } from "../sessions/gates.ts";
import type { Current, Moved } from "../sessions/moving.ts";
import { nextOf } from "../sessions/openings.ts";
import { summariesShown } from "../sessions/summaries.ts";

/** Adds the routes; told-conversations.ts describes them. */
export function conversationMoves(desk: Desk): void {
  moves(desk, "/v1/conversations/:id/clear", clear);
  moves(desk, "/v1/conversations/:id/compact", compact);
}

function moves(desk: Desk, path: string, move: typeof clear): void {
  desk.app.post(path, (context) =>
    desk.writing.post(
      context,
      (body) => asked(context, body, { schema: moveAsk }, (ask) => move(context, desk, ask)),
      "empty is fine",
    ),
  );
}

async function clear(context: Context, desk: Desk, ask: MoveAsk): Promise<Response> {
  const { conversing, ports } = desk.sessions;
  const named = await namedBy(context, desk, ask.user_id);
  const how = howIn(context, desk, "clear");
  const more = { summary: ask.summary, request: how.request };
  const moved = await inTurn(desk, named, how, () =>
    conversing.moveOn<never>(named, how, async ({ conversation }) => {
      await mustBeOnRecord(desk, conversation);
      return { kind: "open", event: nextOf(conversation, "cleared", more, ports.sha256) };
    }),
  );
  if (moved.kind === "stale") return stale(context, moved);
  return told(context, moved, await movedAnswer(desk, moved));
}

/** Throws `conflict` where the session is off the record. (G31) */
async function mustBeOnRecord(
  { sessions }: Desk,
  { owner: user_id, session_id }: Conversation,
): Promise<void> {
  if (session_id === null) return;
  const view = await sessions.reading.glance({ user_id, session_id });
  if (view?.state.off_record.on === true) throw offTheRecord("its session");
}

type TooFew = {
  readonly kind: "nothing";
  readonly why: string;
  readonly session_id: string;
  readonly message_count: number;
  readonly degraded: boolean;
};

async function compact(context: Context, desk: Desk, ask: MoveAsk): Promise<Response> {
  // A summary that is made here is made of what was said.
  const refused = ask.summary === undefined ? unread(context) : null;
  if (refused !== null) return refused;
  const named = await namedBy(context, desk, ask.user_id);
  const how = howIn(context, desk, "compact");
  const plan = async (current: Current) => {
    await mustBeOnRecord(desk, current.conversation);
    return await compactionOf(desk, current, { ...ask, request: how.request });
  };
  const done = await inTurn(desk, named, how, () =>
    desk.sessions.conversing.moveOn<TooFew>(named, how, plan),
  );
  if (done.kind === "stale") return stale(context, done);
  if (done.kind === "nothing") {
    const { kind: _, why: reason, ...rest } = done;
    const answered: CompactAnswer = { compacted: false, reason, ...rest };
    return context.json(answered);
  }
  const moved = await movedAnswer(desk, done);
  const message_count = await countIn(desk, named.owner, done.event.previous_session_id);
  return told(context, done, { compacted: true, ...moved, message_count });
}

/** The next session with a summary of this one, or why there is none. */
async function compactionOf(
  desk: Desk,
  current: Current,
  ask: { readonly summary?: string | undefined; readonly request: string | undefined },
): Promise<{ readonly kind: "open"; readonly event: Moved["event"] } | TooFew> {
  const { conversation } = current;
  const { owner: user_id, session_id } = conversation;
  const { view, messages, message_count } = await saidIn(desk, current, ask.summary);
  const plan = compactPlan({
    conversation,
    user_id,
    messages,
    summary: ask.summary,
    ...(view === null ? {} : { saidIn: await desk.sessions.transcript.saidWhere(view) }),
    earlier: view?.state.opened ?? null,
    model: view?.state.metadata.last_model ?? null,
    request: ask.request,
    sha256: desk.sessions.ports.sha256,
  });
  if (plan.kind === "open") return plan;
  const degraded = current.degraded || (view?.degraded ?? false);
  return { ...plan, session_id: session_id ?? "", message_count, degraded };
}

async function countIn(
  { sessions }: Desk,
  user_id: string,
  session_id: string | undefined,
): Promise<number> {
  if (session_id === undefined) return 0;
  const { state } = await sessions.reading.session({ user_id, session_id });
  return state.counts.messages;
}

function told(
  context: Context,
  { created, event }: Moved,
  answered: MoveAnswer | CompactAnswer,
): Response {
  const etag = `"g${event.generation}"`;
  return context.json(answered, created ? 201 : 200, { etag });
}

/** All that was said, to be summed up; who brings a summary needs only to show that there is enough. */
async function saidIn({ sessions }: Desk, { conversation }: Current, summary: string | undefined) {
  const { owner: user_id, session_id } = conversation;
  if (session_id === null) return { view: null, messages: [], message_count: 0 };
  const name = { user_id, session_id };
  const { view, messages } =
    summary === undefined
      ? await wholeOf(sessions, name)
      : await sessions.transcript.newest(name, COMPACT_MESSAGES_MIN);
  const message_count = Math.max(view.state.counts.messages, messages.length);
  return { view, messages, message_count };
}

async function wholeOf({ reading, transcript }: Desk["sessions"], name: SessionName) {
  const view = await reading.session(name);
  return { view, ...(await transcript.whole(view)) };
}

async function movedAnswer({ sessions }: Desk, { event, degraded }: Moved): Promise<MoveAnswer> {
  const { session_id, generation, reason, previous_session_id } = event;
  const { sure, ...summaries } = await summariesShown(event, sessions.reading.glance);
  return {
    session_id,
    previous_session_id: previous_session_id ?? null,
    generation,
    reason,
    ...summaries,
    degraded: degraded || !sure,
  };
}
