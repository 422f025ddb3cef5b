/**
 * Reading from a ZeroMQ socket of our own process as bytes: ZMTP 3.0 with the
 * NULL mechanism (RFC 23), the receiving end only. Through the library a message
 * costs more than everything else that is done with it; read in chunks it costs
 * next to nothing.
 *
 *   B9  However the bytes arrive in pieces, the messages are the same; bytes that
 *       are no ZMTP, or a frame larger than is taken, are a no.
 *
 * Pure. A message's frames are views into what arrived, not copies.
 */
import { RAW_BYTES_MAX } from "../limits.ts";
import { no, type Result, yes } from "../result.ts";
import type { Frames } from "./frames.ts";

const GREETING_BYTES = 64;
const MECHANISM_AT = 12;
const HEAD_BYTES_MIN = 2;
const MORE = 1;
const LONG = 2;
const COMMAND = 4;

const ascii: { encode(text: string): Uint8Array } = new TextEncoder();

/** What a subscriber to everything says once the other end is ready; said earlier it is a breach of the protocol. */
export const ZMTP_SUBSCRIPTION: Uint8Array = Uint8Array.of(0, 1, 1);

/** What the receiving end says at once: a greeting, and who it is. */
export function zmtpHello(socketType: "SUB" | "PULL"): Uint8Array {
  const greeting = new Uint8Array(GREETING_BYTES);
  greeting[0] = 0xff;
  greeting[9] = 0x7f;
  greeting[10] = 3;
  greeting.set(ascii.encode("NULL"), MECHANISM_AT);
  const name = ascii.encode("Socket-Type");
  const type = ascii.encode(socketType);
  const ready = [
    ...[5, ...ascii.encode("READY")],
    ...[name.length, ...name],
    ...[0, 0, 0, type.length, ...type],
  ];
  return Uint8Array.from([...greeting, COMMAND, ready.length, ...ready]);
}

/** Takes the bytes of one connection as they arrive and gives back whole messages. */
export interface ZmtpDecoder {
  /** The bytes must stay as they are: frames are views into them. After a no it must not be used again. */
  push(bytes: Uint8Array): Result<readonly Frames[]>;
  /** Whether the other end has said who it is: then it may be spoken to. */
  isReady(): boolean;
  /** Messages that were larger than is taken, and were passed over. */
  tooLarge(): number;
}

/** A record holds all frames of a message, each with its length. */
const MESSAGE_FRAMES_MAX = 10_000;
const MESSAGE_BYTES_MAX: number = RAW_BYTES_MAX - 16 * MESSAGE_FRAMES_MAX;

type Bounds = { readonly bytes: number; readonly frames: number };

/** A decoder at the beginning of a connection. */
export function openZmtpDecoder(
  frameBytesMax: number,
  most: Bounds = { bytes: MESSAGE_BYTES_MAX, frames: MESSAGE_FRAMES_MAX },
): ZmtpDecoder {
  let pieces: Uint8Array[] = [];
  let have = 0;
  /** Nothing can be read before so many bytes are there. */
  let wanted = GREETING_BYTES;
  let greeted = false;
  let ready = false;
  /** Frames of a message that is not whole yet. */
  let frames: Uint8Array[] = [];
  let frameBytes = 0;
  let isTooLarge = false;
  let tooLarge = 0;

  /** Reads from `from` to what is not whole; gives where that begins, or why nothing more can be read. */
  function read(bytes: Uint8Array, from: number, into: Frames[]): number | string {
    let at = from;
    for (;;) {
      const head = headAt(bytes, at);
      const tooLong = tooLongFor(frameBytesMax, head);
      if (tooLong !== null) return tooLong;
      wanted = bytesOf(head);
      if (head === null || bytes.length - at < wanted) return at;
      const wrong = heed(head.flags, bytes.subarray(at + head.bytes, at + wanted), into);
      if (wrong !== null) return wrong;
      at += wanted;
    }
  }

  /** A command says how the other end is; a frame belongs to a message. */
  function heed(flags: number, body: Uint8Array, into: Frames[]): string | null {
    if ((flags & COMMAND) === 0) put(flags, body, into);
    else if (isError(body)) return "a refusal";
    else ready = true;
    return null;
  }

  function put(flags: number, frame: Uint8Array, into: Frames[]): void {
    frames.push(frame);
    frameBytes += frame.length;
    if (frameBytes > most.bytes || frames.length > most.frames) {
      // Nothing of it is kept, and the rest of it is passed over.
      isTooLarge = true;
      frames = [];
      frameBytes = 0;
    }
    if ((flags & MORE) !== 0) return;
    if (isTooLarge) tooLarge += 1;
    else into.push(frames);
    isTooLarge = false;
    frames = [];
    frameBytes = 0;
  }

  function take(bytes: Uint8Array): Result<readonly Frames[]> {
    const wrong = greeted ? null : wrongGreeting(bytes);
    if (wrong !== null) return no(wrong);
    const messages: Frames[] = [];
    const end = read(bytes, greeted ? 0 : GREETING_BYTES, messages);
    if (typeof end === "string") return no(end);
    greeted = true;
    const rest = bytes.slice(end);
    pieces = rest.length === 0 ? [] : [rest];
    have = rest.length;
    return yes(messages);
  }

  return {
    isReady: () => ready,
    tooLarge: () => tooLarge,
    push: (bytes) => {
      pieces.push(bytes);
      have += bytes.length;
      return have < wanted ? yes([]) : take(joined(pieces, have));
    },
  };
}

type FrameHead = { readonly flags: number; readonly bytes: number; readonly length: number };

/** Null while the head of a frame is not whole. */
function headAt(bytes: Uint8Array, at: number): FrameHead | null {
  const flags = bytes[at];
  if (flags === undefined) return null;
  if ((flags & LONG) === 0) {
    const length = bytes[at + 1];
    return length === undefined ? null : { flags, bytes: 2, length };
  }
  if (bytes.length - at < 9) return null;
  let length = 0;
  for (let place = at + 1; place < at + 9; place += 1) length = length * 256 + (bytes[place] ?? 0);
  return { flags, bytes: 9, length };
}

/** How much there must be before it can be read; a head that is not whole may be a short one. */
function bytesOf(head: FrameHead | null): number {
  return head === null ? HEAD_BYTES_MIN : head.bytes + head.length;
}

function tooLongFor(frameBytesMax: number, head: FrameHead | null): string | null {
  return head === null || head.length <= frameBytesMax ? null : `a frame of ${head.length} bytes`;
}

function wrongGreeting(bytes: Uint8Array): string | null {
  if (bytes[0] !== 0xff || bytes[9] !== 0x7f) return "no greeting of ZMTP";
  return (bytes[10] ?? 0) < 3 ? `version ${bytes[10]} of ZMTP` : null;
}

function isError(body: Uint8Array): boolean {
  return new TextDecoder().decode(body.subarray(1, 6)) === "ERROR";
}

function joined(pieces: readonly Uint8Array[], bytes: number): Uint8Array {
  const [only] = pieces;
  if (pieces.length === 1 && only !== undefined) return only;
  const all = new Uint8Array(bytes);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
