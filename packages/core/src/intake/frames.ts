/**
 * The bytes on the intake socket.
 *
 * A frame is its length (u32, big-endian, of what follows), a kind (u8), and a
 * body. Numbers are big-endian; a seq is a float64, exact to 2^53.
 *
 *   client -> writer
 *   1 record    once u8 · source length u8 · key length u16 · source · key · raw
 *   2 control   id u32 · JSON
 *   writer -> client
 *   1 receipts  each: status u8 · seq f64, or status 3 · length u16 · JSON [code, message]
 *   2 reply     id u32 · JSON
 *   3 goodbye   why, for a person; the connection ends after it
 *
 *   I4  However the bytes arrive in pieces, the frames are the same.
 *   I5  Bytes that are no frame are refused at once with a reason, and never
 *       make anyone wait for, or make room for, more than a frame may hold.
 *
 * A record's raw bytes are a view into what arrived, not a copy. Pure. Frames
 * are made in encode.ts.
 */
import { KEY_BYTES_MAX, RAW_BYTES_MAX, SOURCE_BYTES_MAX } from "../limits.ts";
import type { Result } from "../result.ts";
import { no, yes } from "../result.ts";
import type { Offered, Receipt } from "./port.ts";

/** A record with everything at its longest. */
const FRAME_BYTES_MAX: number = RAW_BYTES_MAX + KEY_BYTES_MAX + SOURCE_BYTES_MAX + 16;
/** Length and kind. */
export const HEAD_BYTES = 5;
/** What stands before a record's source. */
export const RECORD_HEAD_BYTES = 4;
/** Statuses by their number on the wire. */
export const STATUSES: readonly ["created", "known", "conflict"] = ["created", "known", "conflict"];
/** The status that carries a reason instead of a seq. */
export const REFUSED = 3;

const decoder: { decode(bytes: Uint8Array): string } = new TextDecoder();
const strict: { decode(bytes: Uint8Array): string } = new TextDecoder("utf-8", { fatal: true });

type Frame = { readonly kind: number; readonly body: Uint8Array };

/** What a client sends. */
export type FromClient =
  | { readonly kind: "record"; readonly offered: Offered }
  | { readonly kind: "control"; readonly id: number; readonly ask: unknown };

/** What the writer answers. */
export type FromServer =
  | { readonly kind: "receipts"; readonly receipts: readonly Receipt[] }
  | { readonly kind: "reply"; readonly id: number; readonly value: unknown }
  | { readonly kind: "goodbye"; readonly why: string };

/** Takes the bytes of one connection as they arrive and gives back whole frames. */
export interface Decoder {
  push(bytes: Uint8Array): Result<readonly Frame[]>;
  /** Bytes that came and are no whole frame yet. */
  held(): number;
}

/** A decoder at the beginning of a connection. After a no it must not be used again. */
export function openDecoder(): Decoder {
  let rest = new Uint8Array(0);
  /** Pieces of one long frame, joined only when all are there: joining at each would take the square of its length. */
  let pieces: Uint8Array[] = [];
  let pieceBytes = 0;
  let wanted = 0;

  function split(bytes: Uint8Array): Result<readonly Frame[]> {
    const frames: Frame[] = [];
    let at = 0;
    while (bytes.length - at >= HEAD_BYTES) {
      const end = at + 4 + lengthAt(bytes, at);
      const kind = bytes[at + 4] ?? 0;
      const wrong = wrongWith(end - at - 4, kind);
      if (wrong !== null) return no(wrong);
      wanted = end > bytes.length ? end - at : 0;
      if (wanted > 0) break;
      frames.push({ kind, body: bytes.subarray(at + HEAD_BYTES, end) });
      at = end;
    }
    rest = bytes.slice(at);
    return yes(frames);
  }

  return {
    push: (bytes) => {
      pieces.push(bytes);
      pieceBytes += bytes.length;
      if (rest.length + pieceBytes < wanted) return yes([]);
      const all = joined(rest, pieces, pieceBytes);
      pieces = [];
      pieceBytes = 0;
      return split(all);
    },
    held: () => rest.length + pieceBytes,
  };
}

function lengthAt(bytes: Uint8Array, at: number): number {
  // By hand: a DataView for each frame costs as much as all the rest of reading it.
  const byte = (index: number): number => bytes[at + index] ?? 0;
  return byte(0) * 2 ** 24 + ((byte(1) << 16) | (byte(2) << 8) | byte(3));
}

