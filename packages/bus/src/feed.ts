/**
 * The window of what can be replayed, fed with what was recorded.
 *
 * Soon after a start the writer may still be taking in what an earlier bus had
 * handed it before it died. A hole in the seqs may then hide messages that were
 * published, so it is filled from the journal before anything behind it counts.
 */
import { type Entry, type JournalReader, openWindow, type Window } from "@verbatim/core";
import { publishedIn } from "./past.ts";

/** What an earlier bus handed over is taken in within this time, or its connection is cut. */
const YOUNG_MS = 60_000;
/** A larger hole was made by an import: then the window begins anew, and what lies before is the journal's to say. */
const HOLE_ENTRIES_MAX = 20_000;

export type FeedPorts = {
  readonly journal: Pick<JournalReader, "read">;
  /** What was published before this start. */
  readonly window: Window;
  readonly now: () => number;
};

export interface Feed {
  /** The next recorded entry. */
  hear(entry: Entry): void;
  window(): Window;
  /** Resolves at the next entry. */
  news(): Promise<void>;
}

/** A feed that goes on from a window. */
export function openFeed(ports: FeedPorts): Feed {
  const youngUntil = ports.now() + YOUNG_MS;
  let { window } = ports;
  /** What came while a hole is being filled. */
  let pending: Entry[] | null = null;
  let wakes: (() => void)[] = [];

  function wake(): void {
    const woken = wakes;
    wakes = [];
    for (const one of woken) one();
  }

  function hear(entry: Entry): void {
    if (pending !== null) {
      pending.push(entry);
    } else if (entry.seq > window.to() + 1 && ports.now() < youngUntil) {
      pending = [entry];
      void fill({ from: window.to() + 1, to: entry.seq - 1 });
    } else {
      window.hear(entry);
      wake();
    }
  }

  async function fill(hole: { readonly from: number; readonly to: number }): Promise<void> {
    const isSmall = hole.to - hole.from < HOLE_ENTRIES_MAX;
    const found = isSmall ? await publishedIn(ports.journal, hole).catch(() => null) : null;
    if (found === null) window = openWindow(hole.to);
    else for (const entry of found) window.hear(entry);
    const [first, ...rest] = pending ?? [];
    pending = null;
    // The one behind the hole, and then those that may have holes before them.
    if (first !== undefined) window.hear(first);
    for (const entry of rest) hear(entry);
    wake();
  }

  return {
    hear,
    window: () => window,
    news: () => new Promise((resolve) => wakes.push(resolve)),
  };
}
