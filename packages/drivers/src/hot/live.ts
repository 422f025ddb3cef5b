/**
 * The live feed out of Redis, for many followers.
 *
 * A follower that comes with a place first gets what lies between: from the
 * stream while that reaches back far enough, else from `older` (the deep store),
 * else a `gap` that says which seqs it missed. Each follower reads pages from its
 * own place, so a slow one is behind and never in our memory.
 */
import { type EnrichedMessage, KEYS, type LiveEvent, type LiveFeed } from "@verbatim/core";
import type { Redis } from "ioredis";
import { connectRedis, named } from "../redis/connect.ts";
import { AWAY_MS, openBell, pause } from "./bell.ts";
import { messageOf } from "./store.ts";

/** Messages with seq > after, oldest first, at most `limit`. */
export type Older = (after: number, limit: number) => Promise<readonly EnrichedMessage[]>;

/** One read: bounds the memory of a follower. */
const READ_EVENTS = 500;

export type RedisLiveFeed = LiveFeed & AsyncDisposable & { followers(): number };

/** Opens the feed. It waits while Redis is away; followers stay. */
export function openLiveFeed(url: string, options: { readonly older?: Older } = {}): RedisLiveFeed {
  const asker = connectRedis(url, "reader");
  const bell = openBell(connectRedis(url, "worker"));
  const closed = new AbortController();
  let following = 0;

  async function* follow(after: number, signal: AbortSignal): AsyncGenerator<LiveEvent> {
    const ended = AbortSignal.any([signal, closed.signal]);
    let place: Place = { seq: after, sub: LAST_SUB };
    following += 1;
    try {
      while (!ended.aborted) {
        const events = await next(asker, place, options.older);
        yield* events;
        const last = events.at(-1);
        if (last === undefined) await bell.wait(ended);
        else place = placeAfter(last);
      }
    } finally {
      following -= 1;
    }
  }

  return {
    follow,
    head: async () => {
      try {
        return Number((await asker.get(KEYS.cursor)) ?? 0);
      } catch (error) {
        throw named(error);
      }
    },
    followers: () => following,
    [Symbol.asyncDispose]: async () => {
      closed.abort();
      asker.disconnect();
      await bell.close();
    },
  };
}

type Place = { readonly seq: number; readonly sub: number };
/** A place that has all messages of its entry behind it. */
const LAST_SUB = 1_000_000;

/** What follows a place; nothing while Redis is away, and then it is asked again. */
async function next(
  asker: Redis,
  place: Place,
  older: Older | undefined,
): Promise<readonly LiveEvent[]> {
  try {
    const reaches = await oldestSeq(asker);
    if (reaches !== null && place.seq + 1 < reaches) {
      const between = await before(reaches, place, older);
      if (between.length > 0) return between;
    }
    const found = await asker.xrange(
      KEYS.liveStream,
      `(${place.seq}-${place.sub}`,
      "+",
      "COUNT",
      READ_EVENTS,
    );
    return found.map(([, fields]) => ({ kind: "message", message: messageOf(fields[1] ?? "{}") }));
  } catch {
    await pause(AWAY_MS);
    return [];
  }
}

/** What the stream has forgotten: from the deep store, or a gap where there is none or it is away. */
async function before(
  reaches: number,
  place: Place,
  older: Older | undefined,
): Promise<readonly LiveEvent[]> {
  const gap: LiveEvent = { kind: "gap", from: place.seq + 1, to: reaches - 1 };
  if (older === undefined) return [gap];
  const page = await older(place.seq, READ_EVENTS).catch(() => null);
  if (page === null) return [gap];
  return page
    .filter((one) => one.seq < reaches && isAfter(one, place))
    .map((message) => ({ kind: "message", message }));
}

/** The seq below which the stream has forgotten, or null when it is empty. */
async function oldestSeq(asker: Redis): Promise<number | null> {
  const first = await asker.xrange(KEYS.liveStream, "-", "+", "COUNT", 1);
  const id = first[0]?.[0];
  return id === undefined ? null : Number(id.split("-")[0]);
}

function placeAfter(event: LiveEvent): Place {
  return event.kind === "gap"
    ? { seq: event.to, sub: LAST_SUB }
    : { seq: event.message.seq, sub: event.message.sub };
}

function isAfter(message: Place, place: Place): boolean {
  return message.seq > place.seq || (message.seq === place.seq && message.sub > place.sub);
}
