/** Waiting that ends when it is told to, and how long to wait between tries. */

/** The longest wait between two tries. */
const WAIT_MS_MAX = 30_000;

/** Resolves after so long; throws the signal's reason when it is aborted before. */
export async function wait(ms: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal?.addEventListener("abort", stop, { once: true });
  });
}

/**
 * Before the `tries`-th try again: twice as long each time, and anything between
 * half of it and all of it, so that many who failed together do not come again
 * together.
 */
export function backoffMs(tries: number, firstMs: number, random: () => number): number {
  const whole = Math.min(WAIT_MS_MAX, firstMs * 2 ** Math.min(tries, 20));
  return Math.round(whole * (0.5 + random() / 2));
}

/** What Retry-After says: seconds, or a date; null when it says nothing that can be read. */
export function retryAfterOf(header: string | null, nowMs: number): number | null {
  if (header === null || header.trim() === "") return null;
  const seconds = Number(header);
  const ms = Number.isNaN(seconds) ? Date.parse(header) - nowMs : seconds * 1000;
  return Number.isNaN(ms) ? null : Math.min(WAIT_MS_MAX, Math.max(0, ms));
}
