/**
 * The sockets of the bus, on libzmq. Node only: the library aborts Bun at its
 * first socket.
 *
 *     5555 XSUB ─ proxy ─ tap XPUB ─┬─ recorder, in chunks (chunks.ts)
 *                        (no drop)  └─ XSUB ─ proxy ─ 5556 XPUB
 *     confirmed and replayed (XPUB) ──┘
 *     5557 PULL ─ proxy ─ PUSH ─ recorder, in chunks
 *     5558 ROUTER
 *
 * Forwarding never passes through JavaScript: proxies of libzmq move the messages
 * in threads of their own. The tap gives every message both ways, so that nothing
 * is forwarded that is not also on its way to the recorder; when the recorder does
 * not read on, the first proxy stops, and publishers feel it. The second one never
 * does: a subscriber that is slow loses its own messages.
 *
 * With `safe` the second proxy is not fed by the tap but by the recorder's
 * owner, after each message is in the journal.
 */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BusStatus, Frames } from "@verbatim/core";
import * as zmq from "zeromq";
import { type Chunks, openChunks } from "./chunks.ts";
import type { ServerKeys } from "./keys.ts";
import { ASKERS, HANDED, PUBLISHERS, PUSHERS, SUBSCRIBERS, TAP, TAPPED } from "./options.ts";

/** Our own sockets find each other at once. */
const READY_MS = 5000;
/** What passed before we stop is read for so long at most. */
const LEFT_MS = 1000;
const QUIET_MS = 100;
/** A socket takes about a hundred bytes of path. */
const FOLDER_BYTES_MAX = 85;

export type LineOptions = {
  /** An address or a name of an interface; "127.0.0.1", "0.0.0.0". */
  readonly host: string;
  readonly ports: Ports;
  readonly safe: boolean;
  /** A folder for sockets of our own. */
  readonly run: string;
  /** CURVE keys, or null for none. */
  readonly keys: ServerKeys | null;
};

export type Ports = BusStatus["ports"];

/** A subscription that a subscriber made (`on`) or took back. */
export type Subscription = { readonly on: boolean; readonly prefix: Uint8Array };

export interface Line {
  /** What publishers sent, in order, some at a time. Not reading on makes them wait. */
  readonly published: AsyncIterable<readonly Frames[]>;
  readonly pushed: AsyncIterable<readonly Frames[]>;
  /** Requests, the client's identity first. */
  readonly asked: AsyncIterable<Frames>;
  readonly subscriptions: AsyncIterable<Subscription>;
  /** To all subscribers whose subscriptions fit. */
  publish(frames: Frames): Promise<void>;
  /** To one client: `full` when it does not read, `gone` when there is no such client any more. */
  answer(client: Uint8Array, frames: Frames): Promise<"sent" | "full" | "gone">;
  /** Messages that passed and are larger than any record may be. */
  tooLarge(): number;
  /**
   * Takes in nothing more, and resolves when what was forwarded has been given to
   * whoever reads `published` and `pushed`.
   */
  drain(): Promise<void>;
  close(): Promise<void>;
}

/** Binds all four ports, when everything behind them is ready. Throws the system's error for one that cannot be bound. */
export async function openLine(options: LineOptions): Promise<Line> {
  const sockets = socketsOf(options);
  const { publishers, subscribers, pushers, askers, tap, front, ours } = sockets;
  const inner = await innerFolder(options.run);
  const close = async (): Promise<void> => {
    for (const socket of Object.values(sockets)) if (!socket.closed) socket.close();
    await rm(inner, { recursive: true, force: true });
  };
  let read: { readonly published: Chunks; readonly pushed: Chunks };
  try {
    read = await openRecorderEnd(sockets, inner);
    if (!options.safe) front.connect("inproc://tap");
    ours.connect("inproc://front");
    await bindAll(sockets, options);
  } catch (error) {
    await close();
    throw error;
  }
  const forward = new zmq.Proxy(front, subscribers);
  const intake = [new zmq.Proxy(publishers, tap), new zmq.Proxy(pushers, sockets.handed)];
  const stopTaking = stopOnce(intake);
  const stopForwarding = stopOnce([forward]);
  const { published, pushed } = read;
  const answer = oneByOne((frames: Frames) => sent(askers, frames));
  return {
    published,
    pushed,
    asked: askers,
    subscriptions: subscriptionsOf(ours),
    publish: oneByOne((frames: Frames) => ours.send([...frames])),
    answer: (client, frames) => answer([client, ...frames]),
    tooLarge: () => published.tooLarge() + pushed.tooLarge(),
    drain: async () => {
      await stopTaking();
      await quiet([published, pushed]);
    },
    close: async () => {
      await stopTaking();
      await stopForwarding();
      await close();
    },
  };
}

