/**
 * A real S3-compatible server for tests: it keeps what it is given in a folder and
 * knows who may ask, by the name of the key; version 4 signatures it does not check.
 */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const BIN = fileURLToPath(import.meta.resolve("s3rver/bin/s3rver.js"));
const READY_MS_MAX = 20_000;
export const BUCKET = "records";

export type TestS3 = AsyncDisposable & { readonly env: Readonly<Record<string, string>> };

/** Starts it on a free port. */
export async function testS3(): Promise<TestS3> {
  const probe = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => {} } });
  const { port } = probe;
  probe.stop(true);
  const server = Bun.spawn(
    [
      ...[process.execPath, BIN, "-d", mkdtempSync(join(tmpdir(), "vb-s3-")), "-s"],
      ...["-a", "127.0.0.1", "-p", `${port}`, "--configure-bucket", BUCKET],
    ],
    { stdout: "ignore", stderr: "pipe" },
  );
  const endpoint = `http://127.0.0.1:${port}`;
  const until = Date.now() + READY_MS_MAX;
  while (
    !(await fetch(endpoint).then(
      () => true,
      () => false,
    ))
  ) {
    if (Date.now() > until || server.exitCode !== null)
      throw new Error(`the S3 server did not start: ${await new Response(server.stderr).text()}`);
    await Bun.sleep(50);
  }
  return {
    env: {
      VERBATIM_S3_ENDPOINT: endpoint,
      VERBATIM_S3_REGION: "us-east-1",
      VERBATIM_S3_ACCESS_KEY_ID: "S3RVER",
      VERBATIM_S3_SECRET_ACCESS_KEY: "S3RVER",
    },
    [Symbol.asyncDispose]: async () => {
      server.kill();
      await server.exited;
    },
  };
}
