/** How a conversation is asked for: whose, under which name, on which condition. */
import { type Conversation, requestIdFor } from "@verbatim/core/sessions";
import type { Context } from "hono";
import { credentialOf } from "../http/credential.ts";
import { problem } from "../http/problem.ts";
import { conditionIn, type Desk, namedIn, userIn } from "./answering.ts";
import type { Current, How, Stale } from "./moving.ts";
import type { Named } from "./remembered.ts";
import { turnOf } from "./saying.ts";

/** The conversation in the path. Where nobody says whose, it is its own, or the one user's who has it. */
export async function namedBy(
  context: Context,
  { sessions }: Desk,
  user: string | undefined,
): Promise<Named> {
  const conversation_id = namedIn(context, "id");
  const isSaid = user !== undefined || credentialOf(context).owner !== null;
  const owner = isSaid ? userIn(context, user) : await sessions.conversing.ownerOf(conversation_id);
  return { owner, conversation_id };
}

/** How a request asks: its name, and its condition: an ETag of the conversation, or of its session. */
export function howIn(context: Context, { sessions }: Desk, verb: string): How {
  const key = context.req.header("idempotency-key");
  const tags = conditionIn(context);
  const holds = async (current: Current | null): Promise<boolean> => {
    if (current === null || tags === null) return false;
    if (tags.includes(tagOf(current.conversation))) return true;
    const { owner: user_id, session_id } = current.conversation;
    if (session_id === null || !tags.some((tag) => /^\d+$/.test(tag))) return false;
    const { state } = await sessions.reading.session({ user_id, session_id });
    return tags.includes(String(state.metadata.last_seq));
  };
  return {
    request: key === undefined ? undefined : requestIdFor(sessions.ports.sha256, `${verb} ${key}`),
    holds: tags === null ? null : holds,
  };
}

/** Does it while nobody writes to the conversation's session on a condition; without one beside others. */
export async function inTurn<Value>(
  { sessions }: Desk,
  named: Named,
  { holds }: How,
  work: () => Promise<Value>,
): Promise<Value> {
  const current = holds === null ? null : await sessions.conversing.find(named);
  const session_id = current?.conversation.session_id ?? null;
  if (session_id === null) return await work();
  return await sessions.turns.alone(turnOf({ user_id: named.owner, session_id }), work);
}

/** Changes with every session the conversation gets. */
function tagOf({ generation }: Conversation): string {
  return `g${generation}`;
}

/** The ETag of a conversation. */
export function etagOf(conversation: Conversation): string {
  return `"${tagOf(conversation)}"`;
}

/** The condition does not hold any more. */
export function stale(context: Context, { current: { conversation } }: Stale): Response {
  const etag = etagOf(conversation);
  const why = `the conversation, or its session, has changed: it is at ${etag} now; read it again, then write`;
  return problem(context, 412, "conflict", why, { headers: { etag } });
}
