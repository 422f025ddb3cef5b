/**
 * Our own clients of the bus, for `verbatim bus send | listen | replay | keys`.
 * What to do comes as JSON in the first argument, checked by whoever started us.
 */
import "../node20.ts";
import { readFileSync } from "node:fs";
import { type Frames, VerbatimError } from "@verbatim/core";
import {
  allowedKeys,
  type ClientOptions,
  clientKeys,
  newClient,
  openAsker,
  openEar,
  openVoice,
  serverKeys,
} from "@verbatim/drivers/bus";
import { configFrom } from "../config.ts";
import { clientOf, type Deed } from "./deeds.ts";

const said: Deed = JSON.parse(process.argv[2] ?? "{}");
const stop = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const) process.on(name, () => stop.abort());
process.stdout.on("error", () => process.exit(0));

try {
  const config = configFrom(process.env);
  const options = async (): Promise<ClientOptions> => ({
    host: config.host,
    ports: config.ports,
    keys: config.curve
      ? { ...(await clientKeys(config.home)), serverKey: (await serverKeys(config.home)).publicKey }
      : null,
  });
  const client = clientOf({
    voice: async () => openVoice(await options()),
    asker: async () => openAsker(await options()),
    ear: async (topics: readonly string[]) => openEar(await options(), topics),
    stdin: (): Frames => [readFileSync(0)],
    serverKey: async () => (await serverKeys(config.home)).publicKey,
    newKey: (name) => newClient(config.home, name),
    allowed: () => allowedKeys(config.home),
    out: (text) => void process.stdout.write(`${text}\n`),
    signal: stop.signal,
  });
  process.exitCode = await client(said);
  setTimeout(() => process.exit(), 500).unref();
} catch (error) {
  const why = error instanceof Error ? error.message : String(error);
  process.stderr.write(`verbatim: ${why}\n`);
  process.exit(error instanceof VerbatimError ? 78 : 75);
}
