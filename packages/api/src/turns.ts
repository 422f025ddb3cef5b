/**
 * Taking turns: work that holds much memory is done one at a time, and whoever
 * comes meanwhile stands in a line of bounded length, for a bounded time (A5).
 *
 *   A11  Never are two at work at once, also when whoever asked for the first
 *        has given up; and beyond so many in line, or after so long in it, the
 *        answer is `busy`, not that something is away.
 */
import { VerbatimError } from "@verbatim/core";

/** More would wait in vain: a turn takes about a second of a large archive. */
const LINE_MAX = 8;
/** Our own clients wait for twenty seconds, and the work itself may take twelve. */
const LINE_MS = 7000;

export interface Turns {
  /** What `work` gives, as `wait` waits for it; the turn lasts until the work itself is over. */
  take<Value>(
    work: () => Promise<Value>,
    wait: (under: Promise<Value>) => Promise<Value>,
  ): Promise<Value>;
}

/** Nobody is at work, nobody waits. `says` tells whoever is turned away what to do. */
export function openTurns(says: string): Turns {
  const line: (() => void)[] = [];
  let isTaken = false;
  const pass = (): void => {
    const next = line.shift();
    if (next === undefined) isTaken = false;
    else next();
  };
  const standInLine = async (): Promise<void> => {
    if (line.length >= LINE_MAX) throw busy(says);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    line.push(resolve);
    const timer = setTimeout(() => {
      const place = line.indexOf(resolve);
      if (place !== -1) line.splice(place, 1);
      reject(busy(says));
    }, LINE_MS);
    try {
      await promise;
    } finally {
      clearTimeout(timer);
    }
  };
  return {
    take: async (work, wait) => {
      if (isTaken) await standInLine();
      isTaken = true;
      const under = Promise.try(work);
      under.then(pass, pass);
      return await wait(under);
    },
  };
}

function busy(says: string): VerbatimError {
  return new VerbatimError("busy", says);
}
