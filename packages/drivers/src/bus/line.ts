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
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Frames } from "@verbatim/core";
import * as zmq from "zeromq";
import { chunksOf } from "./chunks.ts";
import type { ServerKeys } from "./keys.ts";
import { ASKERS, PUBLISHERS, PUSHERS, SUBSCRIBERS, TAP, TAPPED } from "./options.ts";

export type LineOptions = {
  /** An address or a name of an interface; "127.0.0.1", "0.0.0.0". */
  readonly host: string;
  readonly ports: Ports;
  readonly safe: boolean;
  /** CURVE keys, or null for none. */
  readonly keys: ServerKeys | null;
};

export type Ports = {
  readonly publish: number;
  readonly subscribe: number;
  readonly push: number;
  readonly confirm: number;
};

/** A subscription that a subscriber made (`on`) or took back. */
export type Subscription = { readonly on: boolean; readonly prefix: Uint8Array };

export interface Line {
  /** What publishers sent, in order, some at a time, valid until the next step. Not reading on makes them wait. */
  readonly published: AsyncIterable<readonly Frames[]>;
  readonly pushed: AsyncIterable<readonly Frames[]>;
  /** Requests, the client's identity first. */
  readonly asked: AsyncIterable<Frames>;
  readonly subscriptions: AsyncIterable<Subscription>;
  /** To all subscribers whose subscriptions fit. */
  publish(frames: Frames): Promise<void>;
  /** To one client: `full` when it does not read, `gone` when there is no such client any more. */
  answer(client: Uint8Array, frames: Frames): Promise<"sent" | "full" | "gone">;
  close(): Promise<void>;
}

/** Binds all four ports. Throws the system's error for one that cannot be bound. */
export async function openLine(options: LineOptions): Promise<Line> {
  const { keys } = options;
  const curve = keys === null ? {} : { curveServer: true, curveSecretKey: keys.secretKey };
  const publishers = new zmq.XSubscriber({ ...PUBLISHERS, ...curve });
  const subscribers = new zmq.XPublisher({ ...SUBSCRIBERS, ...curve });
  const pushers = new zmq.Pull({ ...PUSHERS, ...curve });
  const askers = new zmq.Router({ ...ASKERS, ...curve });
  const tap = new zmq.XPublisher(TAP);
  const handed = new zmq.Push({ sendHighWaterMark: 1000, linger: 0 });
  const front = new zmq.XSubscriber(TAPPED);
  const ours = new zmq.XPublisher({ linger: 0, verbosity: "allSubsUnsubs", noDrop: true });
  const all = [publishers, subscribers, pushers, askers, tap, handed, front, ours];
  // Only we may open it, and its path is short enough for a socket wherever home is.
  const inner = await mkdtemp(join(tmpdir(), "vb-bus-"));
  const at = (port: number): string => `tcp://${bracketed(options.host)}:${port}`;
  try {
    await publishers.bind(at(options.ports.publish));
    await subscribers.bind(at(options.ports.subscribe));
    await pushers.bind(at(options.ports.push));
    await askers.bind(at(options.ports.confirm));
    await tap.bind("inproc://tap");
    await tap.bind(`ipc://${join(inner, "published")}`);
    await handed.bind(`ipc://${join(inner, "pushed")}`);
    await front.bind("inproc://front");
  } catch (error) {
    for (const socket of all) socket.close();
    await rm(inner, { recursive: true, force: true });
    throw error;
  }
  if (!options.safe) front.connect("inproc://tap");
  ours.connect("inproc://front");
  const proxies = [
    new zmq.Proxy(publishers, tap),
    new zmq.Proxy(front, subscribers),
    new zmq.Proxy(pushers, handed),
  ];
  const running = proxies.map((proxy) => proxy.run());
  const publish = oneByOne((frames: Frames) => ours.send([...frames]));
  const answer = oneByOne((frames: Frames) => sent(askers, frames));
  return {
    published: chunksOf(join(inner, "published"), "SUB"),
    pushed: chunksOf(join(inner, "pushed"), "PULL"),
    asked: askers,
    subscriptions: subscriptionsOf(ours),
    publish,
    answer: (client, frames) => answer([client, ...frames]),
    close: async () => {
      for (const proxy of proxies) proxy.terminate();
      await Promise.allSettled(running);
      for (const socket of all) if (!socket.closed) socket.close();
      await rm(inner, { recursive: true, force: true });
    },
  };
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
