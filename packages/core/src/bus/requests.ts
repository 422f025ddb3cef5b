/**
 * What is asked on 5558 and what is answered: JSON frames, read into types at
 * the edge. Pure.
 *
 *   B6  A message comes back with the bytes it was published with: JSON as it
 *       stood, other text as a JSON string, anything else in base64.
 *
 * A request is an optional empty frame (REQ sends one, a bare DEALER need not)
 * and a JSON object; `publish` may bring its payload as further frames instead of
 * in `message`. Answers begin with the empty frame when the request did.
 */
import { z } from "zod";
import { no, type Result, yes } from "../result.ts";
import { sliceField } from "../wire/slice.ts";
import type { Frames } from "./frames.ts";
import type { Published } from "./record.ts";

const utf8: { encode(text: string): Uint8Array } = new TextEncoder();
const strict: { decode(bytes: Uint8Array): string } = new TextDecoder("utf-8", {
  fatal: true,
  ignoreBOM: true,
});

/** Longest id a client may give a message. */
const ID_CHARS_MAX = 512;
const TOPICS_MAX = 100;

export type Request =
  | {
      readonly op: "publish";
      /** The client's own name for the message: sent again with it, it is recorded once. */
      readonly id: string | null;
      readonly frames: Frames;
    }
  | {
      readonly op: "replay";
      readonly topics: readonly Uint8Array[];
      readonly after: number;
      /** Go on with what is published from now on. */
      readonly follow: boolean;
    }
  | { readonly op: "stop" }
  | { readonly op: "stats" }
  /** Nothing is asked: somebody says hello, as agents of a mesh do. */
  | { readonly op: "greeting"; readonly frames: Frames };

const publish = z.object({
  op: z.literal("publish"),
  topic: z.string(),
  id: z.string().min(1).max(ID_CHARS_MAX).optional(),
  message: z.unknown().optional(),
});
const replay = z.object({
  op: z.literal("replay"),
  topic: z.string().optional(),
  topics: z.array(z.string()).min(1).max(TOPICS_MAX).optional(),
  after_seq: z.number().int().nonnegative().default(0),
  follow: z.boolean().default(false),
});
const asked = z.discriminatedUnion("op", [
  publish,
  replay,
  z.object({ op: z.literal("stop") }),
  z.object({ op: z.literal("stats") }),
]);

/** The frames behind the identity, read; a no says what is wrong and what would be right. */
export function requestOf(frames: Frames): Result<Request> {
  const [body, ...payload] = isEnveloped(frames) ? frames.slice(1) : frames;
  const said = body === undefined ? undefined : jsonOf(body);
  if (body === undefined || !isObject(said))
    return no('send a JSON object, like {"op":"publish","topic":"ada","message":{}}');
  if (!("op" in said))
    return isGreeting(said)
      ? yes({ op: "greeting", frames: [body, ...payload] })
      : no('there is no "op"; it is one of publish, replay, stop, stats');
  const read = asked.safeParse(said);
  if (!read.success) return no(whyNot(read.error));
  switch (read.data.op) {
    case "publish":
      return publishOf(read.data, body, payload);
    case "replay": {
      const { topic, topics, after_seq, follow } = read.data;
      const prefixes = (topics ?? [topic ?? ""]).map((one) => utf8.encode(one));
      return yes({ op: "replay", topics: prefixes, after: after_seq, follow });
    }
    default:
      return yes(read.data);
  }
}

/** Whether the answer begins with an empty frame, because the request did. */
export function isEnveloped(frames: Frames): boolean {
  return frames.length > 1 && frames[0]?.length === 0;
}

function publishOf(
  said: z.infer<typeof publish>,
  body: Uint8Array,
  payload: Frames,
): Result<Request> {
  const topic = utf8.encode(said.topic);
  const id = said.id ?? null;
  const inside = sliceField(body, "message");
  if (inside !== null && payload.length > 0)
    return no('give the payload in "message" or as frames behind the JSON, not both');
  if (inside === null && payload.length === 0)
    return no('give the payload in "message", or as frames behind the JSON');
  return yes({ op: "publish", id, frames: [topic, ...(inside === null ? payload : [inside])] });
}

/** A mesh's agent says who it is when it connects, so that the router knows it. */
function isGreeting(said: object): boolean {
  return "type" in said && said.type === "handshake";
}

/** One message of a replay. */
export function replayedFrame({ seq, topic, payload }: Published): Uint8Array {
  const [only] = payload;
  const name = textOf(topic);
  const mark = name === null ? ',"topic_encoding":"base64"' : "";
  const head = `{"seq":${seq},"topic":${JSON.stringify(name ?? base64Of(topic))}${mark}`;
  if (payload.length !== 1 || only === undefined) {
    const frames = JSON.stringify(payload.map(base64Of));
    return utf8.encode(`${head},"encoding":"base64-frames","message":${frames}}`);
  }
  const text = textOf(only);
  if (text === null)
    return utf8.encode(`${head},"encoding":"base64","message":"${base64Of(only)}"}`);
  if (jsonOf(only) !== undefined) return utf8.encode(`${head},"message":${text}}`);
  return utf8.encode(`${head},"encoding":"text","message":${JSON.stringify(text)}}`);
}

/** The end of a replay: everything up to `last_seq` has been given. */
export function endFrame(last: number): Uint8Array {
  return utf8.encode(JSON.stringify({ op: "end", last_seq: last }));
}

/** An answer that is plain JSON. */
export function answerFrame(answer: object): Uint8Array {
  return utf8.encode(JSON.stringify(answer));
}

function jsonOf(bytes: Uint8Array): unknown {
  const text = textOf(bytes);
  try {
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function textOf(bytes: Uint8Array): string | null {
  try {
    return strict.decode(bytes);
  } catch {
    return null;
  }
}

function base64Of(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function whyNot(error: z.ZodError): string {
  const [first] = error.issues;
  const at = first?.path.join(".") ?? "";
  return `${at === "" ? "" : `${at}: `}${first?.message ?? "not understood"}; the ops are publish, replay, stop, stats`;
}
