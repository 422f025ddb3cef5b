/**
 * Taking what was forgotten out of Redis: the window, the live feed, sessions
 * and conversations.
 *
 *   M21  Afterwards no key of ours holds a message of these places, a session of
 *        these names or a conversation of these owners; doing it again changes
 *        nothing, and what is said after it under the same names stays.
 *
 * The window is then smaller until new messages fill it.
 */
import { conversationsKey, KEYS, sessionMember, VerbatimError } from "@verbatim/core";
import type { Range } from "@verbatim/core/forget";
import { messageName, percentEncoded, SESSION_SOURCE } from "@verbatim/core/sessions";
import { connectRedis } from "../redis/connect.ts";
import { guarded } from "../redis/failures.ts";
import FORGET from "./forget.lua" with { type: "text" };

export interface HotForgetting {
  /** Takes out the messages of these places; how many were in the window. */
  messages(ranges: readonly Range[]): Promise<number>;
  /** Takes sessions out of the list of those who spoke lately, and what is known to be hidden of them. */
  sessions(
    named: readonly { readonly user_id: string | null; readonly session_id: string }[],
  ): Promise<void>;
  /** Takes out what is known of an owner's conversation. */
  conversation(owner: string, conversationId: string): Promise<void>;
  /** Asks Redis to write its file anew, without what went. */
  wipe(): Promise<boolean>;
}

/** Ranges of one call: Redis answers nobody meanwhile. */
const RANGES_MAX = 200;

/** Opens it. Fails with `redis_unreachable` while Redis is away. */
export function openHotForgetting(url: string): HotForgetting & AsyncDisposable {
  const redis = connectRedis(url, "reader");
  return {
    messages: (ranges) =>
      guarded(async () => {
        const to = ranges.at(-1)?.[1] ?? 0;
        const cursor = Number((await redis.get(KEYS.cursor)) ?? 0);
        if (cursor < to)
          throw new VerbatimError("busy", `Redis is at entry ${cursor}, not at ${to} yet`);
        let left = 0;
        for (let at = 0; at < ranges.length; at += RANGES_MAX) {
          const part = ranges.slice(at, at + RANGES_MAX).flat();
          left += Number(await redis.eval(FORGET, 5, ...HELD_IN, ...part));
        }
        return left;
      }),
    sessions: (named) =>
      guarded(async () => {
        if (named.length === 0) return;
        await redis.zrem(KEYS.sessionsActive, ...named.map(({ session_id }) => session_id));
        await removeHidden(redis, named);
      }),
    conversation: (owner, conversationId) =>
      guarded(async () => {
        const key = conversationsKey(conversationId);
        const fields = (await redis.hkeys(key)).filter((field) => isOfOwner(field, owner));
        if (fields.length > 0) await redis.hdel(key, ...fields);
      }),
    wipe: async () =>
      await redis.bgrewriteaof().then(
        () => true,
        () => false,
      ),
    [Symbol.asyncDispose]: async () => redis.disconnect(),
  };
}

/** Messages of these that are hidden, and that they are off the record. */
async function removeHidden(
  redis: ReturnType<typeof connectRedis>,
  named: Parameters<HotForgetting["sessions"]>[0],
): Promise<void> {
  const own = named.flatMap(({ user_id, session_id }) =>
    user_id === null ? [] : [{ user_id, session_id }],
  );
  const off = new Set(own.map((one) => `off ${sessionMember(one.user_id, one.session_id)}`));
  const starts = own.map(({ user_id, session_id }) =>
    // Without the end of the name of a message that has none.
    `${SESSION_SOURCE}/${messageName(user_id, session_id, "")}`.slice(0, -2),
  );
  for (let cursor = "0"; ; ) {
    const [next, members] = await redis.sscan(KEYS.messagesHidden, cursor, "COUNT", 1000);
    const gone = members.filter(
      (one) => off.has(one) || starts.some((start) => one.startsWith(start)),
    );
    if (gone.length > 0) await redis.srem(KEYS.messagesHidden, ...gone);
    if (next === "0") return;
    cursor = next;
  }
}

const HELD_IN = [
  KEYS.messagesSorted,
  KEYS.messagesData,
  KEYS.liveStream,
  KEYS.liveKnown,
  KEYS.liveGiven,
] as const;

/** `g/<generation>/<owner>` and `d/<owner>`. */
function isOfOwner(field: string, owner: string): boolean {
  const name = percentEncoded(owner);
  return field === `d/${name}` || (/^g[/]\d+[/]/.test(field) && field.endsWith(`/${name}`));
}
