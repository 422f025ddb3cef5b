/** Waiting with a bound (A5): whatever is away, somebody who asked gets an answer. */

/** The value, or null when it takes longer; what comes later is nobody's any more. */
export async function within<Value>(ms: number, waited: Promise<Value>): Promise<Value | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<null>((resolve) => {
    // What came while we ourselves were busy is not late: it is looked at first.
    timer = setTimeout(() => setImmediate(() => resolve(null)), ms);
  });
  // The race may be over when it fails; that is then known to whoever looks next.
  waited.catch(() => undefined);
  try {
    return await Promise.race([waited, late]);
  } finally {
    clearTimeout(timer);
  }
}
