/**
 * Appending heard records so that cursors move in the journal's order.
 *
 *   T3  A cursor moves only after the append of what it passes has resolved.
 *
 * Several hearings may append at once. Their appends are made in the order of
 * the calls, and the cursors move in that same order, so that at every moment
 * there is one seq up to which the cursors are true: `asOf`.
 */
import type { Journal } from "../journal/port.ts";
import type { Heard } from "../message/heard.ts";

export interface Commits {
  /** Resolves when all of `heard` is safe and `moved` has run; rejects when it is not, and `moved` has not. */
  commit(heard: readonly Heard[], moved: () => void): Promise<void>;
  /** Every file record up to this seq has moved its cursor. */
  asOf(): number;
}

/** `from`: the seq for which the cursors are true now. */
export function openCommits(journal: Pick<Journal, "append" | "durable">, from: number): Commits {
  let last: Promise<void> = Promise.resolve();
  let waiting = 0;
  let asOf = from;

  async function commit(heard: readonly Heard[], moved: () => void): Promise<void> {
    const before = last;
    waiting += 1;
    const done = (async () => {
      try {
        const first = await journal.append(heard);
        await before;
        moved();
        asOf = Math.max(asOf, first + heard.length - 1);
      } finally {
        await before;
        waiting -= 1;
      }
    })();
    // A refused append is its caller's to hear of; those behind it go on.
    last = done.catch(() => undefined);
    await done;
  }

  return {
    commit,
    // With nothing on its way, whatever else was appended is no file's record.
    asOf: () => {
      if (waiting === 0) asOf = Math.max(asOf, journal.durable());
      return asOf;
    },
  };
}