/** Only we may open it. Where the folder's path is too long for a socket, one with a short name is made. */
async function innerFolder(run: string): Promise<string> {
  const inner = join(run, "bus");
  if (Buffer.byteLength(inner) > FOLDER_BYTES_MAX) return await mkdtemp(join(tmpdir(), "vb-bus-"));
  await mkdir(inner, { recursive: true, mode: 0o700 });
  return inner;
}

/** Runs proxies; what is given ends them, once. A proxy that is not ended keeps the process from ending. */
function stopOnce(proxies: readonly Pick<zmq.Proxy, "run" | "terminate">[]): () => Promise<void> {
  const running = proxies.map((proxy) => proxy.run());
  let stopping: Promise<void> | null = null;
  return () => {
    stopping ??= (async () => {
      for (const proxy of proxies) proxy.terminate();
      await Promise.allSettled(running);
    })();
    return stopping;
  };
}

type Sockets = ReturnType<typeof socketsOf>;

function socketsOf({ keys, host }: LineOptions) {
  const curve = keys === null ? {} : { curveServer: true, curveSecretKey: keys.secretKey };
  const outside = { ...curve, ipv6: host.includes(":") };
  return {
    publishers: new zmq.XSubscriber({ ...PUBLISHERS, ...outside }),
    subscribers: new zmq.XPublisher({ ...SUBSCRIBERS, ...outside }),
    pushers: new zmq.Pull({ ...PUSHERS, ...outside }),
    askers: new zmq.Router({ ...ASKERS, ...outside }),
    tap: new zmq.XPublisher({ ...TAP, receiveTimeout: READY_MS }),
    handed: new zmq.Push(HANDED),
    front: new zmq.XSubscriber(TAPPED),
    ours: new zmq.XPublisher({ linger: 0, verbosity: "allSubsUnsubs", noDrop: true }),
  };
}

/** The recorder's end of the tap. It is heard there before anybody can send: else the first messages would pass it by. */
async function openRecorderEnd(
  { tap, handed, front, publishers }: Sockets,
  inner: string,
): Promise<{ readonly published: Chunks; readonly pushed: Chunks }> {
  const paths = { published: join(inner, "published"), pushed: join(inner, "pushed") };
  await tap.bind("inproc://tap");
  await tap.bind(`ipc://${paths.published}`);
  await handed.bind(`ipc://${paths.pushed}`);
  await front.bind("inproc://front");
  const read = {
    published: openChunks(paths.published, "SUB"),
    pushed: openChunks(paths.pushed, "PULL"),
  };
  await tap.receive();
  // Taken from the tap by us, so passed on by us: everything is wanted.
  await publishers.send(Buffer.of(1));
  return read;
}

async function bindAll(sockets: Sockets, { host, ports }: LineOptions): Promise<void> {
  const at = (port: number): string => `tcp://${bracketed(host)}:${port}`;
  await sockets.subscribers.bind(at(ports.subscribe));
  await sockets.askers.bind(at(ports.confirm));
  await sockets.publishers.bind(at(ports.publish));
  await sockets.pushers.bind(at(ports.push));
}

/** Resolves when nothing has come for a moment, or does not stop coming. */
async function quiet(all: readonly Chunks[]): Promise<void> {
  const end = performance.now() + LEFT_MS;
  while (performance.now() < end && all.some((one) => one.quietMs() < QUIET_MS))
    await new Promise((resolve) => setTimeout(resolve, QUIET_MS / 4));
}

function bracketed(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

/** A socket of this library sends one message at a time; calls wait for their turn. */
function oneByOne<Given, Value>(
  work: (given: Given) => Promise<Value>,
): (given: Given) => Promise<Value> {
  let last: Promise<unknown> = Promise.resolve();
  return (given) => {
    const mine = last.then(() => work(given));
    last = mine.catch(() => undefined);
    return mine;
  };
}

async function sent(askers: zmq.Router, frames: Frames): Promise<"sent" | "full" | "gone"> {
  try {
    await askers.send([...frames].map(asBuffer));
    return "sent";
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : "";
    if (code === "EAGAIN") return "full";
    if (code === "EHOSTUNREACH") return "gone";
    throw error;
  }
}

function asBuffer(frame: Uint8Array): Buffer {
  return Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength);
}

async function* subscriptionsOf(ours: zmq.XPublisher): AsyncGenerator<Subscription> {
  for await (const [frame] of ours) {
    if (frame !== undefined && frame.length > 0)
      yield { on: frame[0] === 1, prefix: frame.subarray(1) };
  }
}