/** Why these are not the first bytes of a frame, or null. */
function wrongWith(length: number, kind: number): string | null {
  if (length < 1 || length > FRAME_BYTES_MAX) return `a frame of ${length} bytes`;
  return kind < 1 || kind > 3 ? `a frame of kind ${kind}` : null;
}

function joined(rest: Uint8Array, pieces: readonly Uint8Array[], bytes: number): Uint8Array {
  const [only] = pieces;
  if (rest.length === 0 && pieces.length === 1 && only !== undefined) return only;
  const all = new Uint8Array(rest.length + bytes);
  all.set(rest);
  let at = rest.length;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

/** Reads what a client sent. */
export function decodeRequests(frames: readonly Frame[]): Result<readonly FromClient[]> {
  const requests: FromClient[] = [];
  for (const frame of frames) {
    const request = frame.kind === 1 ? recordOf(frame.body) : controlOf(frame);
    if (request === null) return no(`a damaged frame of kind ${frame.kind}`);
    requests.push(request);
  }
  return yes(requests);
}

function recordOf(body: Uint8Array): FromClient | null {
  if (body.length < RECORD_HEAD_BYTES) return null;
  const sourceBytes = body[1] ?? 0;
  const keyBytes = ((body[2] ?? 0) << 8) | (body[3] ?? 0);
  const keyAt = RECORD_HEAD_BYTES + sourceBytes;
  const rawAt = keyAt + keyBytes;
  if (rawAt > body.length) return null;
  const source = textOf(body.subarray(RECORD_HEAD_BYTES, keyAt));
  const key = textOf(body.subarray(keyAt, rawAt));
  if (source === null || key === null) return null;
  const once = body[0] === 1;
  return { kind: "record", offered: { source, key, once, raw: body.subarray(rawAt) } };
}

function controlOf(frame: Frame): FromClient | null {
  const said = frame.kind === 2 ? numberedOf(frame.body) : null;
  return said === null ? null : { kind: "control", id: said.id, ask: said.value };
}

function textOf(bytes: Uint8Array): string | null {
  try {
    return strict.decode(bytes);
  } catch {
    return null;
  }
}

function numberedOf(body: Uint8Array): { id: number; value: unknown } | null {
  if (body.length < 4) return null;
  const id = new DataView(body.buffer, body.byteOffset, 4).getUint32(0);
  const value = jsonOf(body.subarray(4));
  return value === undefined ? null : { id, value };
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(bytes));
  } catch {
    return undefined;
  }
}

/** Reads what the writer answered. */
export function decodeAnswers(frames: readonly Frame[]): Result<readonly FromServer[]> {
  const answers: FromServer[] = [];
  for (const frame of frames) {
    const answer = answerOf(frame);
    if (answer === null) return no(`a damaged frame of kind ${frame.kind}`);
    answers.push(answer);
  }
  return yes(answers);
}

function answerOf(frame: Frame): FromServer | null {
  if (frame.kind === 1) return receiptsOf(frame.body);
  if (frame.kind === 3) return { kind: "goodbye", why: decoder.decode(frame.body) };
  const said = numberedOf(frame.body);
  return said === null ? null : { kind: "reply", ...said };
}

function receiptsOf(body: Uint8Array): FromServer | null {
  const receipts: Receipt[] = [];
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  let at = 0;
  while (at < body.length) {
    const status = STATUSES[body[at] ?? REFUSED];
    if (status !== undefined && at + 9 <= body.length) {
      receipts.push({ status, seq: view.getFloat64(at + 1) });
      at += 9;
      continue;
    }
    if (body[at] !== REFUSED || at + 3 > body.length) return null;
    const end = at + 3 + view.getUint16(at + 1);
    const why = end > body.length ? undefined : jsonOf(body.subarray(at + 3, end));
    const refused = refusedOf(why);
    if (refused === null) return null;
    receipts.push(refused);
    at = end;
  }
  return { kind: "receipts", receipts };
}

function refusedOf(why: unknown): Receipt | null {
  if (!Array.isArray(why)) return null;
  const [code, message]: unknown[] = why;
  if (typeof code !== "string" || typeof message !== "string") return null;
  return { status: "refused", code, message };
}
