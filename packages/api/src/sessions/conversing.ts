/**
 * Conversations: which session a chat server's handle, such as `telegram:123`,
 * stands for now.
 *
 *   G6  Of all who say the first word of a conversation at once, one opens it,
 *       and all get the same session.
 *   G7  Moving on (clear, compact, set) happens whole or not at all, once for
 *       all who ask at once; every older session stays, linked.
 *   G8  When nobody can know which session a conversation has, that is said;
 *       it is never begun anew on a guess.
 *
 * There is no lock but the journal: its writer takes the name of a generation
 * once (core, keys.ts).
 */
import { VerbatimError } from "@verbatim/core";
import {
  type CompactPlan,
  type Conversation,
  compactPlan,
  eventIdFor,
  type Generation,
  type Happened,
  type Opening,
  openingOf,
  type SaidMessage,
  type SessionEvent,
} from "@verbatim/core/sessions";
import { known as given } from "../http/paging.ts";
import { away, type ReadingPorts } from "./reading.ts";
import { valid } from "./saying.ts";

/** Conversations remembered here. */
const CACHED_MAX = 50_000;
/** As many as can move on at once before one of them gives up. */
const TRIES = 5;
/** What was opened so lately cannot have moved on without Redis knowing. */
const FRESH_MS = 60_000;

export type Named = { readonly owner: string; readonly conversation_id: string };
export type Current = { readonly conversation: Conversation; readonly degraded: boolean };
/** The session that holds now. */
export type Moved = {
  readonly event: SessionEvent<"conversation_opened">;
  readonly created: boolean;
  readonly degraded: boolean;
};

export interface Conversing {
  /** Null when there is none, or it was deleted. Throws when nobody can know. */
  find(named: Named): Promise<Current | null>;
  /** Its session; opens one when there is none. */
  resolve(named: Named, channel: string | undefined): Promise<Current & { created: boolean }>;
  /** Opens the next generation, or says which one was opened meanwhile. */
  moveOn(
    current: Current,
    how: { readonly reason: Opening; readonly session_id?: string; readonly summary?: string },
  ): Promise<Moved>;
  compact(
    current: Current,
    messages: readonly SaidMessage[],
    summary: string | undefined,
  ): Promise<Moved | Extract<CompactPlan, { kind: "nothing" }>>;
  /** Points a conversation, there or not, at a session. */
  set(named: Named, sessionId: string, channel: string | undefined): Promise<Current>;
  delete(current: Current): Promise<void>;
}

type Ports = ReadingPorts & {
  readonly sha256: (data: Uint8Array | string) => string;
  readonly now: () => Date;
};
type Known = {
  readonly conversation: Conversation | null;
  readonly degraded: boolean;
  /** Whether the deep store, or Redis, was asked and knew. */
  readonly sure: boolean;
};

/** Conversations over these ports. */
export function openConversing(ports: Ports): Conversing {
  const { recorder, sha256 } = ports;
  const cache = openCache();

  const open = async (
    known: Known,
    event: SessionEvent<"conversation_opened">,
  ): Promise<Moved & { readonly now: Conversation }> => {
    const [done] = await recorder.record([valid(event)]);
    const held = done?.happened.event;
    if (done === undefined || held?.event !== "conversation_opened") throw lost();
    const created = done.status === "created";
    if (!created && !known.sure && !isFresh(done.happened, ports.now())) throw unsure();
    const now = cache.note(openedAfter(known.conversation, held, done.happened));
    return { event: held, created, degraded: known.degraded || done.degraded, now };
  };
  const current = (named: Named) => currentOf(ports, cache, named);

  return {
    find: async (named) => {
      const { conversation, degraded, sure } = await current(named);
      if (conversation === null && !sure) throw unsure();
      return conversation?.session_id == null ? null : { conversation, degraded };
    },
    resolve: async (named, channel) => {
      const known = await current(named);
      const { conversation, degraded } = known;
      if (conversation?.session_id != null) return { conversation, degraded, created: false };
      const generation = (conversation?.generation ?? 0) + 1;
      const event = openingOf(
        { ...named, user_id: named.owner, generation, reason: "first", ...given({ channel }) },
        sha256,
      );
      const opened = await open(known, event);
      return { conversation: opened.now, degraded: opened.degraded, created: opened.created };
    },
    moveOn: async ({ conversation, degraded }, { reason, session_id, summary }) => {
      const ask = nextOf(conversation, reason, given({ session_id, summary }));
      return await open({ conversation, degraded, sure: true }, openingOf(ask, sha256));
    },
    compact: async ({ conversation, degraded }, messages, summary) => {
      const user_id = conversation.owner;
      const plan = compactPlan({ conversation, user_id, messages, summary, sha256 });
      if (plan.kind === "nothing") return plan;
      return await open({ conversation, degraded, sure: true }, plan.event);
    },
    set: async (named, sessionId, channel) => {
      for (let at = 0; at < TRIES; at += 1) {
        const known = await current(named);
        if (!known.sure) throw unsure();
        const { conversation, degraded } = known;
        if (conversation?.session_id === sessionId) return { conversation, degraded };
        const before = conversation ?? { ...named, session_id: null, generation: 0, history: [] };
        const ask = nextOf(before, "set", given({ session_id: sessionId, channel }));
        const moved = await open(known, openingOf(ask, sha256));
        if (moved.event.session_id === sessionId)
          return { conversation: moved.now, degraded: moved.degraded };
      }
      throw new VerbatimError("conflict", "others are setting this conversation; ask again");
    },
    delete: async ({ conversation }) => {
      const event = deletionOf(conversation, sha256, ports.now());
      if (event === null) return;
      await recorder.record([valid(event)]);
      cache.note({ ...conversation, session_id: null });
    },
  };
}

