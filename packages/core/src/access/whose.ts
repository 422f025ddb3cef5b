/**
 * Whose a message is. What an event of a session says of itself and what came
 * over HTTP names its user in `meta.user_id`; in other sources the field means
 * whatever its program meant by it, and opens nothing to anybody.
 *
 *   D2  What a key of one user sent is that user's, whatever it says, and shares
 *       no name with what others sent: their ids are neither known nor taken.
 */
import type { Message } from "../message/message.ts";

/** Of POST /v1/messages. What a key of one user sent is of `api-<digest of the user>`. */
export const API_SOURCE = "api";

const OWNED_SOURCE = /^api-[0-9a-f]{32}$/;
/** Sources whose `meta.user_id` is ours. */
export const OWNING_SOURCES = "^(session|api|api-[0-9a-f]{32})$";
const OWNING = new RegExp(OWNING_SOURCES);

/** The source of what a key sends: ids are told apart by source, so each owner has ids of his own. */
export function apiSourceOf(owner: string | null, sha256: (text: string) => string): string {
  return owner === null ? API_SOURCE : `${API_SOURCE}-${sha256(owner).slice(0, 32)}`;
}

/** Whether a source is POST /v1/messages, with whichever key. */
export function isApiSource(source: string): boolean {
  return source === API_SOURCE || OWNED_SOURCE.test(source);
}

/**
 * Among whom a message was said: what a key of one user sent is among that key's
 * user, an event of a session among its user, everything else among all.
 */
export function circleOf({ source, meta }: Pick<Message, "source" | "meta">): string {
  if (OWNED_SOURCE.test(source)) return source;
  const user = meta["user_id"];
  return source === "session" && typeof user === "string" ? `session ${user}` : "";
}

/** Whether a message is a user's. */
export function isOf(message: Pick<Message, "source" | "meta">, user: string): boolean {
  return message.meta["user_id"] === user && OWNING.test(message.source);
}
