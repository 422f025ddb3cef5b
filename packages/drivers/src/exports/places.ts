/**
 * Where exports are written: one file, a folder of files, or a tar of them.
 *
 * A folder is made beside and gets its name when all of it is there; a tar is one
 * file. So what was stopped or killed left nothing that looks like an export.
 *
 *   X52  What an export that was killed left beside its place is taken away by
 *        the next export to that place.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { invariant, VerbatimError } from "@verbatim/core";
import {
  type ExportPlace,
  type OriginalsPlace,
  type Sheet,
  tarEnd,
  tarFill,
  tarHead,
} from "@verbatim/core/export";
import {
  openWholeFile,
  sweepBeside,
  syncFiles,
  syncFolder,
  type WholeFile,
  type WholeFileMade,
} from "../process/index.ts";
import { openDraft } from "./draft.ts";

/** The one file of an export of one session; `pathOf` is given the name it would have. */
export function openFilePlace(
  pathOf: (name: string) => string,
  { replace, scratch }: { readonly replace: boolean; readonly scratch: string },
): ExportPlace & { readonly path: () => string | null } {
  let path: string | null = null;
  return {
    path: () => path,
    sheet: async (name) => {
      path = pathOf(name);
      return await openWholeFile(path, { replace });
    },
    draft: async () => openDraft(scratch),
  };
}

export type FolderPlace = ExportPlace & {
  /** Gives the folder its name. */
  finish(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

/** A folder of files. One that is there already is only added to, and its files replaced, where that was asked for. */
export async function openFolderPlace(path: string, replace: boolean): Promise<FolderPlace> {
  if (existsSync(path) && !replace && (await readdir(path)).length > 0)
    throw new VerbatimError(
      "conflict",
      `${path} is there already and not empty; name another folder with --out, or write into it with --force`,
    );
  const named = join(dirname(path), `.${basename(path)}`);
  await sweepBeside(named);
  const beside = `${named}.${process.pid}.part`;
  await rm(beside, { recursive: true, force: true });
  await mkdir(beside, { recursive: true, mode: 0o700 });
  return {
    sheet: (name) => openWholeFile(join(beside, name), { replace: false, isApart: true }),
    draft: async () => openDraft(beside),
    finish: async () => {
      await syncFiles(beside);
      if (existsSync(path)) {
        for (const name of await readdir(beside))
          await rename(join(beside, name), join(path, name));
        await syncFolder(path);
      } else await rename(beside, path);
      await syncFolder(dirname(path));
    },
    [Symbol.asyncDispose]: () => rm(beside, { recursive: true, force: true }),
  };
}

type Tar = {
  finish(): Promise<WholeFileMade>;
  [Symbol.asyncDispose](): Promise<void>;
};
export type TarPlace = ExportPlace & Tar;

/** A tar of files as they were: each with its time, written through as its bytes come. */
export async function openOriginalsPlace(path: string): Promise<OriginalsPlace & Tar> {
  const tar = await openWholeFile(path, { replace: true });
  return {
    file: async ({ name, bytes, at }) => {
      const hash = createHash("sha256");
      let written = 0;
      await tar.write(tarHead(name, bytes, Date.parse(at) / 1000));
      return {
        write: async (piece) => {
          hash.update(piece);
          written += piece.length;
          await tar.write(piece);
        },
        finish: async () => {
          invariant(written === bytes, "a file in a tar is as long as its head says");
          await tar.write(tarFill(bytes));
          return { sha256: hash.digest("hex") };
        },
      };
    },
    ...ending(tar),
  };
}

function ending(tar: WholeFile): Tar {
  return {
    finish: async () => {
      await tar.write(tarEnd());
      return await tar.finish();
    },
    [Symbol.asyncDispose]: () => tar[Symbol.asyncDispose](),
  };
}

/** A tar of files. Every file in it is of the same moment: when it was made is nobody's business. */
export async function openTarPlace(path: string): Promise<TarPlace> {
  const tar = await openWholeFile(path, { replace: true });
  const scratch = dirname(path);
  const sheetOf = (name: string): Sheet => {
    const draft = openDraft(scratch);
    return {
      ...draft,
      finish: async () => {
        const hash = createHash("sha256");
        await tar.write(tarHead(name, draft.bytes(), 0));
        for await (const piece of draft.written()) {
          hash.update(piece);
          await tar.write(piece);
        }
        await tar.write(tarFill(draft.bytes()));
        return { bytes: draft.bytes(), sha256: hash.digest("hex") };
      },
    };
  };
  return {
    sheet: async (name) => sheetOf(name),
    draft: async () => openDraft(scratch),
    ...ending(tar),
  };
}
