/**
 * Sessions that are going on, in Redis: one Lua call for what is said of one at once.
 *
 *   M11  Events applied in any order and any number of times keep the same, and
 *       that is what the fold keeps.
 *   M12  All keys of a session expire together: so many days after it last went
 *       on, as many as it says itself. What it is read by is not counted, nor is
 *       work on its record, such as a snapshot.
 *   M13  A session is given whole or not at all. One that expired, and was heard
 *       of again, is not whole until it was restored; while sessions are made
 *       again from the journal, none is.
 *   M14  The newest HOT_SESSION_MESSAGES keep their words; all are counted.
 *   M15  Whatever characters ids hold, a session has keys of its own.
 *
 * A session is begun by `session_started` or by the opening of its generation of
 * a conversation: nobody hands in another one for a session that there is.
 * Keys and their meaning are in core/names.ts, the rules in session.lua.
 */
import {
  conversationsKey,
  KEYS,
  sessionMember,
  sessionOfMember,
  userSessionsKey,
} from "@verbatim/core";
import {
  type Conversation,
  type Happened,
  HOT_SESSION_MESSAGES,
  type SessionName,
  type SessionParts,
  type SessionStore,
  TTL_DAYS,
} from "@verbatim/core/sessions";
import type { Redis } from "ioredis";
import { connectRedis, type Patience } from "../redis/connect.ts";
import { guarded } from "../redis/failures.ts";
import { conversationOf, messagesOf, ownersIn, type StateAnswer, stateOf } from "./answers.ts";
import {
  applyCall,
  conversationFields,
  keptFor,
  knownCall,
  ownKeys,
  partCall,
  touchCall,
  wholeCall,
} from "./calls.ts";
import KNOWN from "./known.lua" with { type: "text" };
import READ from "./read.lua" with { type: "text" };
import { openScript, type Script } from "./script.ts";
import WRITE from "./session.lua" with { type: "text" };

/** Events of one call when a session is put back: Redis does nothing else meanwhile. */
const RESTORED_EVENTS = 200;
const DAY_MS = 86_400_000;

/** What the workers do beside. */
export type HotSessions = SessionStore & {
  /** Says how far the journal is, when sessions begin to be kept: those it holds come before any is whole. Once. */
  begin(upTo: number): Promise<void>;
  /** Applies events in the order of the journal, one call a session. */
  settle(events: readonly Happened[]): Promise<void>;
};

/** Opens the sessions. By itself it waits for nobody: while Redis is away everything fails at once with `redis_unreachable`. */
export function openSessionStore(
  url: string,
  patience: Patience = "producer",
  hotDays: () => number = () => TTL_DAYS,
): HotSessions & AsyncDisposable {
  const redis = connectRedis(url, patience, "one write a turn");
  const script = openScript<string>(redis, WRITE);
  const write: Script<string> = (call) => script(keptFor(call, hotDays()));
  const read = openScript<unknown>(redis, READ);
  const known = openScript<readonly number[]>(redis, KNOWN);

  return {
    ...writing(redis, write, hotDays),
    ...reading(redis, read, hotDays),
    begin: (upTo) => guarded(async () => void (await redis.setnx(KEYS.sessionsMadeTo, upTo))),
    settle: (events) =>
      guarded(async () => {
        const groups = [...bySession(events).values()];
        // Who acknowledged them mostly made them already: looking is a tenth of making them again.
        const isKnown = groups.length === 0 ? [] : await known(knownCall(groups));
        const missing = groups.filter((_, at) => isKnown[at] !== 1);
        await Promise.all(missing.map((of) => write(applyCall(nameOf(of), of))));
      }),
    ping: () => guarded(async () => void (await redis.ping())),
    [Symbol.asyncDispose]: async () => redis.disconnect(),
  };
}

type Writing = Pick<SessionStore, "apply" | "restore" | "restoreConversation" | "touch" | "drop">;

function writing(redis: Redis, write: Script<string>, hotDays: () => number): Writing {
  return {
    apply: (events) =>
      guarded(async () => (await write(applyCall(nameOf(events), events))) === "whole"),
    restore: (whole) => guarded(() => restore(write, whole)),
    restoreConversation: (conversation) => guarded(() => putBack(redis, conversation, hotDays())),
    touch: (name) => guarded(async () => (await write(touchCall(name))) !== "absent"),
    drop: (name) =>
      guarded(async () => {
        const { user_id, session_id } = name;
        await redis
          .multi()
          .del(...ownKeys(name))
          .zrem(userSessionsKey(user_id), session_id)
          .zrem(KEYS.sessionsGlobal, sessionMember(user_id, session_id))
          .exec();
      }),
  };
}

