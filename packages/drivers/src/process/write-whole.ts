/** Replacing a file as a whole: a reader sees the old one or the new one, also after a power cut. */
import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { sweepBeside } from "./leftovers.ts";
import { syncFolder } from "./whole-file.ts";

/** Writes beside, syncs, renames, syncs the folder. Throws the system's error and leaves the old file as it was. */
export async function writeWhole(path: string, text: string): Promise<void> {
  await sweepBeside(path);
  const beside = `${path}.${process.pid}.new`;
  try {
    const file = await open(beside, "w", 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}
