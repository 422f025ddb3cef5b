/**
 * Making a sealed segment small: `session_….jsonl` becomes `session_….jsonl.zst`.
 *
 *   J8  The plain segment goes only after every byte of the compressed one was
 *       read back from the disk and found to be the same, and is synced under
 *       its name.
 *
 * A segment whose bytes are not those that were sealed is left alone: what can
 * still be read of it is plain to see, and `verbatim verify` names it.
 */
import { createHash, type Hash } from "node:crypto";
import { promisify } from "node:util";
import { constants, zstdCompress } from "node:zlib";
import { VerbatimError } from "@verbatim/core";
import { encodeTable, FRAME_BYTES, type Frame, type FrameTable } from "@verbatim/core/keeping";
import type { Pieces } from "./put-in-place.ts";
import { checksum, type SegmentFile } from "./segment-file.ts";
import { sealOf } from "./segments.ts";

/** Measured on real transcripts: a tenth smaller than the quickest levels; beyond it, hours are bought with percents. */
const LEVEL = 6;
const OPTIONS = {
  params: {
    [constants.ZSTD_c_compressionLevel]: LEVEL,
    [constants.ZSTD_c_checksumFlag]: 1,
  },
} as const;

const compressed = promisify(zstdCompress);

/** A segment on its way: its compressed bytes, and afterwards what its plain bytes were. */
export type Compressing = { readonly pieces: Pieces; sha256(): string };

/** Reads a plain segment and gives its compressed form. Throws at once when it is not as it was sealed. */
export function compressing(
  file: SegmentFile,
  onProgress: (done: number) => void,
  signal: AbortSignal,
): Compressing {
  const hash = createHash("sha256");
  return { pieces: framesOf(file, { hash, onProgress, signal }), sha256: () => hash.digest("hex") };
}

type Along = {
  readonly hash: Hash;
  readonly onProgress: (done: number) => void;
  readonly signal: AbortSignal;
};

async function* framesOf(file: SegmentFile, along: Along): AsyncGenerator<Uint8Array> {
  const found = sealOf(file);
  if (found === null) throw notAsSealed(file, "it has no whole seal");
  const frames: Frame[] = [];
  const size = file.size();
  const sealed = createHash("sha256");
  let offset = 0;
  for (let at = 0; at < size; at += FRAME_BYTES) {
    along.signal.throwIfAborted();
    const plain = new Uint8Array(Math.min(FRAME_BYTES, size - at));
    if (file.read(plain, at) < plain.length) throw notAsSealed(file, "it became shorter");
    along.hash.update(plain);
    sealed.update(plain.subarray(0, Math.max(0, found.offset - at)));
    const bytes = await compressed(plain, OPTIONS);
    frames.push({ offset, bytes: bytes.length, crc: checksum(bytes) });
    offset += bytes.length;
    yield bytes;
    along.onProgress(at + plain.length);
  }
  if (sealed.digest("hex") !== found.seal.sha256)
    throw notAsSealed(file, "its bytes are not those that were sealed (sha256 differs)");
  const { first_seq, last_seq } = found.seal;
  const table: FrameTable = { bytes: size, first_seq, last_seq, frames };
  yield encodeTable(table, checksum);
}

function notAsSealed(file: SegmentFile, why: string): VerbatimError {
  return new VerbatimError(
    "journal_corrupt",
    `${file.path} stays as it is: ${why}; look at it with: verbatim verify`,
    { facts: { file: file.path } },
  );
}

/** sha256 of all plain bytes of a file, as they are read back. */
export async function digestOf(file: SegmentFile): Promise<string> {
  const hash = createHash("sha256");
  const piece = new Uint8Array(FRAME_BYTES);
  for (let at = 0; ; at += piece.length) {
    const read = file.read(piece, at);
    hash.update(piece.subarray(0, read));
    if (read < piece.length) return hash.digest("hex");
    await new Promise((resolve) => setImmediate(resolve));
  }
}
