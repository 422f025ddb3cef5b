/** Messages of a socket of libzmq in our own process, read in chunks over a unix socket (core/bus/zmtp.ts). */
import { connect, type Socket } from "node:net";
import { type Frames, openZmtpDecoder, ZMTP_SUBSCRIPTION, zmtpHello } from "@verbatim/core";
import { FRAME_BYTES_MAX } from "./options.ts";

export interface Chunks extends AsyncIterable<readonly Frames[]> {
  /** Messages that were larger than any record may be, and were passed over. */
  tooLarge(): number;
  /** Milliseconds since anything came. */
  quietMs(): number;
}

/**
 * Connects to a bound ipc address and gives what is sent, some hundred messages
 * at a time. Not reading on makes libzmq wait. The subscription of a SUB is on its way at once. Iterating throws when
 * what comes is no ZMTP.
 */
export function openChunks(path: string, socketType: "SUB" | "PULL"): Chunks {
  const decoder = openZmtpDecoder(FRAME_BYTES_MAX);
  const socket: Socket = connect(path);
  socket.write(zmtpHello(socketType));
  let isHeard = socketType !== "SUB";
  let last = performance.now();

  /** A subscription may be said when the other end is ready, and not before. */
  function subscribe(): void {
    if (isHeard || !decoder.isReady()) return;
    socket.write(ZMTP_SUBSCRIPTION);
    isHeard = true;
  }

  async function* messages(): AsyncGenerator<readonly Frames[]> {
    for await (const bytes of socket) {
      last = performance.now();
      const read = decoder.push(bytes);
      if (!read.ok) throw new Error(`a socket of the bus sent ${read.why}`);
      subscribe();
      if (read.value.length > 0) yield read.value;
    }
  }

  const all = messages();
  // Greetings are exchanged before anybody asks for messages: the first step is taken now.
  const first = all.next();
  first.catch(() => undefined);
  return {
    [Symbol.asyncIterator]: async function* () {
      const { done, value } = await first;
      if (done !== true) yield value;
      yield* all;
    },
    tooLarge: decoder.tooLarge,
    quietMs: () => performance.now() - last,
  };
}