type Reading = Pick<
  SessionStore,
  "state" | "messages" | "ttl" | "conversation" | "ownersOf" | "sessionsOf" | "expiring"
>;

function reading(redis: Redis, read: Script<unknown>, hotDays: () => number): Reading {
  const keysOf = (name: SessionName): readonly string[] => [
    ...ownKeys(name),
    KEYS.cursor,
    KEYS.sessionsMadeTo,
  ];
  return {
    state: (name, floor = 0) =>
      guarded(async () => {
        const answer = await read({ keys: keysOf(name), args: ["state", 0, 0, floor] });
        return answer === null ? null : stateOf(name, answer as StateAnswer, hotDays());
      }),
    messages: (name, limit, floor = 0) =>
      guarded(async () => {
        const answer = await read({
          keys: keysOf(name),
          args: ["messages", limit, HOT_SESSION_MESSAGES, floor],
        });
        return answer === null ? null : messagesOf(answer as readonly string[]);
      }),
    ttl: (name) =>
      guarded(async () => {
        const [metadata = ""] = ownKeys(name);
        const [isWhole, left] = await Promise.all([
          redis.hexists(metadata, "@whole"),
          redis.pttl(metadata),
        ]);
        return isWhole === 1 && left > 0 ? left / 1000 : null;
      }),
    conversation: (owner, conversation_id) =>
      guarded(() => conversationIn(redis, { owner, conversation_id })),
    ownersOf: (conversationId) =>
      guarded(async () => ownersIn(await redis.hkeys(conversationsKey(conversationId)))),
    sessionsOf: (userId) => guarded(() => sessionsOf(redis, userId)),
    expiring: (seconds) =>
      guarded(async () => {
        const now = Date.now();
        const until = now + seconds * 1000;
        const members = await redis.zrangebyscore(KEYS.sessionsGlobal, now, until);
        return members.flatMap((member) => sessionOfMember(member) ?? []);
      }),
  };
}

/** Puts a session back piece by piece; it is whole with the last call, which says so. */
async function restore(
  write: Script<string>,
  { name, heard_at, upTo, parts }: SessionParts,
): Promise<boolean> {
  const heard = heard_at === null ? 0 : Date.parse(heard_at);
  let count = 0;
  for await (const { events, isOutline } of parts) {
    count += events.length;
    for (let at = 0; at < events.length; at += RESTORED_EVENTS)
      await write(partCall(name, events.slice(at, at + RESTORED_EVENTS), { heard, isOutline }));
  }
  return count > 0 && (await write(wholeCall(name, { heard, upTo: upTo() }))) === "whole";
}

/** Generations do not change, so what is there stays. */
async function putBack(redis: Redis, conversation: Conversation, days: number): Promise<void> {
  const fields = conversationFields(conversation);
  if (fields.length === 0) return;
  const key = conversationsKey(conversation.conversation_id);
  const call = redis.multi();
  for (const [field, text] of fields) call.hsetnx(key, field, text);
  const left = await redis.pttl(key);
  if (left < days * DAY_MS) call.pexpire(key, days * DAY_MS);
  await call.exec();
}

async function conversationIn(
  redis: Redis,
  named: { readonly owner: string; readonly conversation_id: string },
): Promise<Conversation | null> {
  // In this order, what is made again meanwhile is missed, and never seen half.
  const [cursor, madeTo, fields] = await Promise.all([
    redis.get(KEYS.cursor),
    redis.get(KEYS.sessionsMadeTo),
    redis.hgetall(conversationsKey(named.conversation_id)),
  ]);
  if (madeTo === null || Number(cursor ?? 0) < Number(madeTo)) return null;
  return conversationOf(named, fields);
}

async function sessionsOf(redis: Redis, userId: string): Promise<readonly string[]> {
  const ids = await redis.zrangebyscore(userSessionsKey(userId), Date.now(), "+inf");
  const looks = ids.map(async (session_id) => {
    const [metadata = ""] = ownKeys({ user_id: userId, session_id });
    const [whole, touched] = await redis.hmget(metadata, "@whole", "@touched");
    return { session_id, isHere: whole != null, touched: Number(touched ?? 0) };
  });
  const here = (await Promise.all(looks)).filter(({ isHere }) => isHere);
  return here
    .toSorted((one, other) => other.touched - one.touched)
    .map(({ session_id }) => session_id);
}

function bySession(events: readonly Happened[]): ReadonlyMap<string, Happened[]> {
  const groups = new Map<string, Happened[]>();
  for (const one of events) {
    const { user_id, session_id } = one.event;
    const key = sessionMember(user_id, session_id);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return groups;
}

function nameOf(events: readonly Happened[]): SessionName {
  const { user_id = "", session_id = "" } = events[0]?.event ?? {};
  return { user_id, session_id };
}
