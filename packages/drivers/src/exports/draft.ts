/**
 * Something to write on that is gone afterwards: in memory as long as it is
 * small, then in a file without a name, which no crash can leave behind.
 */
import { type FileHandle, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { readBack } from "../process/index.ts";

/** Most sessions are smaller as a transcript. */
const HELD_BYTES: number = 4 * 1024 * 1024;

export type Draft = {
  write(bytes: Uint8Array): Promise<void>;
  written(): AsyncIterable<Uint8Array>;
  bytes(): number;
  [Symbol.asyncDispose](): Promise<void>;
};

/** Opens one; its file, where it needs one, lies in `dir` until it is open. */
export function openDraft(dir: string): Draft {
  let held: Uint8Array[] = [];
  let bytes = 0;
  let file: FileHandle | null = null;

  async function spill(): Promise<FileHandle> {
    const path = join(dir, `draft-${crypto.randomUUID()}.${process.pid}.part`);
    const opened = await open(path, "w+", 0o600);
    await rm(path);
    for (const piece of held) await writeAll(opened, piece);
    held = [];
    return opened;
  }

  return {
    bytes: () => bytes,
    write: async (piece) => {
      bytes += piece.length;
      if (file === null && bytes <= HELD_BYTES) held.push(piece);
      else {
        file ??= await spill();
        await writeAll(file, piece);
      }
    },
    written: () => (file === null ? fromMemory(held) : readBack(file, bytes)),
    [Symbol.asyncDispose]: async () => {
      await file?.close();
    },
  };
}

async function* fromMemory(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces;
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, at, bytes.length - at);
    at += bytesWritten;
  }
}
