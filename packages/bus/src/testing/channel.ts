/** Things put in at one end come out at the other, in order; and waiting without a clock. */

export type Channel<Value> = {
  put(value: Value): void;
  close(): void;
  /** Values that nobody has taken yet. */
  waiting(): number;
  readonly values: AsyncIterable<Value>;
};

/** A channel with nothing in it. */
export function openChannel<Value>(): Channel<Value> {
  const queue: Value[] = [];
  let isClosed = false;
  let wake = Promise.withResolvers<void>();

  async function* values(): AsyncGenerator<Value> {
    for (;;) {
      const [first] = queue;
      if (first !== undefined) {
        queue.shift();
        yield first;
      } else if (isClosed) return;
      else await wake.promise;
    }
  }

  function changed(): void {
    wake.resolve();
    wake = Promise.withResolvers();
  }

  return {
    put: (value) => {
      queue.push(value);
      changed();
    },
    close: () => {
      isClosed = true;
      changed();
    },
    waiting: () => queue.length,
    values: values(),
  };
}

/** Lets everybody else go on, as often as is said. */
export async function turns(count: number): Promise<void> {
  for (let at = 0; at < count; at += 1) await new Promise((resolve) => setImmediate(resolve));
}

const TURNS_MAX = 5000;

/** Resolves when it has come true; throws when it does not. */
export async function until(isSo: () => boolean, what: string): Promise<void> {
  for (let at = 0; at < TURNS_MAX; at += 1) {
    if (isSo()) return;
    await turns(1);
  }
  throw new Error(`it never came true that ${what}`);
}
