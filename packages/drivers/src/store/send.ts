/** Sending rows by COPY over a connection. */
import { VerbatimError } from "@verbatim/core";
import type pg from "pg";
import { from } from "pg-copy-streams";

/** Bytes handed to the socket at once, so that its backpressure is felt. */
const PIECE_BYTES: number = 256 * 1024;
/** A COPY that takes longer than this has lost its server. */
const COPY_MS = 60_000;

/** Runs `COPY <target> FROM STDIN` with binary rows. The transaction is the caller's. */
export async function send(client: pg.PoolClient, target: string, rows: Uint8Array): Promise<void> {
  const stream = client.query(from(`COPY ${target} FROM STDIN WITH (FORMAT binary)`));
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      const late = new VerbatimError(
        "postgres_unreachable",
        `Postgres did not take the rows within ${COPY_MS} ms`,
      );
      stream.destroy(late);
      reject(late);
    }, COPY_MS);
    const done = (error?: Error): void => {
      clearTimeout(timer);
      if (error === undefined) resolve();
      else reject(error);
    };
    stream.once("error", done);
    stream.once("finish", () => done());
    for (let at = 0; at < rows.length; at += PIECE_BYTES)
      stream.write(rows.subarray(at, at + PIECE_BYTES));
    stream.end();
  });
}
