/**
 * The bus: agents talk over ZeroMQ, everything they say is recorded.
 *
 * Runs on Node, bundled (docs/decisions/0010-the-bus-runs-on-node.md). Its ports
 * are opened when ingest has said how far the record is, so that there is no
 * moment in which messages are taken and cannot be recorded or replayed.
 */
import "./node20.ts";
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { busMessageId, busStatusOf, FILES, type Intake, VerbatimError } from "@verbatim/core";
import {
  allowedKeys,
  type ClientOptions,
  clientKeys,
  type Line,
  openAsker,
  openDoor,
  openLine,
  openVoice,
  serverKeys,
} from "@verbatim/drivers/bus";
import { openIntake } from "@verbatim/drivers/intake";
import { openJournalReader } from "@verbatim/drivers/journal";
import { openLog, run, writeWhole } from "@verbatim/drivers/process";
import { openBus } from "./bus.ts";
import { type Config, configFrom } from "./config.ts";
import { keepNote } from "./note.ts";
import { pastOf } from "./past.ts";

/** What waits for its receipt when we stop gets this long. */
const DRAIN_MS = 5000;
const INGEST_MS = 100;
/** The note is written every second. */
const NOTE_MS = 3000;

const log = openLog("bus");

await run(async (signal, opened) => {
  const config = configFrom(process.env);
  const wait = async (ms: number): Promise<void> => {
    await pause(ms, undefined, { signal }).catch(() => undefined);
  };
  await onlyOne(join(config.home, FILES.busFile));
  const intake = openIntake(join(config.home, FILES.intakeSocket));
  opened.defer(() => intake.close());
  const journal = openJournalReader(join(config.home, FILES.journal));
  const safeTo = await heardTo(intake, wait, signal);
  if (safeTo === null) return;
  const past = await pastOf(journal, safeTo);
  const { line, keys } = await openPorts(config, opened);
  const client = { host: config.host, ports: config.ports, keys };
  const [voice, asker] = [openVoice(client), openAsker(client)];
  const bus = openBus({
    ...{ config, intake, journal, past, line, wait, signal, log },
    canary: {
      ...{ voice, asker, newId: randomUUID },
      idOf: (message) =>
        busMessageId(message, (data) => createHash("sha256").update(data).digest("hex")),
    },
    start: randomBytes(6).toString("hex"),
    pid: process.pid,
    now: () => new Date(),
  });
  opened.defer(() => line.close());
  opened.defer(async () => {
    voice.close();
    asker.close();
    await Promise.race([bus.drain(), pause(DRAIN_MS)]);
  });
  const note = keepNote({
    ...{ status: bus.status, wait, isStopped: () => signal.aborted },
    write: (text) => writeWhole(join(config.home, FILES.busFile), text),
    failed: (why) => log.warn("note_failed", { why }),
  });
  log.info("ready", { host: config.host, ...config.ports, curve: config.curve });
  await Promise.race([bus.run(), note, stopped(signal)]);
  if (!signal.aborted) throw new Error("a socket of the bus closed by itself");
}, log);

/** Two buses on one home would each miss what the other records. A note of one that lives is a moment old. */
async function onlyOne(notePath: string): Promise<void> {
  const note = busStatusOf(await readFile(notePath, "utf8").catch(() => ""));
  if (
    note === null ||
    note.pid === process.pid ||
    Date.now() - Date.parse(note.written_at) > NOTE_MS
  )
    return;
  try {
    process.kill(note.pid, 0);
  } catch {
    return;
  }
  throw new VerbatimError(
    "already_running",
    `a bus runs on this home already, pid ${note.pid}, port ${note.ports.publish}`,
  );
}

/** How far the journal is safe, as soon as ingest says so; null when we are stopped before. */
async function heardTo(
  intake: Pick<Intake, "status">,
  wait: (ms: number) => Promise<void>,
  signal: AbortSignal,
): Promise<number | null> {
  for (let told = false; !signal.aborted; told = true) {
    try {
      return (await intake.status()).heard;
    } catch (error) {
      if (!told) log.info("waiting_for_ingest", { why: String(error) });
      await wait(INGEST_MS);
    }
  }
  return null;
}

type Opened = { readonly line: Line; readonly keys: ClientOptions["keys"] };

/** The sockets, behind a door where there are keys. Beyond this machine nobody listens without them. */
async function openPorts(config: Config, opened: AsyncDisposableStack): Promise<Opened> {
  if (!config.curve) return { line: await bound(config, null), keys: null };
  const { home } = config;
  if ((await allowedKeys(home)).size === 0) {
    throw new VerbatimError(
      "config_invalid",
      `nobody is allowed to connect to a bus on ${config.host} yet; make a key for each client: verbatim bus keys --new NAME`,
    );
  }
  const server = await serverKeys(home);
  const door = await openDoor(server.isAllowed, (address) => log.warn("refused", { address }));
  opened.defer(() => door.close());
  const line = await bound(config, server);
  return { line, keys: { ...(await clientKeys(home)), serverKey: server.publicKey } };
}

async function bound(
  { home, host, ports, safe }: Pick<Config, "home" | "host" | "ports" | "safe">,
  keys: Parameters<typeof openLine>[0]["keys"],
): Promise<Line> {
  try {
    return await openLine({ host, ports, safe, keys, run: join(home, FILES.run) });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new VerbatimError(
      "config_invalid",
      `the ports ${ports.publish} to ${ports.confirm} on ${host} cannot all be used (${why}); choose others: verbatim up --bus-port 6555, or go without: --no-bus`,
      { cause },
    );
  }
}

async function stopped(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
}