async function currentOf(ports: Ports, cache: Cache, named: Named): Promise<Known> {
  const { store, library, redis, postgres } = ports;
  const { owner, conversation_id } = named;
  const cached = cache.of(named);
  const hot = await redis.ask(() => store.conversation(owner, conversation_id));
  if (hot.here && hot.value !== null) {
    const conversation = newer(hot.value, cached);
    return { conversation, degraded: false, sure: true };
  }
  const deep = await postgres.ask(() => library.conversation(owner, conversation_id));
  const conversation = newer(deep.here ? deep.value : null, cached);
  const degraded = !hot.here || !deep.here;
  if (deep.here) {
    if (conversation !== null && hot.here)
      await redis.ask(() => store.restoreConversation(conversation));
    return { conversation, degraded, sure: true };
  }
  if (conversation === null && !hot.here) throw away(deep.why);
  return { conversation, degraded, sure: conversation !== null };
}

/** What is known of conversations here, so that Redis being away costs nobody his session. */
type Cache = {
  of(named: Named): Conversation | null;
  note(conversation: Conversation): Conversation;
};

function openCache(): Cache {
  const kept = new Map<string, Conversation>();
  return {
    of: (named) => kept.get(keyOf(named)) ?? null,
    note: (conversation) => {
      const key = keyOf(conversation);
      const best = newer(conversation, kept.get(key) ?? null) ?? conversation;
      kept.delete(key);
      kept.set(key, best);
      for (const oldest of kept.keys()) {
        if (kept.size <= CACHED_MAX) break;
        kept.delete(oldest);
      }
      return best;
    },
  };
}

function keyOf({ owner, conversation_id }: Named): string {
  return JSON.stringify([owner, conversation_id]);
}

/** The one that knows more: of a later generation, or that this one was deleted. */
function newer(one: Conversation | null, other: Conversation | null): Conversation | null {
  if (one === null || other === null) return one ?? other;
  if (one.generation !== other.generation) return one.generation > other.generation ? one : other;
  return other.session_id === null ? other : one;
}

function openedAfter(
  before: Conversation | null,
  event: SessionEvent<"conversation_opened">,
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

function nextOf(
  conversation: Conversation,
  reason: Opening,
  more: { readonly session_id?: string; readonly summary?: string; readonly channel?: string },
) {
  const { owner, conversation_id, generation, session_id } = conversation;
  const previous = session_id === null ? {} : { previous_session_id: session_id };
  const head = { owner, conversation_id, user_id: owner, generation: generation + 1, reason };
  return { ...head, ...previous, ...more };
}

function deletionOf(
  { owner, conversation_id, session_id, generation }: Conversation,
  sha256: Ports["sha256"],
  now: Date,
): SessionEvent<"conversation_deleted"> | null {
  if (session_id === null) return null;
  return {
    v: 1,
    event: "conversation_deleted",
    event_id: eventIdFor(
      sha256,
      "conversation_deleted",
      owner,
      conversation_id,
      String(generation),
    ),
    user_id: owner,
    session_id,
    by: null,
    at: now.toISOString(),
    owner,
    conversation_id,
    generation,
  };
}

function isFresh({ moment }: Happened, now: Date): boolean {
  return now.getTime() - Date.parse(moment.at) < FRESH_MS;
}

function unsure(): VerbatimError {
  return new VerbatimError(
    "postgres_unreachable",
    "Postgres is away, and nobody else knows which session this conversation has; ask again in a moment",
  );
}

function lost(): VerbatimError {
  return new VerbatimError("ingest_unreachable", "the recorder gave no answer; ask again");
}
