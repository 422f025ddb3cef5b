/** A file that does not change, opened to be handed out in pieces of any part of it. */
import { open, stat } from "node:fs/promises";
import type { KeptFile } from "@verbatim/core/files";
import { whenAbsent } from "./absent.ts";

/** Read at once: large enough to be quick, small enough for many readers. */
const PIECE_BYTES: number = 256 * 1024;

/** The file at a path, or null when there is none; a folder is none. */
export async function openKept(path: string): Promise<KeptFile | null> {
  const found = await stat(path).catch(whenAbsent(null));
  if (found === null || !found.isFile()) return null;
  const { size, mtimeMs, ino } = found;
  return {
    bytes: size,
    mark: [ino, size, Math.round(mtimeMs)].map((one) => one.toString(36)).join("-"),
    read: (from, to) => piecesOf(path, from, to),
  };
}

async function* piecesOf(path: string, from: number, to: number): AsyncGenerator<Uint8Array> {
  const file = await open(path, "r");
  try {
    for (let at = from; at < to; ) {
      const piece = new Uint8Array(Math.min(PIECE_BYTES, to - at));
      const { bytesRead } = await file.read(piece, 0, piece.length, at);
      // It became shorter: whoever counts the bytes sees that some are missing.
      if (bytesRead === 0) return;
      yield piece.subarray(0, bytesRead);
      at += bytesRead;
    }
  } finally {
    await file.close();
  }
}
