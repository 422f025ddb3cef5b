/**
 * Making the frames of the intake socket; frames.ts says what they are and reads
 * them. Pure.
 */
import { HEAD_BYTES, RECORD_HEAD_BYTES, REFUSED, STATUSES } from "./frames.ts";
import type { Offered, Receipt } from "./port.ts";

const encoder: TextEncoder = new TextEncoder();
/** A reason longer than this is cut: it is for a person. */
const WHY_CHARS_MAX = 2000;

/** Records as frames, in order, in one piece. Throws nothing: bounds are the caller's to have checked. */
export function encodeOffered(batch: readonly Offered[]): Uint8Array {
  let most = 0;
  for (const one of batch) {
    most += HEAD_BYTES + RECORD_HEAD_BYTES + (one.source.length + one.key.length) * 3;
    most += one.raw.length;
  }
  const bytes = new Uint8Array(most);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const { source, key, once, raw } of batch) {
    const textAt = at + HEAD_BYTES + RECORD_HEAD_BYTES;
    const sourceBytes = encoder.encodeInto(source, bytes.subarray(textAt)).written;
    const keyAt = textAt + sourceBytes;
    const keyBytes = encoder.encodeInto(key, bytes.subarray(keyAt)).written;
    const rawAt = keyAt + keyBytes;
    bytes.set(raw, rawAt);
    const end = rawAt + raw.length;
    view.setUint32(at, end - at - 4);
    bytes[at + 4] = 1;
    bytes[at + 5] = once ? 1 : 0;
    bytes[at + 6] = sourceBytes;
    view.setUint16(at + 7, keyBytes);
    at = end;
  }
  return bytes.subarray(0, at);
}

/** A question to the writer. */
export function encodeControl(id: number, ask: unknown): Uint8Array {
  return numbered(id, ask);
}

/** The answer to a control of that id. */
export function encodeReply(id: number, value: unknown): Uint8Array {
  return numbered(id, value);
}

function numbered(id: number, value: unknown): Uint8Array {
  const text = encoder.encode(JSON.stringify(value));
  const body = new Uint8Array(4 + text.length);
  new DataView(body.buffer).setUint32(0, id);
  body.set(text, 4);
  return framed(2, body);
}

/** Why the connection ends. */
export function encodeGoodbye(why: string): Uint8Array {
  return framed(3, encoder.encode(why));
}

/** Receipts, one for each record, in the order of the records. */
export function encodeReceipts(receipts: readonly Receipt[]): Uint8Array {
  const reasons = receipts.map((one) => (one.status === "refused" ? reasonBytes(one) : null));
  const body = new Uint8Array(reasons.reduce((sum, why) => sum + (why?.length ?? 9), 0));
  const view = new DataView(body.buffer);
  let at = 0;
  receipts.forEach((receipt, index) => {
    const why = reasons[index];
    if (receipt.status === "refused") {
      if (why) body.set(why, at);
      at += why?.length ?? 0;
    } else {
      body[at] = STATUSES.indexOf(receipt.status);
      view.setFloat64(at + 1, receipt.seq);
      at += 9;
    }
  });
  return framed(1, body);
}

function reasonBytes(refused: { readonly code: string; readonly message: string }): Uint8Array {
  const reason = [refused.code, refused.message.slice(0, WHY_CHARS_MAX)];
  const why = encoder.encode(JSON.stringify(reason));
  const bytes = new Uint8Array(3 + why.length);
  bytes[0] = REFUSED;
  new DataView(bytes.buffer).setUint16(1, why.length);
  bytes.set(why, 3);
  return bytes;
}

function framed(kind: number, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HEAD_BYTES + body.length);
  new DataView(bytes.buffer).setUint32(0, 1 + body.length);
  bytes[4] = kind;
  bytes.set(body, HEAD_BYTES);
  return bytes;
}
