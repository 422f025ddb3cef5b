/**
 * One blocking reader of the live stream for a whole process: it rings when
 * something came, and everybody who waits reads on from their own place.
 *
 * It listens only while somebody waits, from the lowest place anybody waits at:
 * what came between a follower's last look and its waiting rings at once.
 */
import { KEYS } from "@verbatim/core";
import type { Redis } from "ioredis";

/** Long enough to be idle cheaply, short enough that a stop, or a ring that got lost with a connection, costs no more than this. */
const BLOCK_MS = 1000;
/** After an error, before asking again. */
export const AWAY_MS = 250;

/** A place in the stream: everything up to it was seen. */
export type Place = { readonly seq: number; readonly sub: number };

const EVERYBODY: Place = { seq: Number.POSITIVE_INFINITY, sub: 0 };

export interface Bell {
  /** Resolves when something came after the place, on abort, or after a second. */
  wait(after: Place, signal: AbortSignal): Promise<void>;
  /** Ends the listening; everybody who waits is woken. */
  close(): Promise<void>;
}

/** A bell that listens when it is waited for. `reader` is used for nothing else, because it blocks. */
export function openBell(reader: Redis): Bell {
  const waiting = new Map<() => void, Place>();
  let closed = false;
  let listening: Promise<void> | null = null;
  const ring = (came: Place): void => {
    for (const [wake, place] of [...waiting]) if (isBefore(place, came)) wake();
  };

  async function listen(): Promise<void> {
    while (!closed && waiting.size > 0) {
      try {
        const { seq, sub } = lowest(waiting.values());
        const from = `${seq}-${sub}`;
        const came = await reader.xread(
          "COUNT",
          1,
          "BLOCK",
          BLOCK_MS,
          "STREAMS",
          KEYS.liveStream,
          from,
        );
        const id = came?.[0]?.[1][0]?.[0];
        if (id !== undefined) ring(placeOf(id));
      } catch {
        ring(EVERYBODY);
        await pause(AWAY_MS);
      }
    }
    listening = null;
  }

  return {
    wait: async (after, signal) => {
      if (closed || signal.aborted) return;
      await new Promise<void>((resolve) => {
        const done = (): void => {
          waiting.delete(done);
          clearTimeout(timer);
          signal.removeEventListener("abort", done);
          resolve();
        };
        const timer = setTimeout(done, BLOCK_MS);
        waiting.set(done, after);
        signal.addEventListener("abort", done, { once: true });
        listening ??= listen();
      });
    },
    close: async () => {
      closed = true;
      reader.disconnect();
      ring(EVERYBODY);
      await listening;
    },
  };
}

function lowest(places: Iterable<Place>): Place {
  let found: Place | null = null;
  for (const place of places) if (found === null || isBefore(place, found)) found = place;
  return found ?? { seq: 0, sub: 0 };
}

/** The place of an event of the stream, out of its id `<seq>-<sub>`. */
export function placeOf(id: string): Place {
  const [seq, sub] = id.split("-");
  return { seq: Number(seq), sub: Number(sub) };
}

/** Whether one place lies before another. */
export function isBefore(one: Place, other: Place): boolean {
  return one.seq < other.seq || (one.seq === other.seq && one.sub < other.sub);
}

/** Waits so long. */
export async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}
