/**
 * The end of a segment file: appending bytes so that all of them are safe, or
 * none are there.
 *
 * A write that fails or falls short is cut back. A sync that fails poisons the
 * file: what the kernel holds is then unknown, and a second sync would say yes
 * to all, so this file is never written again. So does being removed: the
 * kernel syncs a file without a name without a word.
 */
import { createHash } from "node:crypto";
import type { JournalFs } from "./fs.ts";
import type { Recovered } from "./recover.ts";

/** Why a file may not be written any more. */
type Poison = { readonly error: unknown };

export interface Tail {
  /** End of what is safe; the next append begins here. */
  synced(): number;
  /** sha-256 of all that is safe, as hex. */
  sha256(): string;
  /** Null when the bytes are safe; throws when they could not be written and none are there. */
  append(bytes: Uint8Array): Promise<Poison | null>;
  sync(): Promise<void>;
  close(): void;
  /** Closes a poisoned file, cutting off what is not safe as a courtesy to readers. */
  abandon(): void;
}

/** A new file at `path`, or one that was recovered. */
export function openTail(fs: JournalFs, path: string, found: Recovered | null): Tail {
  const fd = fs.open(path, found === null ? "wx+" : "r+");
  let hash = found?.hash ?? createHash("sha256");
  let synced = found?.bytes ?? 0;

  async function writeAll(bytes: Uint8Array): Promise<Poison | null> {
    try {
      for (let at = 0; at < bytes.length; ) {
        const written = await fs.write(fd, bytes.subarray(at), synced + at);
        if (written === 0) throw new Error("the system wrote nothing and gave no reason");
        at += written;
      }
      return null;
    } catch (error) {
      try {
        fs.truncate(fd, synced);
      } catch {
        return { error };
      }
      throw error;
    }
  }

  return {
    synced: () => synced,
    sha256: () => hash.copy().digest("hex"),
    append: async (bytes) => {
      const poison = await writeAll(bytes);
      if (poison !== null) return poison;
      try {
        const done = fs.fdatasync(fd);
        // Hashing takes as long as syncing, so it is done meanwhile; a file whose sync failed is never sealed.
        const after = hash.copy().update(bytes);
        await done;
        if (!fs.isLinked(fd)) throw new Error(`${path} was removed while it was written`);
        hash = after;
      } catch (error) {
        return { error };
      }
      synced += bytes.length;
      return null;
    },
    sync: () => fs.fdatasync(fd),
    close: () => fs.close(fd),
    abandon: () => {
      try {
        fs.truncate(fd, synced);
      } catch {
        // The next segment's first seq tells readers where this one ends.
      }
      fs.close(fd);
    },
  };
}
