/**
 * Moving a conversation on to another session, and letting go of it.
 *
 *   G7  Moving on (clear, compact, set) happens whole or not at all, once for
 *       all who ask at once; every older session stays, linked.
 *   G21  Nobody is told as news what was acknowledged before he asked: whoever
 *       moves on gets past the last entry there was, whatever the stores know.
 *   G22  A request with a name of its own (Idempotency-Key) moves on once, and is
 *       told the same again, after a kill too.
 *
 * Each step is one look and at most one entry; where the look was older than the
 * journal, the next step goes on from what the journal said.
 */
import { VerbatimError } from "@verbatim/core";
import type { Conversation, SessionEvent } from "@verbatim/core/sessions";
import type { Acknowledged } from "./acknowledged.ts";
import { deletionOf, setOf, unsure } from "./openings.ts";
import type { Recorder } from "./recorder.ts";
import type { Named, Remembered } from "./remembered.ts";
import { type Requested, replayIn } from "./requested.ts";
import { valid } from "./saying.ts";

/** Further behind nobody's picture is. */
const STEPS_MAX = 1000;

export type Current = { readonly conversation: Conversation; readonly degraded: boolean };
/** The session that holds now. */
export type Moved = {
  readonly kind: "moved";
  readonly event: SessionEvent<"conversation_opened">;
  readonly created: boolean;
  readonly degraded: boolean;
};
/** It is not as whoever asked believes. */
export type Stale = { readonly kind: "stale"; readonly current: Current };
/** What is to be opened; or there is nothing to do. */
type Plan<Nothing> =
  | { readonly kind: "open"; readonly event: SessionEvent<"conversation_opened"> }
  | Nothing;

/** How somebody asks: under which name, and on which condition. */
export type How = {
  readonly request: string | undefined;
  /** Null on no condition. */
  readonly holds: ((current: Current | null) => Promise<boolean>) | null;
};

/** What is known of a conversation now. */
export type Known = {
  readonly conversation: Conversation | null;
  readonly degraded: boolean;
  /** Whether the deep store, or Redis, was asked and knew. */
  readonly sure: boolean;
};
/** An opening, and what the conversation is after it. */
export type Opened = Moved & { readonly now: Conversation; readonly seq: number };

export interface Moving {
  /** Opens the next generation, or says which one was opened meanwhile. Throws `not_found`. */
  moveOn<Nothing extends { readonly kind: "nothing" }>(
    named: Named,
    how: How,
    plan: (current: Current) => Promise<Plan<Nothing>>,
  ): Promise<Moved | Stale | Nothing>;
  /** Points a conversation, there or not, at a session. */
  set(
    named: Named,
    at: { readonly session_id: string; readonly channel: string | undefined },
    how: How,
  ): Promise<Stale | (Current & { readonly kind: "set" })>;
  /** Throws `not_found`. */
  delete(named: Named, how: How): Promise<Stale | { readonly kind: "deleted" }>;
}

type Ports = {
  readonly known: (named: Named) => Promise<Known>;
  readonly open: (known: Known, event: SessionEvent<"conversation_opened">) => Promise<Opened>;
  readonly acknowledged: Acknowledged;
  readonly recorder: Recorder;
  readonly remembered: Remembered;
  readonly requested: Requested;
  readonly sha256: (data: Uint8Array | string) => string;
  readonly now: () => Date;
};
type Plans<Nothing> = (current: Current) => Promise<Plan<Nothing>>;
/** One step, or that the next one is to be taken. */
type Step<Done> = Done | "again";

/** Moves over these ports. */
export function openMoving(ports: Ports): Moving {
  return {
    moveOn: async (named, how, plan) => {
      const before = await ports.acknowledged.end();
      return await steps(() => moveOn(ports, { named, how, before }, plan));
    },
    set: (named, at, how) => steps(() => pointAt(ports, named, at, how)),
    delete: (named, how) => letGo(ports, named, how),
  };
}

