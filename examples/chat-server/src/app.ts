/**
 * A chat server that forgets nothing: which session is it, record what the user
 * says, reply, record the reply.
 *
 * It keeps no state of its own: kill it in the middle of a conversation, start
 * it again, and the conversation goes on.
 */
import { ApiError, type Client } from "@verbatim/client";
import { type Context, Hono } from "hono";
import type { Replier, Turn } from "./reply.ts";

/** What POST /chat takes. */
type Chat = {
  readonly conversation_id: string;
  readonly user_id: string;
  readonly text: string;
  /** Of the chat platform's: a message that is delivered twice is recorded once. */
  readonly message_id?: string;
};

type Resumed = Awaited<ReturnType<ReturnType<Client["session"]>["resume"]>>;

/** The server, over a client of Verbatim and whoever replies. */
export function createChatServer(client: Client, reply: Replier): Hono {
  const app = new Hono();
  app.post("/chat", async (context) => {
    const chat = chatIn(await context.req.json().catch(() => null));
    if (chat === null)
      return context.json(
        { error: "send {conversation_id, user_id, text}, all of them text" },
        400,
      );
    return await answer(context, () => said(client, reply, chat));
  });
  return app;
}

async function said(client: Client, reply: Replier, chat: Chat): Promise<object> {
  const { conversation_id, user_id, text } = chat;
  if (text === "/new" || text === "/compact") return await movedOn(client, chat);
  const { session_id, degraded } = await client.conversations.resolve(conversation_id, { user_id });
  const session = client.session(user_id, session_id);
  const { message_id } = chat;
  const heard = await session.append({ role: "user", content: text, message_id });
  const resumed = await session.resume();
  // A message that is delivered twice gets the reply it got, and stands in the record once.
  const replyId = message_id === undefined ? undefined : `${message_id}/reply`;
  const before = resumed.recent_messages.find((one) => one.message_id === replyId);
  const answered = before?.content ?? (await reply(saidTo(resumed)));
  const recorded = await session.append({
    role: "assistant",
    content: answered,
    message_id: replyId,
  });
  return {
    session_id,
    reply: answered,
    stored: heard.stored && recorded.stored,
    // True while Redis or Postgres is away: nothing is lost, the reply comes all the same.
    degraded: degraded || heard.degraded || recorded.degraded,
  };
}

/** What the replier is told: the last turns, and the summary the session began with. */
function saidTo({ recent_messages, opened }: Resumed): Parameters<Replier>[0] {
  const turns = recent_messages.flatMap(({ role, content }): readonly Turn[] =>
    role === "user" || role === "assistant" ? [{ role, content }] : [],
  );
  return { turns, summary: opened?.summary ?? null };
}

/** `/new` forgets for the next reply what was said; `/compact` keeps a summary of it. Neither loses it. */
async function movedOn(client: Client, { conversation_id, user_id, text }: Chat): Promise<object> {
  await client.conversations.resolve(conversation_id, { user_id });
  if (text === "/new") {
    const { session_id, degraded } = await client.conversations.clear(conversation_id, { user_id });
    return { session_id, reply: "A new conversation. What is on your mind?", degraded };
  }
  const done = await client.conversations.compact(conversation_id, { user_id });
  const { session_id, degraded } = done;
  if (!done.compacted) return { session_id, reply: `Nothing to sum up: ${done.reason}`, degraded };
  return { session_id, reply: `We go on from this: ${done.summary}`, degraded };
}

/** The answer, or what kept it from being given. */
async function answer(context: Context, work: () => Promise<object>): Promise<Response> {
  try {
    return context.json(await work());
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const { code, message, status } = error;
    const isRefused = status >= 400 && status < 500 && status !== 401 && status !== 403;
    // "usage": an id that no URL can carry, found before anything was sent.
    const isTheirs = isRefused || code === "usage";
    return context.json({ error: message, code }, isTheirs ? 400 : 503);
  }
}

function chatIn(value: unknown): Chat | null {
  if (typeof value !== "object" || value === null) return null;
  const { conversation_id, user_id, text, message_id } = value as Record<string, unknown>;
  if (typeof conversation_id !== "string" || typeof user_id !== "string") return null;
  if (typeof text !== "string") return null;
  const chat = { conversation_id, user_id, text };
  return typeof message_id === "string" ? { ...chat, message_id } : chat;
}
