/**
 * Replays and those who follow, each to one client.
 *
 *   B8  A replay gives every message after the seq that was asked from, in order,
 *       each once, and then an end; a follower gets what is published later
 *       behind that end, without a gap and without a repeat.
 *
 * A client that does not read is waited for, alone: everybody else goes on. Every
 * ten seconds followers are given the end mark again.
 */
import { endFrame, replayed, replayedFrame } from "@verbatim/core";
import type { BusPorts } from "./ports.ts";

/** Replays and followers at once; each holds one stretch of messages at most. */
const REPLAYS_MAX = 256;

type Asking = {
  readonly after: number;
  readonly topics: readonly Uint8Array[];
  /** Go on with what is published from now on. */
  readonly follow: boolean;
};

/** A replay under way; `place` is how far it has been given. */
export type Run = { stopped: boolean; following: boolean; place: number };

/** Gives one frame to the client; false when it is gone or wants no more. */
type Say = (frame: Uint8Array, run: Run) => Promise<boolean>;

export interface Replaying {
  /** Replays to a client; one at a time: a new one ends the one before. Null when too many are under way. */
  start(client: string, asking: Asking, say: Say): Promise<void> | null;
  stop(client: string): void;
  /** Says the end mark again to all who follow: it tells them that the bus lives, and us who is gone. */
  beat(): void;
  count(): number;
  followers(): number;
}

type Ports = Pick<BusPorts, "journal" | "window" | "news" | "wait" | "now">;

/** Nothing is under way yet. */
export function openReplaying(ports: Ports): Replaying {
  const running = new Map<string, Run & { readonly beat: () => void }>();
  let count = 0;
  const stop = (client: string): void => {
    const run = running.get(client);
    if (run !== undefined) run.stopped = true;
  };
  return {
    start: (client, asking, say) => {
      if (running.size >= REPLAYS_MAX && !running.has(client)) return null;
      stop(client);
      const beat = (): void => {
        void say(endFrame(run.place), run).then((isThere) => {
          if (!isThere) leave();
        });
      };
      const run = { stopped: false, following: false, place: asking.after, beat };
      // Its stream may wait for news for long: its place is free at once.
      const leave = (): void => {
        run.stopped = true;
        if (running.get(client) === run) running.delete(client);
      };
      running.set(client, run);
      count += 1;
      const to = { run, say: (frame: Uint8Array) => say(frame, run) };
      return stream(ports, asking, to).finally(leave);
    },
    stop: (client) => {
      stop(client);
      running.delete(client);
    },
    beat: () => {
      for (const run of running.values()) if (run.following) run.beat();
    },
    count: () => count,
    followers: () => [...running.values()].filter((one) => one.following).length,
  };
}

type To = { readonly run: Run; readonly say: (frame: Uint8Array) => Promise<boolean> };

async function stream(ports: Ports, asking: Asking, to: To): Promise<void> {
  let place = asking.after;
  for (;;) {
    const news = ports.news();
    const given = await giveFrom(ports, { ...asking, after: place }, to);
    if (given === null) return;
    place = given;
    to.run.place = place;
    if (place < ports.window().to()) continue;
    if (!(await endOnce(place, to)) || !asking.follow) return;
    await news;
    if (to.run.stopped) return;
  }
}

/** The next stretch; how far it went, or null when the client is gone. */
async function giveFrom(ports: Ports, asking: Asking, { say }: To): Promise<number | null> {
  const began = ports.now();
  const step = await replayed(asking, { journal: ports.journal, window: ports.window() });
  const took = ports.now() - began;
  for (const message of step.messages) if (!(await say(replayedFrame(message)))) return null;
  // Reading a journal is not waiting: everybody else gets as much time as this took.
  if (step.to < ports.window().to()) await ports.wait(took);
  return step.to;
}

async function endOnce(place: number, { run, say }: To): Promise<boolean> {
  if (run.following) return true;
  run.following = true;
  return await say(endFrame(place));
}
