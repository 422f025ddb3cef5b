/**
 * Taking turns at a session: whoever writes on a condition (If-Match) writes
 * alone, so that nothing comes between his looking and his writing; all others
 * write side by side.
 */

export interface Turns {
  /** Beside others of this kind. */
  beside<Value>(key: string, work: () => Promise<Value>): Promise<Value>;
  /** With nobody else at it. */
  alone<Value>(key: string, work: () => Promise<Value>): Promise<Value>;
}

/** What is under way at one key: those beside each other, and the last one alone. */
type Line = { beside: Set<Promise<unknown>>; last: Promise<unknown>; waiting: number };

/** Turns of one process. */
export function openTurns(): Turns {
  const lines = new Map<string, Line>();

  const enter = (key: string): Line => {
    const line = lines.get(key) ?? { beside: new Set(), last: Promise.resolve(), waiting: 0 };
    lines.set(key, line);
    line.waiting += 1;
    return line;
  };
  const leave = (key: string, line: Line): void => {
    line.waiting -= 1;
    if (line.waiting === 0) lines.delete(key);
  };

  return {
    beside: async (key, work) => {
      const line = enter(key);
      const mine = line.last.then(work);
      const quiet = mine.catch(() => undefined);
      line.beside.add(quiet);
      try {
        return await mine;
      } finally {
        line.beside.delete(quiet);
        leave(key, line);
      }
    },
    alone: async (key, work) => {
      const line = enter(key);
      const before = Promise.all([line.last, ...line.beside]);
      const mine = before.then(work);
      line.last = mine.catch(() => undefined);
      try {
        return await mine;
      } finally {
        leave(key, line);
      }
    },
  };
}
