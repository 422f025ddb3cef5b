/** Waiting, but not for ever. */

/** Why a wait was given up. Internal to shutdown and checks: callers decide what it means. */
export class DeadlinePassed extends Error {
  override readonly name: string = "DeadlinePassed";
}

/** The promise's value, or DeadlinePassed after `ms`. What it waited for goes on by itself. */
export async function withDeadline<Value>(
  ms: number,
  what: string,
  promise: Promise<Value>,
): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DeadlinePassed(`${what} took longer than ${ms} ms`)), ms);
  });
  promise.catch(() => undefined);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
