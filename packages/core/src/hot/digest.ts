/**
 * A stretch as the hot store takes it: what it needs of each entry, and nothing
 * else. Pure; the Lua applies it.
 *
 * A message whose JSON is large is kept hot without its parts and with the head
 * of its text, and `meta.cut` says so: window and live stream are so many
 * messages of bounded size, and the whole message is in the deep store.
 * Bookkeeping records move positions and the cursor, and are not shown.
 *
 * Nothing is said after it was heard: a time in the future is a wrong clock, and
 * would stay the newest until that time has come.
 */
import { fileKeyOf } from "../message/heard.ts";
import type { EnrichedMessage } from "../message/message.ts";
import { msOf } from "../message/time.ts";
import { sessionMember } from "../names.ts";
import { SESSION_SOURCE } from "../sessions/event.ts";
import { messageName } from "../sessions/keys.ts";
import type { Settled } from "../settle/port.ts";
import { eventOf } from "../sources/session.ts";

/** A window of a thousand and a stream of ten thousand of these are 350 MB at the very worst; measured transcripts come to a tenth of it. */
const HOT_BYTES_MAX: number = 32 * 1024;
const CUT_TEXT_CHARS = 8 * 1024;
/** How far ahead of ours the clock of a source may be and still be believed. */
const AHEAD_MS_MAX: number = 5 * 60 * 1000;
/** No UTF-16 unit becomes more bytes than this. */
const UTF8_BYTES_MAX = 3;

export type HotMessage = {
  /** Source and id: the same for every copy of a message. */
  readonly ref: string;
  readonly seq: number;
  readonly sub: number;
  /** When it was said, as far as that can be: what window and sessions are ordered by. */
  readonly said_ms: number;
  readonly session: string;
  readonly json: string;
  /** User and session of an event (`sessionMember`), "" of anything else: only events are ever hidden. */
  readonly whose: string;
};

/** What hides a message, or what follows in a session while it is off the record. */
type HotHiding = { readonly seq: number } & (
  | { readonly op: "hide"; readonly ref: string }
  | { readonly op: "off" | "on"; readonly whose: string }
);

/** One step of a stretch; their order counts. */
export type HotStep = ({ readonly op: "say" } & HotMessage) | HotHiding;

export type HotFile = { readonly file: string; readonly position: string };

export type HotStretch = {
  readonly first: number;
  readonly last: number;
  readonly steps: readonly HotStep[];
  readonly files: readonly HotFile[];
};

/** What the hot store keeps of a stretch that is not empty. */
export function hotStretchOf(stretch: readonly Settled[]): HotStretch {
  const files = new Map<string, string>();
  const steps: HotStep[] = [];
  for (const { entry, messages: said } of stretch) {
    const place = fileKeyOf(entry.key);
    if (place !== null)
      files.set(
        `${entry.source}/${place.path}`.toWellFormed(),
        `${place.generation}@${place.offset + entry.raw.length}`,
      );
    for (const message of said) {
      if (message.kind === "message") steps.push({ op: "say", ...hotMessageOf(message) });
      else steps.push(...hidingOf(message));
    }
  }
  return {
    first: stretch[0]?.entry.seq ?? 0,
    last: stretch.at(-1)?.entry.seq ?? 0,
    steps,
    files: [...files].map(([file, position]) => ({ file, position })),
  };
}

function hotMessageOf(message: EnrichedMessage): HotMessage {
  return {
    ref: refOf(message).toWellFormed(),
    seq: message.seq,
    sub: message.sub,
    said_ms: Math.min(msOf(message.said_at), msOf(message.heard_at) + AHEAD_MS_MAX),
    session: message.session_id.toWellFormed(),
    json: boundedJson(message),
    whose: whoseOf(message),
  };
}

function whoseOf({ source, meta, session_id }: EnrichedMessage): string {
  const user = meta["user_id"];
  return source === SESSION_SOURCE && typeof user === "string"
    ? sessionMember(user, session_id)
    : "";
}

/** What a record says is to be hidden. */
function hidingOf(message: EnrichedMessage): readonly HotHiding[] {
  if (message.source !== SESSION_SOURCE) return [];
  const event = eventOf(message);
  const { seq } = message;
  if (event?.event === "off_record_set")
    return [{ op: event.on ? "off" : "on", whose: whoseOf(message), seq }];
  if (event?.event !== "message_deleted") return [];
  const id = messageName(event.user_id, event.session_id, event.message_id);
  return [{ op: "hide", ref: refOf({ source: SESSION_SOURCE, id }).toWellFormed(), seq }];
}

/** One name for a message and all its copies. */
export function refOf(message: { readonly source: string; readonly id: string }): string {
  return `${message.source}/${message.id}`;
}

function boundedJson(message: EnrichedMessage): string {
  const json = JSON.stringify(message);
  if (isSmall(json)) return json;
  const text = message.text.slice(0, CUT_TEXT_CHARS).toWellFormed();
  const none = { matched: [], confidence: 0 };
  return JSON.stringify({
    ...message,
    parts: [],
    text,
    meta: { stream: message.meta["stream"], cut: true },
    enrichment: {
      ...message.enrichment,
      explain: { chain_type: none, ace_tier: none, shl_tags: {}, dialogue_acts: {} },
    },
  });
}

/** Counts the bytes only where the length leaves it open. */
function isSmall(json: string): boolean {
  if (json.length * UTF8_BYTES_MAX <= HOT_BYTES_MAX) return true;
  return json.length <= HOT_BYTES_MAX && new TextEncoder().encode(json).length <= HOT_BYTES_MAX;
}
