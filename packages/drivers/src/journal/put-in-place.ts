/**
 * A file of the archive, made whole or not at all: written beside (`….new`),
 * synced, looked at, renamed, and the folder synced.
 */
import { chmodSync, existsSync } from "node:fs";
import { dirname } from "node:path";
import type { JournalFs } from "./fs.ts";

/** Bytes of a file, piece by piece; a piece is only valid until the next. */
export type Pieces = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** Writes beside, syncs, checks, renames, syncs the folder. Nothing of it is left when it throws. */
export async function putInPlace(
  fs: JournalFs,
  file: {
    readonly path: string;
    readonly pieces: Pieces;
    /** Looks at what was written before it gets its name, and throws. */
    readonly check: (beside: string) => void | Promise<void>;
    /** What is sealed is only read. */
    readonly mode?: number;
  },
): Promise<void> {
  const beside = `${file.path}.new`;
  try {
    await writeNew(fs, beside, file.pieces);
    await file.check(beside);
    chmodSync(beside, file.mode ?? 0o400);
    fs.rename(beside, file.path);
  } catch (error) {
    removeIfThere(fs, beside);
    throw error;
  }
  fs.syncFolder(dirname(file.path));
}

async function writeNew(fs: JournalFs, path: string, pieces: Pieces): Promise<void> {
  removeIfThere(fs, path);
  const fd = fs.open(path, "wx+");
  try {
    let offset = 0;
    for await (const piece of pieces) {
      for (let at = 0; at < piece.length; ) {
        const written = await fs.write(fd, piece.subarray(at), offset);
        if (written === 0) throw new Error("the system wrote nothing and gave no reason");
        at += written;
        offset += written;
      }
    }
    await fs.fdatasync(fd);
  } finally {
    fs.close(fd);
  }
}

/** Removes a name for good; nothing when there is none. */
export function removeIfThere(fs: JournalFs, path: string): void {
  if (!existsSync(path)) return;
  fs.remove(path);
  fs.syncFolder(dirname(path));
}