async function steps<Done>(take: () => Promise<Step<Done>>): Promise<Done> {
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const done = await take();
    if (done !== "again") return done;
  }
  throw new VerbatimError("conflict", "others are moving this conversation; ask again");
}

type Asking = { readonly named: Named; readonly how: How; readonly before: number };

async function moveOn<Nothing extends { readonly kind: "nothing" }>(
  ports: Ports,
  { named, how, before }: Asking,
  plan: Plans<Nothing>,
): Promise<Step<Moved | Stale | Nothing>> {
  const known = sure(await ports.known(named));
  const mine = replayIn(known.conversation, how.request, ports.sha256);
  if (mine !== null) {
    const event = await ports.requested.opening(mine);
    return { kind: "moved", event, created: true, degraded: known.degraded }; // (G22)
  }
  const current = currentIn(known);
  if (current === null) throw noConversation(named);
  if (!(await isHeld(how, current))) return { kind: "stale", current };
  const planned = await plan(current);
  if (planned.kind === "nothing") return planned;
  const opened = await ports.open({ ...known, sure: true }, planned.event);
  if (opened.created) return opened;
  // What was there before we were asked is no news: somebody's picture was older than the journal. (G21)
  if (opened.seq <= before) return "again";
  return how.holds === null ? opened : staleAfter(opened);
}

async function pointAt(
  ports: Ports,
  named: Named,
  { session_id, channel }: { readonly session_id: string; readonly channel: string | undefined },
  how: How,
): Promise<Step<Stale | (Current & { readonly kind: "set" })>> {
  const known = await ports.known(named);
  if (!known.sure) throw unsure();
  const { conversation, degraded } = known;
  const none = { ...named, session_id: null, generation: 0, history: [] };
  const shown = { conversation: conversation ?? none, degraded };
  if (!(await isHeld(how, currentIn(known)))) return { kind: "stale", current: shown };
  if (conversation?.session_id === session_id) return { kind: "set", conversation, degraded };
  const at = { session_id, channel, request: how.request };
  const opened = await ports.open(known, setOf(named, conversation, at, ports.sha256));
  if (opened.event.session_id !== session_id) return "again";
  return { kind: "set", conversation: opened.now, degraded: opened.degraded };
}

async function letGo(
  ports: Ports,
  named: Named,
  how: How,
): Promise<Stale | { readonly kind: "deleted" }> {
  const { conversation, degraded } = sure(await ports.known(named));
  const event = deletionOf(conversation, how.request, ports);
  if (event === null || conversation === null) throw noConversation(named);
  const current = { conversation, degraded };
  const isGone = conversation.session_id === null;
  // It is let go of already: of a named request it may have been this one. (G22)
  if (isGone && !(await ports.requested.isDone(event))) throw noConversation(named);
  if (isGone) return { kind: "deleted" };
  if (!(await isHeld(how, current))) return { kind: "stale", current };
  await ports.recorder.record([valid(event)]);
  ports.remembered.note({ ...conversation, session_id: null });
  return { kind: "deleted" };
}

async function isHeld({ holds }: How, current: Current | null): Promise<boolean> {
  return holds === null || (await holds(current));
}

function staleAfter({ now: conversation, degraded }: Opened): Stale {
  return { kind: "stale", current: { conversation, degraded } };
}

/** The conversation, where it has a session. */
export function currentIn({ conversation, degraded }: Known): Current | null {
  return conversation?.session_id == null ? null : { conversation, degraded };
}

/** What is known, where somebody can know. */
export function sure(known: Known): Known {
  if (known.conversation === null && !known.sure) throw unsure();
  return known;
}

/** There is none of this name. */
export function noConversation({ owner, conversation_id }: Named): VerbatimError {
  const whose =
    owner === conversation_id ? "; if it is a user's, say whose: ?user=, or user_id" : "";
  return new VerbatimError("not_found", `there is no conversation ${conversation_id}${whose}`);
}
