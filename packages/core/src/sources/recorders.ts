/**
 * Logs of two earlier recorders of such a bus, one JSON object a line.
 *
 *   recorder    Id, Timestamp, SpeakerName, SpeakerRole, Message (the content as a
 *               JSON string), ContextId, Metadata; what was worked out about it
 *               stands in Metadata, or in rows that were migrated at the root
 *   broker-log  message_num, topic, sender, timestamp, tier, chain_type, shl_tags,
 *               message_id, content
 *
 * What they had worked out is kept in `meta.given`, and decides (enrich.ts): a
 * person looks for these rows by what the old log said of them.
 */
import { type Entry, fileKeyOf } from "../message/heard.ts";
import type { Message } from "../message/message.ts";
import type { Sha256 } from "../settle/port.ts";
import { authorOf, idOf } from "./bus.ts";
import type { Read } from "./claude-code.ts";
import { type Envelope, envelopeOf, givenOf } from "./envelope.ts";
import { type Fields, fieldsOf, present, textOf, wellFormedDeep } from "./json.ts";
import { saidAtOf } from "./said-at.ts";

/** Whether a line is one of these, and of which. */
export function recorderOf(line: Fields): "recorder" | "broker-log" | null {
  if ("SpeakerName" in line && "Message" in line && "Timestamp" in line) return "recorder";
  const isBroker = "message_num" in line && "topic" in line && "sender" in line;
  return isBroker && "content" in line ? "broker-log" : null;
}

/** Reads one line of either log. Never throws: P1. */
export function readRecorder(entry: Entry, sha256: Sha256): Read {
  const text = new TextDecoder().decode(entry.raw).trim();
  if (text === "") return { messages: [], aside: "an empty line" };
  const line = fieldsOf(parsed(text));
  if (line === null) return { messages: [], aside: "not JSON, or no object" };
  const form = recorderOf(line);
  if (form === null) return { messages: [], aside: `not a line of ${entry.source}` };
  const message = form === "recorder" ? ofRecorder(line, entry) : ofBroker(line, entry);
  return { messages: [finished(message, { line, entry, sha256 })], aside: null };
}

type Row = {
  readonly envelope: Envelope;
  readonly session: string;
  readonly topic: string | null;
  readonly meta: Fields;
  readonly given: Fields;
};

function ofRecorder(line: Fields, entry: Entry): Row {
  const metadata = fieldsOf(line["Metadata"]) ?? {};
  const message = textOf(line["Message"]) ?? "";
  const content = fieldsOf(parsed(message)) ?? {};
  const read = envelopeOf({
    message_id: line["Id"],
    sender_id: line["SpeakerName"],
    timestamp: line["Timestamp"],
    context_id: line["ContextId"],
    content,
    metadata: { sender_role: line["SpeakerRole"] },
  });
  // Many rows of the old recorder say nothing: the text is then what stands there, "{}".
  const envelope = Object.keys(content).length > 0 ? read : { ...read, text: message };
  const given = { ...givenOf(metadata), ...givenOf(line) };
  const rest = Object.entries(metadata).filter(([name]) => !(name in given));
  return {
    envelope,
    session: envelope.context ?? fileOf(entry),
    topic: textOf(metadata["topic"]),
    meta: { ended_at: line["TimestampEnd"], ...Object.fromEntries(rest) },
    given,
  };
}

function ofBroker(line: Fields, entry: Entry): Row {
  const { tier, message_num, ...fields } = line;
  const topic = textOf(fields["topic"]);
  const envelope = envelopeOf(fields);
  const sender = envelope.sender ?? "unknown";
  const between =
    topic === null || topic === "" ? fileOf(entry) : [sender, topic].toSorted().join("~");
  return {
    envelope,
    session: envelope.context ?? between,
    topic,
    meta: { message_num },
    given: { ace_tier: tier, chain_type: fields["chain_type"], shl_tags: fields["shl_tags"] },
  };
}

/** Rows without a context belong to the log they stand in. */
function fileOf(entry: Entry): string {
  return `${entry.source}:${fileKeyOf(entry.key)?.path ?? entry.key}`;
}

type Place = { readonly line: Fields; readonly entry: Entry; readonly sha256: Sha256 };

function finished(row: Row, { line, entry, sha256 }: Place): Message {
  const { envelope, topic } = row;
  const time = saidAtOf(envelope.timestamp, entry.at, false);
  return {
    id: idOf({ message_id: envelope.message_id, core: line }, entry, sha256),
    session_id: row.session,
    source: entry.source,
    author: authorOf(envelope),
    ...(topic === null || topic === "" ? {} : { topic, receiver: topic }),
    said_at: time.at,
    heard_at: entry.at,
    seq: entry.seq,
    sub: 0,
    ...(envelope.reply_to === null ? {} : { parent_id: envelope.reply_to }),
    kind: "message",
    parts: [{ type: "text", content: envelope.text }],
    text: envelope.text,
    meta: present({
      ...envelope.meta,
      ...fieldsOf(wellFormedDeep(row.meta)),
      message_id: envelope.message_id,
      given: givenOf(row.given),
      said_at: time.note ?? undefined,
    }),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
