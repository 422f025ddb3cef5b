/**
 * Whether a store that is behind is getting nearer.
 *
 * Being behind is no fault: a rebuild is behind for minutes. Standing still
 * while behind is one, and it takes two looks to see it. So somebody looks
 * every few seconds (main.ts), not only when health is asked for.
 */

/** One store's way to the end of the journal. */
export interface Progress {
  /** Milliseconds since it was first seen at this place while behind; 0 when it is not behind or moved. */
  stillMs(at: number | null, behind: number | null): number;
}

type Seen = { readonly at: number; readonly since: number };

/** A watch that has seen nothing yet. */
export function openProgress(now: () => Date): Progress {
  let seen: Seen | null = null;
  return {
    stillMs: (at, behind) => {
      const time = now().getTime();
      // Nobody could say: neither a step nor a stand. The part that is away is red by itself.
      if (at !== null && behind !== null) seen = behind > 0 ? standing(seen, at, time) : null;
      return seen === null ? 0 : time - seen.since;
    },
  };
}

function standing(seen: Seen | null, at: number, time: number): Seen {
  return seen !== null && seen.at === at ? seen : { at, since: time };
}
