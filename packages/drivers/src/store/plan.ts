/**
 * What one save will write, worked out before anything is written: which
 * messages are new, which repeat a known one, what is aside, and what the
 * sessions gain. Pure but for the hash it is given.
 */
import type { EnrichedMessage, Settled } from "@verbatim/core";
import { withoutWords } from "@verbatim/core/sessions";

/** A message of the stretch with the entry it came from. */
export type Told = {
  readonly settled: Settled;
  readonly message: EnrichedMessage;
  readonly uid: string;
  readonly raw_uid: string;
  /** Saved without its words, and read nowhere. */
  readonly hidden?: boolean;
};

/** First half of a sha-256 as a uuid. */
export type Uid = (data: Uint8Array | string) => string;

/** Every message of a stretch, in order. */
export function toldIn(stretch: readonly Settled[], uid: Uid): readonly Told[] {
  return stretch.flatMap((settled) => {
    if (settled.messages.length === 0) return [];
    const raw_uid = uid(settled.entry.raw);
    return settled.messages.map((message) => ({
      settled,
      message,
      raw_uid,
      uid: uid(`${message.source}\0${message.id}`),
    }));
  });
}

/** Messages as they are saved: those of hidden entries without their words. */
export function asHidden(told: readonly Told[], hidden: ReadonlySet<number>): readonly Told[] {
  return told.map((one) =>
    hidden.has(one.message.seq)
      ? { ...one, message: withoutWords(one.message), hidden: true }
      : one,
  );
}

/** What a stretch adds to a session. */
export type SessionGain = {
  readonly session_id: string;
  readonly source: string;
  conversation_id: string | null;
  title: string | null;
  opening: string | null;
  project: string | null;
  first_said_at: string;
  last_said_at: string;
  messages: number;
  user_turns: number;
  hidden: number;
  readonly models: Set<string>;
  readonly first_seq: number;
  last_seq: number;
};

const OPENING_CHARS = 120;

/** Gains of all sessions that new messages speak of. */
export function gainsOf(told: readonly Pick<Told, "message" | "hidden">[]): readonly SessionGain[] {
  const gains = new Map<string, SessionGain>();
  for (const { message, hidden = false } of told) {
    const gain = gains.get(message.session_id) ?? emptyGain(message);
    gains.set(message.session_id, gain);
    add(gain, message, hidden);
  }
  return [...gains.values()];
}

function emptyGain(message: EnrichedMessage): SessionGain {
  return {
    session_id: message.session_id,
    source: message.source,
    conversation_id: null,
    title: null,
    opening: null,
    project: null,
    first_said_at: message.said_at,
    last_said_at: message.said_at,
    messages: 0,
    user_turns: 0,
    hidden: 0,
    models: new Set(),
    first_seq: message.seq,
    last_seq: message.seq,
  };
}

function add(gain: SessionGain, message: EnrichedMessage, hidden: boolean): void {
  gain.last_seq = message.seq;
  gain.conversation_id = message.conversation_id ?? gain.conversation_id;
  gain.title = textIn(message.meta["title"]) ?? gain.title;
  gain.project ??= textIn(message.meta["cwd"]);
  if (message.kind === "record") return;
  // Bookkeeping often has no time of its own: what was said first says when.
  if (gain.messages === 0) gain.first_said_at = gain.last_said_at = message.said_at;
  if (message.said_at < gain.first_said_at) gain.first_said_at = message.said_at;
  if (message.said_at > gain.last_said_at) gain.last_said_at = message.said_at;
  gain.messages += 1;
  if (message.model !== undefined) gain.models.add(message.model);
  if (hidden) gain.hidden += 1;
  if (message.author.role !== "user") return;
  gain.user_turns += 1;
  if (!hidden) gain.opening ??= openingOf(message.text);
}

/** What a session is called by the first words of a person. */
export function openingOf(text: string): string {
  return text.slice(0, OPENING_CHARS).toWellFormed();
}

function textIn(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value.slice(0, 500).toWellFormed() : null;
}
