/**
 * The bytes of a request's body, never more than the bound: a body that says it
 * is larger is refused before a byte of it is read, one that does not say so as
 * soon as it is.
 *
 * All bodies together are bounded too. Without that, enough clients at once
 * would make this process grow until it is killed, and nothing at all recorded.
 */
import { VerbatimError } from "@verbatim/core";

/** A thousand messages of thirty-two kilobytes, or one with a large image. */
export const BODY_BYTES_MAX: number = 32 * 1024 * 1024;
/** Bodies held at once: a few of the largest, thousands of usual ones. */
const HELD_BYTES_MAX: number = 96 * 1024 * 1024;
/** What a connection has at hand before it is read from. */
const PIECE_BYTES: number = 64 * 1024;

/** Reads bodies; `held` is what is read and not yet done with. */
export interface Bodies {
  /** Reads the body and holds its room until `use` is done. */
  with<Value>(request: Request, use: (body: Uint8Array) => Promise<Value>): Promise<Value>;
}

/** The room for bodies of one server. */
export function openBodies(max: number = BODY_BYTES_MAX, heldMax: number = HELD_BYTES_MAX): Bodies {
  let held = 0;
  return {
    with: async (request, use) => {
      let mine = 0;
      const take = (bytes: number): void => {
        if (mine + bytes > max) throw tooLarge(max);
        if (held + bytes > heldMax) throw busy();
        mine += bytes;
        held += bytes;
      };
      try {
        return await use(await read(request, take, max));
      } finally {
        held -= mine;
      }
    },
  };
}

async function read(
  request: Request,
  take: (bytes: number) => void,
  max: number,
): Promise<Uint8Array> {
  const said = Number(request.headers.get("content-length") ?? 0);
  if (said > max) throw tooLarge(max);
  // A body that fits into one piece is one: reading a stream costs more than all else of a short request.
  if (said > 0 && said <= PIECE_BYTES) {
    const whole = await atOnce(request);
    take(whole.length);
    return whole;
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of piecesOf(request)) {
    take(chunk.length);
    chunks.push(chunk);
  }
  return joined(chunks);
}

/** The body as it comes. A client that goes away in the middle made a mistake, or nobody did; we did not. */
async function* piecesOf(request: Request): AsyncGenerator<Uint8Array> {
  try {
    yield* request.body ?? [];
  } catch (cause) {
    throw unfinished(cause);
  }
}

async function atOnce(request: Request): Promise<Uint8Array> {
  try {
    return new Uint8Array(await request.arrayBuffer());
  } catch (cause) {
    throw unfinished(cause);
  }
}

function unfinished(cause: unknown): VerbatimError {
  return new VerbatimError("input_invalid", "the body ended before it was whole", { cause });
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const [only] = chunks;
  if (only !== undefined && chunks.length === 1) return only;
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

function tooLarge(max: number): VerbatimError {
  return new VerbatimError(
    "too_large",
    `the body is larger than ${max} bytes, the most that is taken; send fewer messages at once`,
    { facts: { max } },
  );
}

function busy(): VerbatimError {
  return new VerbatimError(
    "busy",
    "too much is being posted at once; nothing of this was taken, send it again in a moment",
  );
}
