/**
 * Conversations: which session a chat server's handle, such as `telegram:123`,
 * stands for now.
 *
 *   G6  Of all who say the first word of a conversation at once, one opens it,
 *       and all get the same session.
 *   G8  When nobody can know which session a conversation has, that is said;
 *       it is never begun anew on a guess.
 *
 * There is no lock but the journal: its writer takes the name of a generation
 * once (core, keys.ts). How one moves on is in moving.ts.
 */
import { VerbatimError } from "@verbatim/core";
import { type Happened, joinedConversations, type SessionEvent } from "@verbatim/core/sessions";
import type { Acknowledged } from "./acknowledged.ts";
import {
  type Current,
  currentIn,
  type Known,
  type Moving,
  type Opened,
  openMoving,
  sure,
} from "./moving.ts";
import { firstOf, lost, openedAfter, unsure } from "./openings.ts";
import { away, type ReadingPorts } from "./reading.ts";
import type { Named, Remembered } from "./remembered.ts";
import { type Requested, replayIn } from "./requested.ts";
import { valid } from "./saying.ts";

/** What was opened so lately cannot have moved on without Redis knowing. */
const FRESH_MS = 60_000;
/** Whom conversations belonged to where nobody said, before they were their own. */
const NOBODY_SAID = "local";

export interface Conversing extends Moving {
  /** Null when there is none, or it was deleted. Throws when nobody can know. */
  find(named: Named): Promise<Current | null>;
  /** Its session; opens one when there is none. */
  resolve(
    named: Named,
    ask: { readonly channel: string | undefined; readonly request: string | undefined },
  ): Promise<Current & { readonly created: boolean; readonly session_id: string }>;
  /** Whose a conversation is of which nobody says whose: its own, or the one user's who has it. */
  ownerOf(conversationId: string): Promise<string>;
}

type Ports = ReadingPorts & {
  readonly acknowledged: Acknowledged;
  readonly remembered: Remembered;
  readonly requested: Requested;
  readonly sha256: (data: Uint8Array | string) => string;
  readonly now: () => Date;
};

/** Conversations over these ports. */
export function openConversing(ports: Ports): Conversing {
  const { sha256 } = ports;

  return {
    find: async (named) => currentIn(sure(await currentOf(ports, named))),
    resolve: async (named, { channel, request }) => {
      const known = await currentOf(ports, named);
      const { conversation, degraded } = known;
      const mine = replayIn(conversation, request, sha256);
      const session_id = mine?.session_id ?? conversation?.session_id ?? null;
      if (conversation !== null && session_id !== null)
        return { conversation, session_id, degraded, created: mine !== null };
      const generation = (conversation?.generation ?? 0) + 1;
      const opened = await open(
        ports,
        known,
        firstOf(named, { generation, channel, request }, sha256),
      );
      const { created, now, event } = opened;
      return {
        conversation: now,
        session_id: event.session_id,
        degraded: opened.degraded,
        created,
      };
    },
    ...openMoving({
      ...ports,
      known: (named) => currentOf(ports, named),
      open: (known, event) => open(ports, known, event),
    }),
    ownerOf: (id) => ownerOf(ports, id),
  };
}

async function open(
  { recorder, remembered, now }: Ports,
  known: Known,
  event: SessionEvent<"conversation_opened">,
): Promise<Opened> {
  const [done] = await recorder.record([valid(event)]);
  const held = done?.happened.event;
  if (done === undefined || held?.event !== "conversation_opened") throw lost();
  const created = done.status === "created";
  if (!created && !known.sure && !isFresh(done.happened, now())) throw unsure();
  const after = remembered.note(openedAfter(known.conversation, held, done.happened));
  const degraded = known.degraded || done.degraded;
  const { seq } = done.happened.moment;
  return { kind: "moved", event: held, created, degraded, now: after, seq };
}

async function currentOf(ports: Ports, named: Named): Promise<Known> {
  const { store, library, redis, postgres, remembered, acknowledged, recent } = ports;
  const { owner, conversation_id } = named;
  const isTailKnown = await acknowledged.known();
  const cached = remembered.of(named);
  const hot = await redis.ask(() => store.conversation(owner, conversation_id));
  if (hot.here && hot.value !== null) {
    const conversation = joinedConversations(hot.value, cached);
    return { conversation, degraded: false, sure: true };
  }
  const deep = await postgres.ask(async () => {
    const settledTo = await library.settledTo();
    return { settledTo, conversation: await library.conversation(owner, conversation_id) };
  });
  const conversation = joinedConversations(deep.here ? deep.value.conversation : null, cached);
  if (deep.here) {
    if (conversation !== null && hot.here)
      await redis.ask(() => store.restoreConversation(conversation));
    const isBehind = !isTailKnown || deep.value.settledTo < recent.forgotten();
    return { conversation, degraded: !hot.here || isBehind, sure: true };
  }
  if (conversation === null && !hot.here) throw away(deep.why);
  return { conversation, degraded: true, sure: conversation !== null };
}

async function ownerOf(ports: Ports, id: string): Promise<string> {
  if (ports.remembered.of({ owner: id, conversation_id: id }) !== null) return id;
  const { conversation: own } = await currentOf(ports, { owner: id, conversation_id: id });
  if (own !== null) return id;
  const hot = await ports.redis.ask(() => ports.store.ownersOf(id));
  const [owner, ...others] = hot.here ? hot.value : [];
  if (others.length > 0)
    throw new VerbatimError(
      "input_invalid",
      `${others.length + 1} users have a conversation ${id}; say whose: user_id in the body, or ?user=`,
    );
  if (owner !== undefined) return owner;
  const legacy = await currentOf(ports, { owner: NOBODY_SAID, conversation_id: id });
  return legacy.conversation === null ? id : NOBODY_SAID;
}

function isFresh({ moment }: Happened, now: Date): boolean {
  return now.getTime() - Date.parse(moment.at) < FRESH_MS;
}
