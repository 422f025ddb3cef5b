/**
 * The live feed out of Redis: one blocking reader for the whole process, fanned
 * out to every follower.
 *
 * A follower that comes with a place first gets what lies between: from the
 * stream while that reaches back far enough, else from `older` (the deep store),
 * else a `gap` that says which seqs it missed. A follower that reads too slowly
 * is sent back to catching up instead of filling our memory.
 */
import { type EnrichedMessage, KEYS, type LiveEvent, type LiveFeed } from "@verbatim/core";
import { connectRedis, named } from "../redis/connect.ts";
import { messageOf } from "./store.ts";

/** Messages with seq > after, oldest first, at most `limit`. */
export type Older = (after: number, limit: number) => Promise<readonly EnrichedMessage[]>;

/** One read of the stream: bounds the memory of a catch-up. */
const READ_EVENTS = 500;
/** Long enough to be idle cheaply, short enough that a stop is not kept waiting. */
const BLOCK_MS = 1000;
/** After an error, before asking again. */
const AWAY_MS = 250;

export type RedisLiveFeed = LiveFeed & AsyncDisposable & { followers(): number };

/** Opens the feed. It waits while Redis is away; followers stay. */
export function openLiveFeed(url: string, options: { readonly older?: Older } = {}): RedisLiveFeed {
  const reader = connectRedis(url, "worker");
  const asker = connectRedis(url, "reader");
  const waiting = new Set<() => void>();
  let following = 0;
  let closed = false;
  let newest = "$";

  /** Wakes every follower when something came; each then reads on from its own place. */
  async function listen(): Promise<void> {
    while (!closed) {
      try {
        const found = await reader.xread(
          "COUNT",
          1,
          "BLOCK",
          BLOCK_MS,
          "STREAMS",
          KEYS.liveStream,
          newest,
        );
        if (found === null) continue;
        const last = await asker.xrevrange(KEYS.liveStream, "+", "-", "COUNT", 1);
        newest = last[0]?.[0] ?? "$";
        for (const wake of [...waiting]) wake();
      } catch {
        newest = "$";
        for (const wake of [...waiting]) wake();
        await pause(AWAY_MS);
      }
    }
  }

  /** Resolves when something came, on abort, or after a second: a missed wake costs no more than that. */
  async function news(signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const done = (): void => {
        waiting.delete(done);
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, BLOCK_MS);
      waiting.add(done);
      signal.addEventListener("abort", done, { once: true });
    });
  }

  async function streamAfter(at: Place): Promise<readonly EnrichedMessage[]> {
    const found = await asker.xrange(
      KEYS.liveStream,
      `(${at.seq}-${at.sub}`,
      "+",
      "COUNT",
      READ_EVENTS,
    );
    return found.map(([, fields]) => messageOf(fields[1] ?? "{}"));
  }

  /** The seq below which the stream has forgotten, or null when it is empty. */
  async function oldest(): Promise<number | null> {
    const first = await asker.xrange(KEYS.liveStream, "-", "+", "COUNT", 1);
    const id = first[0]?.[0];
    return id === undefined ? null : Number(id.split("-")[0]);
  }

  async function* between(at: Place): AsyncGenerator<LiveEvent, Place> {
    const reaches = (await oldest()) ?? at.seq + 1;
    let place = at;
    while (options.older !== undefined && place.seq + 1 < reaches) {
      const page = await options.older(place.seq, READ_EVENTS).catch(() => null);
      if (page === null) break;
      const fresh = page.filter((one) => isAfter(one, place) && one.seq < reaches);
      if (fresh.length === 0) return place;
      for (const message of fresh) {
        yield { kind: "message", message };
        place = { seq: message.seq, sub: message.sub };
      }
    }
    if (options.older === undefined && place.seq + 1 < reaches) {
      yield { kind: "gap", from: place.seq + 1, to: reaches - 1 };
      return { seq: reaches - 1, sub: LAST_SUB };
    }
    return place;
  }

  async function* follow(after: number, signal: AbortSignal): AsyncGenerator<LiveEvent> {
    following += 1;
    try {
      let place: Place = { seq: after, sub: LAST_SUB };
      let caughtUp = false;
      while (!signal.aborted && !closed) {
        try {
          if (!caughtUp) place = yield* between(place);
          caughtUp = true;
          const fresh = (await streamAfter(place)).filter((one) => isAfter(one, place));
          for (const message of fresh) {
            if (signal.aborted) return;
            yield { kind: "message", message };
            place = { seq: message.seq, sub: message.sub };
          }
          if (fresh.length === 0) await news(signal);
          else caughtUp = fresh.length < READ_EVENTS;
        } catch {
          await pause(AWAY_MS);
        }
      }
    } finally {
      following -= 1;
    }
  }

  const listening = listen();
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
      closed = true;
      reader.disconnect();
      asker.disconnect();
      for (const wake of [...waiting]) wake();
      await listening;
    },
  };
}

type Place = { readonly seq: number; readonly sub: number };
/** A place that has all messages of its entry behind it. */
const LAST_SUB = 1_000_000;

function isAfter(message: Place, place: Place): boolean {
  return message.seq > place.seq || (message.seq === place.seq && message.sub > place.sub);
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}
