/** Kept exports in a folder: a file each, and beside it what is known of it (X13). */
import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { VerbatimError } from "@verbatim/core";
import {
  type ExportShelf,
  isExportId,
  keptExportOf,
  newestExportFirst,
} from "@verbatim/core/export";
import type { KeptFile } from "@verbatim/core/files";
import { sweepParts, writeWhole } from "../process/index.ts";

/** What is known of an export lies under its name with this behind it. */
const ABOUT = ".about.json";

/** The exports of a folder, which is made when the first is kept; `openFile` opens one of its files. */
export function openExportShelf(
  dir: string,
  openFile: (path: string) => Promise<KeptFile | null>,
): ExportShelf {
  return {
    ids: async () => {
      const names = await readdir(dir).catch(whenAbsent);
      return names
        .filter((name) => name.endsWith(ABOUT))
        .map((name) => name.slice(0, -ABOUT.length))
        .filter(isExportId)
        .toSorted(newestExportFirst);
    },
    about: async (id) => {
      if (!isExportId(id)) return null;
      const text = await readFile(join(dir, `${id}${ABOUT}`), "utf8").catch(() => null);
      return text === null ? null : keptExportOf(text);
    },
    file: ({ file }) => openFile(join(dir, file)),
    keep: async (kept) => {
      await writeWhole(join(dir, `${kept.id}${ABOUT}`), `${JSON.stringify(kept, null, 2)}\n`);
    },
  };
}

/** The folder, with what writers that are gone left half written taken away. */
export async function readyFolder(dir: string): Promise<void> {
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    await sweepParts(dir);
  } catch (cause) {
    throw new VerbatimError("output_failed", `exports cannot be written to ${dir}: ${cause}`, {
      cause,
    });
  }
}

function whenAbsent(error: unknown): readonly string[] {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
  throw error;
}
