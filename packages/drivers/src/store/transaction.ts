/** Work that is done whole or not at all. */
import type pg from "pg";

/** Work in one transaction; a connection that failed inside it is not used again. */
export async function inTransaction<Value>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<Value>,
  begin = "BEGIN",
): Promise<Value> {
  const client = await pool.connect();
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
    client.release(failed);
  }
}
