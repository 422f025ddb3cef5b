/**
 * Making a file small that is not written any more: `….json` becomes `….json.zst`.
 *
 *   V3  The plain file goes only after every byte of the packed one was read back
 *       and is synced under its name; whoever dies before that leaves the plain
 *       one, and the next one packs it again.
 */
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { chmod, open, rename, rm, stat, utimes } from "node:fs/promises";
import { dirname } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { constants, createZstdCompress, createZstdDecompress } from "node:zlib";

/** Packed once and kept for years: slower is fine. */
const LEVEL = 12;
const PIECE_BYTES: number = 1024 * 1024;

export type PackOptions = {
  /** Plain bytes done. */
  readonly onProgress: (done: number) => void;
  readonly signal: AbortSignal;
};

/** Packs a file; the bytes it then takes, or null when it is not there. Throws the system's error and leaves it as it was. */
export async function packFile(path: string, options: PackOptions): Promise<number | null> {
  const before = await stat(path).catch(() => null);
  if (before === null) return null;
  const packed = `${path}.zst`;
  const beside = `${packed}.part`;
  try {
    const sha256 = await write(path, beside, options);
    await synced(beside);
    if ((await digestOf(beside)) !== sha256) throw new Error("it reads back differently");
    await utimes(beside, before.atime, before.mtime);
    await chmod(beside, before.mode & 0o777);
    await rename(beside, packed);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
  await synced(dirname(path));
  await rm(path); // (V3)
  await synced(dirname(path));
  return (await stat(packed)).size;
}

async function write(
  path: string,
  beside: string,
  { onProgress, signal }: PackOptions,
): Promise<string> {
  const hash = createHash("sha256");
  let done = 0;
  const counted = new Transform({
    transform: (piece: Uint8Array, _, next) => {
      hash.update(piece);
      done += piece.length;
      onProgress(done);
      next(null, piece);
    },
  });
  const params = { [constants.ZSTD_c_compressionLevel]: LEVEL, [constants.ZSTD_c_checksumFlag]: 1 };
  await pipeline(
    createReadStream(path, { highWaterMark: PIECE_BYTES }),
    counted,
    createZstdCompress({ params }),
    createWriteStream(beside, { mode: 0o600 }),
    { signal },
  );
  return hash.digest("hex");
}

async function digestOf(packed: string): Promise<string> {
  const hash = createHash("sha256");
  const plain = createZstdDecompress();
  const piped = pipeline(createReadStream(packed, { highWaterMark: PIECE_BYTES }), plain);
  for await (const piece of plain) hash.update(piece);
  await piped;
  return hash.digest("hex");
}

async function synced(path: string): Promise<void> {
  const file = await open(path, "r");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
