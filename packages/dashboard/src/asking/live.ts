/**
 * Messages as they come, newest first, for as long as a page is looked at. The
 * client goes on by itself after any break; while it is paused what comes is
 * counted and kept, and shown when it goes on.
 *
 *   B43  However long it is left open, no more is kept than at first.
 */
import { createClient } from "@verbatim/client";
import type { EnrichedMessage } from "@verbatim/core";
import { useEffect, useReducer, useState } from "react";

/** Kept on the page; what is older is on the pages of its session. */
const SHOWN_MAX = 200;
/** Minutes that are counted. */
export const MINUTES_MAX = 30;
const MINUTE_MS = 60_000;
/** Drawn at most so often: a burst is one drawing. */
const DRAW_MS = 150;

export type Feed = {
  readonly shown: readonly EnrichedMessage[];
  /** Came while it was paused. */
  readonly held: number;
  readonly isPaused: boolean;
  /** Why nothing comes now, or null. */
  readonly broken: string | null;
  /** Seqs that were missed and can be read on the pages. */
  readonly missed: number;
  /** Minutes in which something came, the newest first. */
  readonly minutes: readonly Minute[];
  readonly pause: (on: boolean) => void;
};

/** What came in one minute of heard_at. */
export type Minute = { readonly at: number; readonly count: number };

type Kept = Pick<Feed, "shown" | "broken" | "missed" | "isPaused" | "minutes"> & {
  readonly waiting: readonly EnrichedMessage[];
};

type Step =
  | { readonly kind: "came"; readonly messages: readonly EnrichedMessage[] }
  | { readonly kind: "missed"; readonly count: number }
  | { readonly kind: "broken"; readonly why: string | null }
  | { readonly kind: "pause"; readonly on: boolean }
  | { readonly kind: "anew" };

const NOTHING: Kept = {
  ...{ shown: [], waiting: [], minutes: [], broken: null, missed: 0, isPaused: false },
};

/** The feed after a step. */
export function after(kept: Kept, step: Step): Kept {
  switch (step.kind) {
    case "came": {
      const waiting = [...step.messages.toReversed(), ...kept.waiting].slice(0, SHOWN_MAX);
      const minutes = counted(kept.minutes, step.messages);
      return kept.isPaused
        ? { ...kept, waiting, minutes }
        : { ...kept, minutes, waiting: [], shown: [...waiting, ...kept.shown].slice(0, SHOWN_MAX) };
    }
    case "pause":
      return after({ ...kept, isPaused: step.on }, { kind: "came", messages: [] });
    case "missed":
      return { ...kept, missed: kept.missed + step.count };
    case "broken":
      return { ...kept, broken: step.why };
    case "anew":
      return { ...NOTHING, isPaused: kept.isPaused };
  }
}

/** Minutes with these counted, the newest ones of them. */
function counted(
  minutes: readonly Minute[],
  messages: readonly EnrichedMessage[],
): readonly Minute[] {
  if (messages.length === 0) return minutes;
  const counts = new Map(minutes.map(({ at, count }) => [at, count]));
  for (const { heard_at } of messages) {
    const at = Math.floor(Date.parse(heard_at) / MINUTE_MS);
    counts.set(at, (counts.get(at) ?? 0) + 1);
  }
  return [...counts]
    .map(([at, count]) => ({ at, count }))
    .toSorted((a, b) => b.at - a.at)
    .slice(0, MINUTES_MAX);
}

/** The last minutes until now as numbers, the oldest first. */
export function byMinute(minutes: readonly Minute[], nowMs: number): readonly number[] {
  const counts = new Map(minutes.map(({ at, count }) => [at, count]));
  const now = Math.floor(nowMs / MINUTE_MS);
  return Array.from(
    { length: MINUTES_MAX },
    (_, at) => counts.get(now - MINUTES_MAX + 1 + at) ?? 0,
  );
}

/** Follows messages that pass; `source` and `session` are asked of the server. */
export function useLive({
  source,
  session,
}: {
  readonly source?: string;
  readonly session?: string;
}): Feed {
  const [kept, step] = useReducer(after, NOTHING);
  const [client] = useState(() => createClient({ url: window.location.origin }));
  useEffect(() => {
    const stop = new AbortController();
    step({ kind: "anew" });
    void follow(client, { source, session, signal: stop.signal }, step);
    return () => stop.abort();
  }, [client, source, session]);
  return {
    ...kept,
    held: kept.waiting.length,
    pause: (on) => step({ kind: "pause", on }),
  };
}

async function follow(
  client: ReturnType<typeof createClient>,
  ask: {
    readonly source: string | undefined;
    readonly session: string | undefined;
    readonly signal: AbortSignal;
  },
  step: (step: Step) => void,
): Promise<void> {
  const came = drawnTogether((messages: readonly EnrichedMessage[]) => {
    // What came before another source was chosen is none of its messages.
    if (!ask.signal.aborted) step({ kind: "came", messages });
  });
  const onBreak = (): void =>
    step({ kind: "broken", why: "the feed was interrupted; connecting again" });
  try {
    for await (const event of client.live({ ...ask, onBreak })) {
      if (event.kind === "message") came(event.message);
      if (event.kind === "gap") step({ kind: "missed", count: event.to - event.from + 1 });
      if (event.kind === "away")
        step({ kind: "broken", why: `${event.part} is away; the feed waits for it` });
      else step({ kind: "broken", why: null });
    }
  } catch (error) {
    if (!ask.signal.aborted) step({ kind: "broken", why: `the feed has ended: ${wordsOf(error)}` });
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Hands on what came within a moment in one piece. */
function drawnTogether<Thing>(draw: (things: readonly Thing[]) => void): (thing: Thing) => void {
  const things: Thing[] = [];
  return (thing) => {
    things.push(thing);
    if (things.length === 1) setTimeout(() => draw(things.splice(0)), DRAW_MS);
  };
}
