/**
 * Files of this machine, read for those who hear them.
 *
 * Folders are walked with calls that do not wait, because a look at a file that
 * is in the kernel's memory takes two microseconds and a queued one twenty; the
 * walk lets others run in between. Bytes are read with calls that wait, so that
 * a slow disk slows nobody else.
 *
 * A linked file is followed. A linked folder is followed when nothing walked so
 * far was it, so a circle ends. Only regular files are opened: a pipe would
 * never end.
 */
import type { BigIntStats, Dirent, Stats } from "node:fs";
import { readdirSync, statSync } from "node:fs";
import { open, statfs } from "node:fs/promises";
import { setImmediate } from "node:timers/promises";
import type { Disk, FileSeen, Look, OpenFile, Problem, Walk } from "@verbatim/core";
import { VerbatimError } from "@verbatim/core";

/** What a transcript is called. A file named by hand may be called anything. */
const TRANSCRIPT = ".jsonl";
/** Looks made before others may run: well below a millisecond. */
const LOOKS_AT_ONCE = 200;
/** Folders below each other; deeper is a mistake or an attack, and is named as a problem. */
const DEPTH_MAX = 64;

type Walking = {
  readonly files: FileSeen[];
  readonly problems: Problem[];
  readonly folders: Set<string>;
  looks: number;
};

/** The disk of this machine. */
export function openDisk(): Disk {
  return { walk, open: openForReading };
}

/** Bytes that we may still write to the disk this path lies on. */
export async function freeBytes(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(path);
  return bavail * bsize;
}

async function walk(root: string): Promise<Walk> {
  const walking: Walking = { files: [], problems: [], folders: new Set(), looks: 0 };
  const seen = statOrNull(root);
  if (seen === null) return { files: [], problems: [], away: true };
  if (seen instanceof Error) {
    return { files: [], problems: [{ path: root, why: whyOf(seen) }], away: false };
  }
  if (seen.isDirectory()) await walkFolder(walking, { path: root, below: "", depth: 0 });
  else if (seen.isFile()) walking.files.push({ ...lookOf(seen), path: root, below: "" });
  return { files: walking.files, problems: walking.problems, away: false };
}

type Folder = { readonly path: string; readonly below: string; readonly depth: number };

async function walkFolder(walking: Walking, folder: Folder): Promise<void> {
  const names = namesIn(walking, folder);
  const links: Dirent[] = [];
  for (const name of names) {
    if (name.isSymbolicLink()) links.push(name);
    else await walkName(walking, folder, name);
  }
  // Real folders first, so that a link never takes a file's own name from it.
  for (const name of links) await walkName(walking, folder, name);
}

function namesIn(walking: Walking, folder: Folder): readonly Dirent[] {
  try {
    const { dev, ino } = statSync(folder.path, { bigint: true });
    const identity = `${dev}:${ino}`;
    if (walking.folders.has(identity)) return [];
    walking.folders.add(identity);
    if (folder.depth > DEPTH_MAX) throw new Error(`It lies more than ${DEPTH_MAX} folders deep.`);
    return readdirSync(folder.path, { withFileTypes: true }).toSorted((a, b) =>
      a.name < b.name ? -1 : 1,
    );
  } catch (error) {
    // Gone since its name was read: the next walk will not see it.
    if (codeOf(error) !== "ENOENT") walking.problems.push({ path: folder.path, why: whyOf(error) });
    return [];
  }
}

async function walkName(walking: Walking, folder: Folder, name: Dirent): Promise<void> {
  const path = `${folder.path === "/" ? "" : folder.path}/${name.name}`;
  const below = folder.below === "" ? name.name : `${folder.below}/${name.name}`;
  const transcript = name.name.endsWith(TRANSCRIPT);
  if (!name.isDirectory() && !name.isSymbolicLink() && !(name.isFile() && transcript)) return;
  if (name.isDirectory()) {
    await walkFolder(walking, { path, below, depth: folder.depth + 1 });
    return;
  }
  walking.looks += 1;
  if (walking.looks % LOOKS_AT_ONCE === 0) await setImmediate();
  const seen = statOrNull(path);
  if (seen === null) return;
  if (seen instanceof Error) walking.problems.push({ path, why: whyOf(seen) });
  else if (seen.isDirectory()) await walkFolder(walking, { path, below, depth: folder.depth + 1 });
  else if (seen.isFile() && transcript) walking.files.push({ ...lookOf(seen), path, below });
}

/** The file's stats, null when nothing is there, or the error that stands in the way. */
function statOrNull(path: string): Stats | Error | null {
  try {
    return statSync(path);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    return error instanceof Error ? error : new Error(String(error));
  }
}

function lookOf(stats: Stats | BigIntStats): Look {
  return {
    dev: Number(stats.dev),
    ino: Number(stats.ino),
    size: Number(stats.size),
    mtimeMs: Number(stats.mtimeMs),
  };
}

async function openForReading(path: string): Promise<OpenFile> {
  const file = await atTheDoor(path, () => open(path, "r"));
  return {
    look: async () => lookOf(await atTheDoor(path, () => file.stat())),
    read: async (into, at) => {
      let read = 0;
      while (read < into.length) {
        const rest = into.length - read;
        const { bytesRead } = await atTheDoor(path, () => file.read(into, read, rest, at + read));
        if (bytesRead === 0) break;
        read += bytesRead;
      }
      return read;
    },
    close: () => file.close(),
  };
}

/** Gives what the disk says its name in our words. */
async function atTheDoor<Value>(path: string, ask: () => Promise<Value>): Promise<Value> {
  try {
    return await ask();
  } catch (cause) {
    const code = codeOf(cause);
    if (code === null) throw cause;
    if (code === "ENOENT") throw new VerbatimError("not_found", `${path} is gone.`, { cause });
    throw new VerbatimError("source_unreadable", whyOf(cause), { cause, facts: { path } });
  }
}

function codeOf(error: unknown): string | null {
  if (!(error instanceof Error) || !("code" in error)) return null;
  return typeof error.code === "string" ? error.code : null;
}

const WHY: Readonly<Record<string, string>> = {
  EACCES: "We may not read it. Give the user that runs Verbatim the right to.",
  EPERM: "We may not read it. Give the user that runs Verbatim the right to.",
  EMFILE: "Too many files are open. Raise the limit (ulimit -n); it is tried again.",
  ENFILE: "Too many files are open on this machine; it is tried again.",
  ELOOP: "Its links lead in a circle.",
  EIO: "The disk could not read it.",
};

function whyOf(error: unknown): string {
  const code = codeOf(error);
  return WHY[code ?? ""] ?? (error instanceof Error ? error.message : String(error));
}
