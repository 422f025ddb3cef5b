/** Messages of a socket of libzmq in our own process, read in chunks over a unix socket (core/bus/zmtp.ts). */
import { connect } from "node:net";
import { type Frames, openZmtpDecoder, ZMTP_SUBSCRIPTION, zmtpHello } from "@verbatim/core";
import { FRAME_BYTES_MAX } from "./options.ts";

/**
 * Connects to a bound ipc address and gives what is sent, some hundred messages
 * at a time. Not reading on makes libzmq wait. Frames are valid until the next
 * step. Throws when the other end goes away, which it does only with us.
 */
export async function* chunksOf(
  path: string,
  socketType: "SUB" | "PULL",
): AsyncGenerator<readonly Frames[]> {
  const socket = connect(path);
  socket.write(zmtpHello(socketType));
  const decoder = openZmtpDecoder(FRAME_BYTES_MAX);
  let isHeard = socketType !== "SUB";
  for await (const bytes of socket) {
    const messages = decoder.push(bytes);
    if (!messages.ok) throw new Error(`a socket of the bus sent ${messages.why}`);
    if (!isHeard && decoder.isReady()) {
      socket.write(ZMTP_SUBSCRIPTION);
      isHeard = true;
    }
    if (messages.value.length > 0) yield messages.value;
  }
}
