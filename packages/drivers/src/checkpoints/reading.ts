/**
 * Reading the files of a checkpoint, piece by piece, however large they are: as
 * they were made, whether or not the JSON was compressed since.
 */
import { createHash, type Hash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { createZstdDecompress } from "node:zlib";
import {
  type CheckpointFormat,
  type CheckpointHead,
  type CheckpointTail,
  digestText,
  type FileFact,
  headOfLine,
  tailOfLine,
} from "@verbatim/core/checkpoints";

const PIECE_BYTES: number = 1024 * 1024;
const NEWLINE = 10;
const DECODER = new TextDecoder();

/** The bytes of its JSON; null when there is none. */
export function jsonBytes(dir: string, id: string): AsyncIterable<Uint8Array> | null {
  const path = join(dir, `${id}.json`);
  if (existsSync(path)) return createReadStream(path, { highWaterMark: PIECE_BYTES });
  return existsSync(`${path}.zst`) ? unpacked(`${path}.zst`) : null;
}

function unpacked(path: string): AsyncIterable<Uint8Array> {
  const packed = createReadStream(path, { highWaterMark: PIECE_BYTES });
  const plain = createZstdDecompress();
  packed.on("error", (error) => plain.destroy(error));
  return packed.pipe(plain);
}

/** The bytes of the file of this very name, as they were made, for who looks at each piece once. */
export function bytesAt(path: string): AsyncIterable<Uint8Array> {
  return path.endsWith(".zst") ? unpacked(path) : passing(path);
}

/** The bytes of either file for who looks at each piece once: a piece is only valid until the next. Null when there is none. */
export function passingBytes(
  dir: string,
  id: string,
  format: CheckpointFormat,
): AsyncIterable<Uint8Array> | null {
  const path = join(dir, `${id}.${format}`);
  if (existsSync(path)) return passing(path);
  return format === "json" ? jsonBytes(dir, id) : null;
}

/** In one buffer: with a new one for each piece a look at 320 MB took 35 MB more (2026-11-21). */
async function* passing(path: string): AsyncGenerator<Uint8Array> {
  const file = await open(path, "r");
  const piece = new Uint8Array(PIECE_BYTES);
  try {
    for (;;) {
      const { bytesRead } = await file.read(piece, 0, piece.length);
      if (bytesRead === 0) return;
      yield piece.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/** The bytes of its Parquet; null when there is none. */
export function tableBytes(dir: string, id: string): AsyncIterable<Uint8Array> | null {
  const path = join(dir, `${id}.parquet`);
  return existsSync(path) ? createReadStream(path, { highWaterMark: PIECE_BYTES }) : null;
}

/** Whether a file of a checkpoint is there, compressed or not. */
export function isThere(dir: string, id: string, format: CheckpointFormat): boolean {
  const path = join(dir, `${id}.${format}`);
  return existsSync(path) || (format === "json" && existsSync(`${path}.zst`));
}

/** How to know these bytes again. */
export async function factOf(
  bytes: AsyncIterable<Uint8Array>,
  passed: (bytes: number) => void = () => {},
): Promise<FileFact> {
  const hash = createHash("sha256");
  let length = 0;
  for await (const piece of bytes) {
    hash.update(piece);
    length += piece.length;
    passed(piece.length);
  }
  return { bytes: length, sha256: hash.digest("hex") };
}

/** What a JSON file says of itself. */
export type Said = {
  readonly head: CheckpointHead;
  readonly tail: CheckpointTail;
  readonly json: FileFact;
};

/**
 * What the JSON of a checkpoint says of itself, when it is whole: its own digest
 * agrees; null when it is damaged or none. Each line of an entry is given out.
 */
export async function readThrough(
  bytes: AsyncIterable<Uint8Array>,
  entry: (line: Uint8Array) => Promise<void> | void = () => {},
): Promise<Said | null> {
  const hash = createHash("sha256");
  let length = 0;
  let head: CheckpointHead | null = null;
  let held: Uint8Array | null = null;

  /** A line that another follows: the first, or an entry's. */
  async function pass(line: Uint8Array): Promise<void> {
    if (length === 0) head = headOfLine(DECODER.decode(line));
    else if (line.length > 0) await entry(line);
    hash.update(line).update("\n");
    length += line.length + 1;
  }

  for await (const line of linesIn(bytes)) {
    if (held !== null) await pass(held);
    if (length > 0 && head === null) return null;
    held = line;
  }
  return head === null || held === null ? null : ended(head, held, { hash, length });
}

/** The last line, against the digest of what lies before it. */
function ended(
  head: CheckpointHead,
  line: Uint8Array,
  { hash, length }: { readonly hash: Hash; readonly length: number },
): Said | null {
  const end = tailOfLine(DECODER.decode(line));
  if (end === null) return null;
  hash.update(end.digested);
  const sha256 = hash.copy().digest("hex");
  if (sha256 !== end.sha256) return null;
  const whole = hash.update(digestText(sha256)).digest("hex");
  return { head, tail: end.tail, json: { bytes: length + line.length + 1, sha256: whole } };
}

/** Lines without their ends. What follows the last line end, if anything does, is a line too. */
export async function* linesIn(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let begun: Uint8Array[] = [];
  for await (const piece of bytes) {
    let at = 0;
    for (let end = piece.indexOf(NEWLINE); end !== -1; end = piece.indexOf(NEWLINE, at)) {
      yield joined(begun, piece.subarray(at, end));
      begun = [];
      at = end + 1;
    }
    if (at < piece.length) begun.push(piece.subarray(at));
  }
  if (begun.length > 0) yield joined(begun, new Uint8Array(0));
}

function joined(begun: readonly Uint8Array[], last: Uint8Array): Uint8Array {
  return begun.length === 0 ? last : Buffer.concat([...begun, last]);
}
