/**
 * The live feed out of Redis, for many followers (M6).
 *
 * A follower that comes with a place first gets what lies between: from the
 * stream while that reaches back far enough, else from `older` (the deep store),
 * else a `gap` that says which seqs it missed. Each follower reads pages from its
 * own place, so a slow one is behind and never in our memory; those that stand at
 * the same place share one read. While Redis is away they wait.
 */
import { type EnrichedMessage, KEYS, type LiveEvent, type LiveFeed } from "@verbatim/core";
import type { Redis } from "ioredis";
import { connectRedis } from "../redis/connect.ts";
import { guarded } from "../redis/failures.ts";
import { AWAY_MS, isBefore, openBell, type Place, pause, placeOf } from "./bell.ts";
import { messageOf } from "./store.ts";

/** Messages with seq > after, oldest first, at most `limit`. */
export type Older = (after: number, limit: number) => Promise<readonly EnrichedMessage[]>;

type LiveOptions = {
  /** What the stream has forgotten: the deep store. */
  readonly older?: Older;
  /** It has everything up to this seq. Where nobody says so, what it does not give is told as a gap. */
  readonly olderTo?: () => Promise<number>;
};

/** One read: bounds the memory of a follower. */
const READ_EVENTS = 500;

export type RedisLiveFeed = LiveFeed & AsyncDisposable & { followers(): number };

/** Opens the feed. It waits while Redis is away; followers stay. */
export function openLiveFeed(url: string, options: LiveOptions = {}): RedisLiveFeed {
  const asker = connectRedis(url, "reader");
  const bell = openBell(connectRedis(url, "worker"));
  const closed = new AbortController();
  const reads = sharedReads((place) => next(asker, place, options));
  let following = 0;

  async function* follow(after: number, signal: AbortSignal): AsyncGenerator<LiveEvent> {
    const ended = AbortSignal.any([signal, closed.signal]);
    let place: Place = { seq: after, sub: LAST_SUB };
    following += 1;
    try {
      while (!ended.aborted) {
        const events = await reads(place);
        yield* events;
        const last = events.at(-1);
        if (last === undefined) await bell.wait(place, ended);
        else place = placeAfter(last);
      }
    } finally {
      following -= 1;
    }
  }

  return {
    follow,
    head: () => guarded(async () => Number((await asker.get(KEYS.cursor)) ?? 0)),
    followers: () => following,
    [Symbol.asyncDispose]: async () => {
      closed.abort();
      asker.disconnect();
      await bell.close();
    },
  };
}

/** A place that has all messages of its entry behind it. */
const LAST_SUB = 1_000_000;

type Read = (place: Place) => Promise<readonly LiveEvent[]>;

/** Reads under way, by place: a hundred followers at the end of the stream are one read. */
function sharedReads(read: Read): Read {
  const under = new Map<string, Promise<readonly LiveEvent[]>>();
  return async (place) => {
    const name = `${place.seq}-${place.sub}`;
    const known = under.get(name);
    if (known !== undefined) return await known;
    const reading = read(place).finally(() => under.delete(name));
    under.set(name, reading);
    return await reading;
  };
}

/** What follows a place; nothing while Redis is away, and then it is asked again. */
async function next(
  asker: Redis,
  place: Place,
  options: LiveOptions,
): Promise<readonly LiveEvent[]> {
  try {
    const oldest = await oldestOf(asker);
    if (oldest !== null && mayHaveMissed(place, oldest)) {
      const between = await before(oldest, place, options);
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

/** The oldest place a stream still holds that has forgotten what lay before; null when it has forgotten nothing. */
async function oldestOf(asker: Redis): Promise<Place | null> {
  const [first, held, given] = await Promise.all([
    asker.xrange(KEYS.liveStream, "-", "+", "COUNT", 1),
    asker.xlen(KEYS.liveStream),
    asker.get(KEYS.liveGiven),
  ]);
  const id = first[0]?.[0];
  return id === undefined || held >= Number(given ?? 0) ? null : placeOf(id);
}

/** Whether a message can lie after the place and before the oldest that is held. */
function mayHaveMissed(place: Place, oldest: Place): boolean {
  if (place.seq >= oldest.seq) return place.seq === oldest.seq && place.sub + 1 < oldest.sub;
  return place.seq + 1 < oldest.seq || place.sub !== LAST_SUB || oldest.sub > 0;
}

/** What the stream has forgotten: from the deep store, or a gap where that has not got it either. */
async function before(
  oldest: Place,
  place: Place,
  { older, olderTo }: LiveOptions,
): Promise<readonly LiveEvent[]> {
  if (older === undefined) return gapBetween(place, oldest);
  try {
    // Asked first: what it takes in meanwhile can only be more.
    const settled = (await olderTo?.()) ?? 0;
    const from = place.sub === LAST_SUB ? place.seq : place.seq - 1;
    const page = await older(from, READ_EVENTS);
    const found = page.filter((one) => isBefore(place, one) && isBefore(one, oldest));
    if (found.length > 0) return found.map((message) => ({ kind: "message", message }));
    return settled >= oldest.seq
      ? []
      : gapBetween({ seq: Math.max(settled, place.seq), sub: LAST_SUB }, oldest);
  } catch {
    return gapBetween(place, oldest);
  }
}

/** An entry of which the stream has forgotten the beginning counts as missed whole. */
function gapBetween(place: Place, oldest: Place): readonly LiveEvent[] {
  const from = place.seq + 1;
  const to = oldest.sub > 0 ? oldest.seq : oldest.seq - 1;
  return from > to ? [] : [{ kind: "gap", from, to }];
}

function placeAfter(event: LiveEvent): Place {
  return event.kind === "gap"
    ? { seq: event.to, sub: LAST_SUB }
    : { seq: event.message.seq, sub: event.message.sub };
}
