/** The events that open a conversation and let go of it, from what was asked; and what is said when nobody can know. */
import { VerbatimError } from "@verbatim/core";
import {
  type Conversation,
  eventIdFor,
  type Generation,
  type Happened,
  type Opening,
  openingOf,
  type SessionEvent,
} from "@verbatim/core/sessions";
import { known as given } from "../http/paging.ts";
import type { Named } from "./remembered.ts";

type Sha256 = (data: Uint8Array | string) => string;
type Opened = SessionEvent<"conversation_opened">;

/** The first session of a conversation, or the first after it was let go of. */
export function firstOf(
  named: Named,
  ask: {
    readonly generation: number;
    readonly channel: string | undefined;
    readonly request: string | undefined;
  },
  sha256: Sha256,
): Opened {
  const { generation } = ask;
  const more = given({ channel: ask.channel, request: ask.request });
  return openingOf(
    { ...named, user_id: named.owner, generation, reason: "first", ...more },
    sha256,
  );
}

/** The next session of a conversation. */
export function nextOf(
  conversation: Conversation,
  reason: Opening,
  more: {
    readonly session_id?: string;
    readonly summary?: string | undefined;
    readonly channel?: string | undefined;
    readonly request?: string | undefined;
  },
  sha256: Sha256,
): Opened {
  const { owner, conversation_id, generation, session_id } = conversation;
  const previous = session_id === null ? {} : { previous_session_id: session_id };
  const head = { owner, conversation_id, user_id: owner, generation: generation + 1, reason };
  const { session_id: at, ...rest } = more;
  const pointed = at === undefined ? {} : { session_id: at };
  return openingOf({ ...head, ...previous, ...pointed, ...given(rest) }, sha256);
}

/** A conversation, there or not, pointed at a session that is there. */
export function setOf(
  named: Named,
  before: Conversation | null,
  at: {
    readonly session_id: string;
    readonly channel: string | undefined;
    readonly request: string | undefined;
  },
  sha256: Sha256,
): Opened {
  const none = { ...named, session_id: null, generation: 0, history: [] };
  return nextOf(before ?? none, "set", at, sha256);
}

/** Letting go of a conversation, or of one that was let go of; null of one there never was. */
export function deletionOf(
  conversation: Conversation | null,
  request: string | undefined,
  { sha256, now }: { readonly sha256: Sha256; readonly now: () => Date },
): SessionEvent<"conversation_deleted"> | null {
  const session_id = conversation?.session_id ?? conversation?.history.at(-1)?.session_id;
  if (conversation === null || session_id === undefined) return null;
  const { owner, conversation_id, generation } = conversation;
  const names = ["conversation_deleted", owner, conversation_id, String(generation)];
  return {
    v: 1,
    event: "conversation_deleted",
    event_id: eventIdFor(sha256, ...names),
    user_id: owner,
    session_id,
    by: null,
    at: now().toISOString(),
    ...given({ request }),
    owner,
    conversation_id,
    generation,
  };
}

/** A conversation after an opening of it. */
export function openedAfter(
  before: Conversation | null,
  event: Opened,
  { moment }: Happened,
): Conversation {
  const { owner, conversation_id, session_id, generation, reason } = event;
  const { previous_session_id = null, channel = null } = event;
  const opened: Generation = {
    generation,
    session_id,
    reason,
    previous_session_id,
    channel,
    at_seq: moment.seq,
  };
  const older = (before?.history ?? []).filter((one) => one.generation < generation);
  return { owner, conversation_id, session_id, generation, history: [...older, opened] };
}

/** Nobody can know now. */
export function unsure(): VerbatimError {
  return new VerbatimError(
    "postgres_unreachable",
    "Postgres is away, and nobody else knows which session this conversation has; ask again in a moment",
  );
}

/** The recorder did not say what became of it. */
export function lost(): VerbatimError {
  return new VerbatimError("ingest_unreachable", "the recorder gave no answer; ask again");
}
