/** Rows of `messages` as messages. */
import type { EnrichedMessage } from "@verbatim/core";

/** What `messageOf` reads: everything but the raw bytes. */
export const MESSAGE_COLUMNS =
  "seq, sub, id, session_id, conversation_id, source, author_name, role, receiver, topic, said_at, heard_at, parent_id, kind, parts, text, model, usage, meta, enrichment";

type Columns = Omit<EnrichedMessage, "author"> & {
  readonly author_name: string;
  readonly role: EnrichedMessage["author"]["role"];
};

/** The message of a row that was selected with MESSAGE_COLUMNS. */
export function messageOf(row: Columns): EnrichedMessage {
  const { author_name, role, ...rest } = row;
  const optional = ["conversation_id", "receiver", "topic", "parent_id", "model", "usage"] as const;
  const message = { ...rest, author: { name: author_name, role } };
  for (const name of optional) if (message[name] === null) Reflect.deleteProperty(message, name);
  return message;
}
