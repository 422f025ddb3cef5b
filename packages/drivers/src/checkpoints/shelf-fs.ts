/**
 * The few file operations that checkpoints are made of, as an object, so that a
 * test can make each of them fail, or be the last one that is done.
 *
 * Nothing here decides anything.
 */
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { syncFolder } from "../process/whole-file.ts";
import { writeWhole } from "../process/write-whole.ts";

/** A file that is being written. */
type Writing = {
  write(bytes: Uint8Array): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
};

export interface ShelfFs {
  /** Makes a folder with those above it. */
  mkdir(path: string): Promise<void>;
  create(path: string): Promise<Writing>;
  rename(from: string, to: string): Promise<void>;
  /** Fine where nothing is. */
  remove(path: string): Promise<void>;
  /** Makes names in a folder durable. */
  syncFolder(path: string): Promise<void>;
  /** Replaces a file as a whole, durably. */
  replace(path: string, text: string): Promise<void>;
}

export const realShelfFs: ShelfFs = {
  mkdir: async (path) => {
    const first = await mkdir(path, { recursive: true, mode: 0o700 });
    if (first !== undefined) await syncFolder(dirname(first));
  },
  create: async (path) => {
    const handle = await open(path, "w", 0o600);
    return {
      write: async (bytes) => {
        for (let at = 0; at < bytes.length; )
          at += (await handle.write(bytes, at, bytes.length - at)).bytesWritten;
      },
      sync: () => handle.sync(),
      close: () => handle.close(),
    };
  },
  rename,
  remove: (path) => rm(path, { force: true }),
  syncFolder,
  replace: writeWhole,
};
