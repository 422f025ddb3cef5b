/** Work that is done whole or not at all. */
import type pg from "pg";

/**
 * What gives a connection back, once. Whoever stops it destroys it at once, in
 * the middle of a statement too: that rolls back, whatever ran on it. (V47)
 */
export function givingBack(
  client: pg.PoolClient,
  signal: AbortSignal | undefined,
): (failed?: Error | boolean) => void {
  let isHeld = true;
  const give = (failed?: Error | boolean): void => {
    signal?.removeEventListener("abort", stop);
    if (isHeld) client.release(failed);
    isHeld = false;
  };
  const stop = (): void => give(true);
  signal?.addEventListener("abort", stop);
  if (signal?.aborted === true) stop();
  return give;
}

/** Work in one transaction; a connection that failed inside it is not used again. */
export async function inTransaction<Value>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<Value>,
  {
    begin = "BEGIN",
    signal,
  }: { readonly begin?: string; readonly signal?: AbortSignal | undefined } = {},
): Promise<Value> {
  const client = await pool.connect();
  const giveBack = givingBack(client, signal);
  let failed: Error | undefined;
  try {
    await client.query(begin);
    const value = await work(client);
    await client.query("COMMIT");
    return value;
  } catch (error) {
    failed = error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    // Destroying the connection rolls back, whatever state it is in.
    giveBack(failed);
  }
}
