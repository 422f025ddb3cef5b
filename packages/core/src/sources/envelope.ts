/**
 * What agents write around what they say. Several schemas are in use on one bus;
 * all of them are read here, into one.
 *
 *   guide    sender_id, message_id, timestamp, context_id, in_reply_to,
 *            content {message, …}, metadata {sender_role, ace_tier, …}
 *   agent    message_id, timestamp (often local, without a zone), from, to, type,
 *            priority, content {message, …}
 *   wrapper  event_type sent | received, agent, timestamp, message: one of the two
 *            above; both ends hand it in, so it says who saw the message, and the
 *            message inside is the same
 *
 * An object that is none of these still says something: its text is what a person
 * would take for it, or the object itself.
 */
import { type Fields, fieldsOf, present, textOf, wellFormedDeep } from "./json.ts";

export type Envelope = {
  /** The source's own name for the message; two messages may have the same. */
  readonly message_id: string | null;
  readonly sender: string | null;
  readonly sender_role: string | null;
  readonly receiver: string | null;
  readonly context: string | null;
  readonly reply_to: string | null;
  /** As it stands: a text, or a number of seconds or milliseconds. */
  readonly timestamp: unknown;
  readonly text: string;
  /** What the message says beside its text: type, phase, priority, other fields of content. */
  readonly meta: Fields;
  /** Who saw it and how, when it came in a wrapper. */
  readonly observed: { readonly by: string; readonly as: string; readonly at: unknown } | null;
  /** The object that is the message, without the wrapper: what two observations have in common. */
  readonly core: Fields;
};

/** Reads a JSON object. Answers for every object. */
export function envelopeOf(object: Fields): Envelope {
  const inner = fieldsOf(object["message"]);
  const agent = textOf(object["agent"]);
  const as = textOf(object["event_type"]);
  if (inner !== null && agent !== null && as !== null) {
    const observed = { by: agent, as, at: object["timestamp"] };
    return { ...bare(inner), observed };
  }
  return { ...bare(object), observed: null };
}

const CONTEXTS = ["context_id", "conversation_id", "thread_id", "session_id"] as const;
const SENDERS = ["sender_id", "from", "sender", "agent", "author"] as const;
const RECEIVERS = ["to", "recipient", "receiver", "recipient_id"] as const;
const TIMES = ["timestamp", "said_at", "time", "ts"] as const;

function bare(object: Fields): Omit<Envelope, "observed"> {
  const metadata = fieldsOf(object["metadata"]) ?? {};
  const content = object["content"];
  const said = fieldsOf(content);
  const { message: _, ...beside } = said ?? {};
  return {
    message_id: first(object, ["message_id", "id"]),
    sender: first(object, SENDERS),
    sender_role: textOf(metadata["sender_role"]) ?? textOf(object["role"]),
    receiver: first(object, RECEIVERS),
    context: first(object, CONTEXTS),
    reply_to: first(object, ["in_reply_to", "reply_to", "parent_id"]),
    timestamp: TIMES.map((name) => object[name]).find((value) => value !== undefined),
    text: readable(object),
    meta: present({
      type: textOf(object["type"]),
      priority: textOf(object["priority"]),
      ...(Object.keys(beside).length > 0 ? { content: wellFormedDeep(beside) } : {}),
      ...(Object.keys(metadata).length > 0 ? { metadata: wellFormedDeep(metadata) } : {}),
      given: givenOf(metadata),
    }),
    core: object,
  };
}

/** The first of these fields that is a name: not empty, and not the word for having none. */
function first(object: Fields, names: readonly string[]): string | null {
  for (const name of names) {
    const value = object[name];
    const text = typeof value === "number" ? String(value) : textOf(value);
    if (text !== null && text !== "" && text !== "unknown") return text;
  }
  return null;
}

/** What a person would take for what was said. */
function readable(object: Fields): string {
  const content = fieldsOf(object["content"]);
  const candidates = [
    content?.["message"],
    content?.["text"],
    object["content"],
    object["message"],
    object["text"],
  ];
  const text = candidates.map(textOf).find((one) => one !== null && one !== "");
  if (text !== undefined && text !== null) return text;
  // Content that is there and empty says nothing: an old recorder wrote thousands of such rows.
  if (content !== null && Object.keys(content).length === 0) return "";
  const structured = [content?.["message"], object["content"], object["message"]].find(
    (one) => typeof one === "object" && one !== null && Object.keys(one).length > 0,
  );
  return JSON.stringify(wellFormedDeep(structured ?? object));
}

/** What somebody said about a message rather than in it: its domain, tier, tags and keywords. */
const GIVEN = ["chain_type", "ace_tier", "shl_tags", "keywords"] as const;

/** These of an object's fields, or undefined when there are none. */
export function givenOf(fields: Fields): Fields | undefined {
  const found = present(Object.fromEntries(GIVEN.map((name) => [name, fields[name]])));
  return Object.keys(found).length === 0 ? undefined : (fieldsOf(wellFormedDeep(found)) ?? found);
}

/** JSON with the fields of every object in order: equal for objects that say the same. */
export function canonical(value: unknown): string {
  return ordered(wellFormedDeep(value));
}

function ordered(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(ordered).join(",")}]`;
  const fields = fieldsOf(value);
  if (fields === null) return JSON.stringify(value) ?? "null";
  const members = Object.keys(fields).toSorted();
  return `{${members.map((name) => `${JSON.stringify(name)}:${ordered(fields[name])}`).join(",")}}`;
}
