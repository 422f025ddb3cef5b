/**
 * Messages of the bus, whatever envelope they came in.
 *
 * The same message handed in by both ends, or published and handed in, is one
 * message: its id is the sender's own with a digest of what it says, because
 * senders name messages by the millisecond and send several in one. What is text is a message too; what begins like JSON and is none, or
 * is no text at all, goes aside.
 */

import { decodeFrames, type Frames } from "../bus/frames.ts";
import { BUS_SOURCE, type Way, wayOf } from "../bus/record.ts";
import type { Entry } from "../message/heard.ts";
import type { Message, Role } from "../message/message.ts";
import type { Sha256 } from "../settle/port.ts";
import type { Read } from "./claude-code.ts";
import { canonical, type Envelope, envelopeOf } from "./envelope.ts";
import { type Fields, fieldsOf, present, textOf, wellFormed } from "./json.ts";
import { saidAtOf } from "./said-at.ts";

/** The topic of our own alarm: recorded like any other message, and shown as bookkeeping. */
export const CANARY_TOPIC = "verbatim.canary";

const DIGEST_CHARS = 12;
const strict: { decode(bytes: Uint8Array): string } = new TextDecoder("utf-8", { fatal: true });

type Heard = {
  readonly entry: Entry;
  readonly way: Way;
  readonly topic: string | null;
  readonly sha256: Sha256;
};

/** Reads one bus message. Never throws: P1. */
export function readBus(entry: Entry, sha256: Sha256): Read {
  const way = wayOf(entry.key);
  const frames = decodeFrames(entry.raw);
  if (way === null || frames === null) return aside("not a record of the bus");
  const hasTopic = way === "pub" || way === "sure";
  const topic = hasTopic ? readableTopic(frames[0]) : null;
  const payload = hasTopic ? frames.slice(1) : frames;
  const heard = { entry, way, topic, sha256 };
  if (payload.length === 0) return { messages: [plain(heard, "")], aside: null };
  const texts = payload.map(textIn);
  const object = texts.map(objectIn).find((one) => one !== null) ?? null;
  if (object !== null)
    return { messages: [enveloped(heard, envelopeOf(object), payload.length)], aside: null };
  const broken = brokenIn(texts, payload);
  if (broken !== null) return aside(broken);
  return { messages: [plain(heard, texts.map(said).join("\n"))], aside: null };
}

function objectIn(text: string | null): Fields | null {
  return text === null ? null : fieldsOf(parsed(text));
}

/** Why a payload without an object cannot be read as text either, or null. */
function brokenIn(texts: readonly (string | null)[], payload: Frames): string | null {
  const broken = texts.findIndex((text) => text === null || looksLikeJson(text));
  if (broken === -1) return null;
  const place = payload.length > 1 ? ` in frame ${broken + 1} of the payload` : "";
  return texts[broken] === null
    ? `${payload[broken]?.length ?? 0} bytes that are no text${place}`
    : `JSON that is broken${place}`;
}

function aside(why: string): Read {
  return { messages: [], aside: why };
}

function enveloped(heard: Heard, envelope: Envelope, frames: number): Message {
  const { entry, topic, sha256 } = heard;
  const time = saidAtOf(envelope.timestamp, entry.at, true);
  const receiver = envelope.receiver ?? topic;
  return {
    id: idOf(envelope, entry, sha256),
    session_id: sessionOf(envelope, topic),
    source: BUS_SOURCE,
    author: authorOf(envelope),
    ...(receiver === null || receiver === "" ? {} : { receiver }),
    ...(topic === null ? {} : { topic }),
    said_at: time.at,
    heard_at: entry.at,
    seq: entry.seq,
    sub: 0,
    ...(envelope.reply_to === null ? {} : { parent_id: envelope.reply_to }),
    kind: topic === CANARY_TOPIC ? "record" : "message",
    parts: [{ type: "text", content: envelope.text }],
    text: envelope.text,
    meta: present({
      ...envelope.meta,
      way: heard.way,
      message_id: envelope.message_id,
      observed: observedOf(envelope),
      frames: frames > 1 ? frames : undefined,
      said_at: time.note ?? undefined,
    }),
  };
}

/** Who said it, as a party of the conversation. */
export function authorOf({ sender, sender_role }: Pick<Envelope, "sender" | "sender_role">): {
  readonly name: string;
  readonly role: Role;
} {
  const roles: Readonly<Record<string, Role>> = {
    user: "user",
    human: "user",
    assistant: "assistant",
    system: "system",
    tool: "tool",
  };
  return { name: sender ?? "unknown", role: roles[(sender_role ?? "").toLowerCase()] ?? "agent" };
}

/** The id under which a message, as an object, is known. */
export function busMessageId(message: object, sha256: Sha256): string {
  const { message_id, core } = envelopeOf({ ...message });
  return idOf({ message_id, core }, { key: "" }, sha256);
}

/** The sender's own id with what tells the message from others of the same id, by accident or on purpose. */
export function idOf(
  envelope: Pick<Envelope, "message_id" | "core">,
  entry: Pick<Entry, "key">,
  sha256: Sha256,
): string {
  const { message_id, core } = envelope;
  if (message_id === null) return entry.key;
  return `${message_id}~${sha256(canonical(core)).slice(0, DIGEST_CHARS)}`;
}

/** The context it names; else the two who talk; else the topic. */
function sessionOf({ context, sender, receiver }: Envelope, topic: string | null): string {
  if (topic === CANARY_TOPIC) return CANARY_TOPIC;
  if (context !== null) return context;
  const other = receiver ?? topic;
  const parties = [sender, other].filter((one) => one !== null && one !== "");
  return parties.length === 0 ? BUS_SOURCE : parties.toSorted().join("~");
}

function observedOf({ observed }: Envelope): Fields | undefined {
  if (observed === null) return undefined;
  const at = typeof observed.at === "number" ? observed.at : textOf(observed.at);
  return present({ by: observed.by, as: observed.as, at });
}

function plain({ entry, way, topic }: Heard, text: string): Message {
  return {
    id: entry.key,
    session_id: topic === null || topic === "" ? BUS_SOURCE : topic,
    source: BUS_SOURCE,
    author: { name: "unknown", role: "agent" },
    ...(topic === null ? {} : { topic, receiver: topic }),
    said_at: entry.at,
    heard_at: entry.at,
    seq: entry.seq,
    sub: 0,
    kind: "message",
    parts: [{ type: "text", content: text }],
    text,
    meta: { way, said_at: "heard" },
  };
}

/** A topic is bytes; those that are no text are shown as well as can be. */
function readableTopic(frame: Uint8Array | undefined): string {
  return wellFormed(new TextDecoder().decode(frame ?? new Uint8Array(0)));
}

function textIn(frame: Uint8Array): string | null {
  try {
    return strict.decode(frame);
  } catch {
    return null;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function looksLikeJson(text: string): boolean {
  return /^\s*[{[]/.test(text) && parsed(text) === undefined;
}

/** A JSON string is its text; everything else is read as it stands. */
function said(text: string | null): string {
  const value = parsed(text ?? "");
  return wellFormed(typeof value === "string" ? value : (text ?? ""));
}
