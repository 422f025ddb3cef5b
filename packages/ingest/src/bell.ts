/** Waiting for whichever comes first: being rung, a time, or the end. */

export interface Bell {
  ring(): void;
  /** Resolves at once when it was rung since the last wait. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

/** A bell that has not been rung. */
export function openBell(): Bell {
  let rung = false;
  let wake: () => void = () => {};
  return {
    ring: () => {
      rung = true;
      wake();
    },
    wait: async (ms, signal) => {
      if (!rung && !signal.aborted) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
          signal.addEventListener("abort", wake, { once: true });
        }).finally(() => signal.removeEventListener("abort", wake));
      }
      rung = false;
    },
  };
}
