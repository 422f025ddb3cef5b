/**
 * What writers that were killed left beside the files they were writing: told by
 * the process in its name, and taken away when that process is gone.
 *
 *     <name>.<pid>.part, <name>.<pid>.new, <name>.<pid>-<n>.restoring
 *
 *   J20  Whoever writes a file or a folder as a whole first takes away what was
 *        left half written of it before.
 */
import { readdir, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

const LEFT = /^(.+)[.](\d+)(?:-\d+)?[.](?:part|new|restoring)$/;

/** Takes away what is left in a folder; of all, or of what is meant by the file's name and by that of what was left. */
export async function sweepParts(
  dir: string,
  isMeant: (name: string, left: string) => boolean = () => true,
): Promise<void> {
  for (const left of await readdir(dir)) {
    const [, name = "", pid] = LEFT.exec(left) ?? [];
    if (pid === undefined || isAlive(Number(pid)) || !isMeant(name, left)) continue;
    await rm(join(dir, left), { recursive: true, force: true });
  }
}

const swept = new Set<string>();

/** Takes away what is left of one file or folder; once in the life of a process, after which only itself could leave more. (J20) */
export async function sweepBeside(path: string): Promise<void> {
  if (swept.has(path)) return;
  if (swept.size >= REMEMBERED_MAX) swept.clear();
  swept.add(path);
  const mine = basename(path);
  await sweepParts(dirname(path), (name) => name === mine).catch(() => undefined);
}

/** A process that writes more files than this looks twice. */
const REMEMBERED_MAX = 10_000;

function isAlive(pid: number): boolean {
  if (pid === process.pid) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
