/** Our own clients of the bus: what the canary and `verbatim bus` speak through. */
import type { Frames } from "@verbatim/core";
import * as zmq from "zeromq";
import type { KeyPair } from "./keys.ts";
import type { Ports } from "./line.ts";
import { CLIENT } from "./options.ts";

export type ClientOptions = {
  readonly host: string;
  readonly ports: Ports;
  /** Keys for a bus that wants them: the server's public key and our own pair. */
  readonly keys: (KeyPair & { readonly serverKey: string }) | null;
};

/** Publishes on 5555. */
export interface Voice {
  /** Sent, once somebody listens; rejects when nobody does within `ms`. */
  publish(frames: Frames, ms: number): Promise<void>;
  close(): void;
}

/** Asks on 5558. */
export interface Asker {
  ask(frames: Frames): Promise<void>;
  /** The next answer; rejects when there is none within `ms`. */
  answer(ms: number): Promise<Frames>;
  close(): void;
}

/** Hears on 5556. */
export interface Ear extends AsyncIterable<Frames> {
  close(): void;
}

/** An XPUB and no PUB, because that one can be told when the bus has subscribed: nothing is sent into the void. */
export function openVoice(options: ClientOptions): Voice {
  const socket = new zmq.XPublisher({ ...CLIENT, ...curveOf(options) });
  socket.connect(addressOf(options, options.ports.publish));
  let listened = false;
  return {
    publish: async (frames, ms) => {
      if (!listened) {
        socket.receiveTimeout = ms;
        await socket.receive();
        listened = true;
      }
      await socket.send([...frames].map((frame) => Buffer.from(frame)));
    },
    close: () => socket.close(),
  };
}

/** A DEALER, which may ask again before it is answered. */
export function openAsker(options: ClientOptions): Asker {
  const socket = new zmq.Dealer({ ...CLIENT, ...curveOf(options) });
  socket.connect(addressOf(options, options.ports.confirm));
  return {
    ask: (frames) => socket.send([...frames].map((frame) => Buffer.from(frame))),
    answer: (ms) => {
      socket.receiveTimeout = ms;
      return socket.receive();
    },
    close: () => socket.close(),
  };
}

/** Subscribes to prefixes of topics. */
export function openEar(options: ClientOptions, topics: readonly string[]): Ear {
  const socket = new zmq.Subscriber({ ...CLIENT, ...curveOf(options) });
  socket.connect(addressOf(options, options.ports.subscribe));
  socket.subscribe(...topics);
  return {
    [Symbol.asyncIterator]: () => socket[Symbol.asyncIterator](),
    close: () => socket.close(),
  };
}

function addressOf({ host }: ClientOptions, port: number): string {
  const local = host === "0.0.0.0" || host === "::" || host === "*" ? "127.0.0.1" : host;
  return `tcp://${local.includes(":") ? `[${local}]` : local}:${port}`;
}

function curveOf({ keys }: ClientOptions): object {
  if (keys === null) return {};
  return {
    curveServerKey: keys.serverKey,
    curvePublicKey: keys.publicKey,
    curveSecretKey: keys.secretKey,
  };
}
