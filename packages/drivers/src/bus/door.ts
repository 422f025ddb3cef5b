/**
 * The door of a bus with keys: ZAP (RFC 27), asked by libzmq about every client
 * that connects. Without somebody at it, CURVE lets in whoever comes with a key.
 */
import { Reply } from "zeromq";

const VERSION = "1.0";
/** Z85 (RFC 32): the digits of base 85, as keys are written. */
const Z85 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";

/** Stands at the door until it is closed. Must be there before the first socket with keys is bound. */
export async function openDoor(
  isAllowed: (publicKey: string) => Promise<boolean>,
  refused: (address: string) => void,
): Promise<{ close(): void }> {
  const door = new Reply({ linger: 0 });
  await door.bind("inproc://zeromq.zap.01");
  void (async () => {
    for await (const [, id, , address, , mechanism, key] of door) {
      const isKnown =
        mechanism?.toString() === "CURVE" && key !== undefined && (await isAllowed(z85Of(key)));
      if (!isKnown) refused(address?.toString() ?? "");
      const [status, why] = isKnown ? ["200", "OK"] : ["400", "this key is not on the list"];
      await door.send([VERSION, id ?? "", status, why, "", ""]);
    }
  })();
  return { close: () => door.close() };
}

/** Bytes, a multiple of four of them, in Z85. */
function z85Of(bytes: Uint8Array): string {
  let text = "";
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    let value = view.getUint32(at);
    let part = "";
    for (let digit = 0; digit < 5; digit += 1) {
      part = (Z85[value % 85] ?? "") + part;
      value = Math.floor(value / 85);
    }
    text += part;
  }
  return text;
}
