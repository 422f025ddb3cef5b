/**
 * A note in a file: text that may be lost, replaced as a whole.
 *
 * Nothing is synced to the disk, because whoever reads a note checks it and can
 * do without.
 */
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Note } from "@verbatim/core";

/** The note at this absolute path; its folder is made when it is first saved. */
export function openNote(path: string): Note {
  return {
    load: async () => {
      try {
        return await readFile(path, "utf8");
      } catch {
        // Absent, unreadable, damaged: all the same to those who keep notes.
        return null;
      }
    },
    save: async (text) => {
      const next = `${path}.${process.pid}.next`;
      await mkdir(dirname(path), { recursive: true });
      await writeFile(next, text, { mode: 0o600 });
      await rename(next, path);
    },
  };
}
