/** Copies in another folder, on a disk of its own if it is to be of use. */
import { createReadStream, createWriteStream, existsSync } from "node:fs";
import { access, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { pipeline } from "node:stream/promises";
import type { CopyPlace } from "@verbatim/core/keeping";
import { syncFolder } from "../process/whole-file.ts";

const PIECE_BYTES: number = 1024 * 1024;
const PART = ".part";

async function mustBeThere(root: string): Promise<void> {
  await access(root).catch((cause: unknown) => {
    throw new Error(`there is no folder ${root}; mount or make it, or name another in copy_to`, {
      cause,
    });
  });
}

/** Opens it; a folder that is not there is no place: what is not mounted would be filled in its stead. */
export function openFolderCopies(root: string): CopyPlace {
  return {
    name: root,
    put: async (name, path) => {
      await mustBeThere(root);
      const target = join(root, name);
      const beside = `${target}${PART}`;
      await mkdir(dirname(target), { recursive: true, mode: 0o700 });
      try {
        await pipeline(
          createReadStream(path, { highWaterMark: PIECE_BYTES }),
          createWriteStream(beside, { mode: 0o600 }),
        );
        const file = await open(beside, "r+");
        await file.sync().finally(() => file.close());
        await rename(beside, target);
      } catch (error) {
        await rm(beside, { force: true });
        throw error;
      }
      await syncFolder(dirname(target));
    },
    read: async (name) => {
      await mustBeThere(root);
      const path = join(root, name);
      return existsSync(path) ? createReadStream(path, { highWaterMark: PIECE_BYTES }) : null;
    },
    list: async () => {
      const found = await readdir(root, { recursive: true, withFileTypes: true });
      return found
        .filter((one) => one.isFile() && !one.name.endsWith(PART))
        .map((one) => relative(root, join(one.parentPath, one.name)))
        .toSorted();
    },
    remove: (name) => rm(join(root, name), { force: true }),
  };
}
