/** What lies in a folder and how much room it takes. */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

/** A file, or a folder with all that is in it. */
export type Lying = { readonly name: string; readonly bytes: number; readonly written_at: string };

/** What lies there, by name; nothing where there is no folder. A folder is as young as the youngest file in it. */
export async function lyingIn(dir: string): Promise<readonly Lying[]> {
  const found: Lying[] = [];
  for (const name of (await namesIn(dir)).toSorted()) {
    const one = await weigh(join(dir, name));
    if (one === null) continue;
    found.push({ name, bytes: one.bytes, written_at: new Date(one.writtenMs).toISOString() });
  }
  return found;
}

/** Bytes of all files below a folder; null where there is none. */
export async function folderBytes(dir: string): Promise<number | null> {
  return (await weigh(dir))?.bytes ?? null;
}

/** Null for what went away meanwhile. */
async function weigh(
  path: string,
): Promise<{ readonly bytes: number; readonly writtenMs: number } | null> {
  const found = await stat(path).catch(() => null);
  if (found === null) return null;
  if (!found.isDirectory()) return { bytes: found.size, writtenMs: found.mtimeMs };
  let bytes = 0;
  let writtenMs = found.mtimeMs;
  for (const name of await namesIn(path)) {
    const one = await weigh(join(path, name));
    bytes += one?.bytes ?? 0;
    writtenMs = Math.max(writtenMs, one?.writtenMs ?? 0);
  }
  return { bytes, writtenMs };
}

/** None where there is no folder, or we may not look into it. */
async function namesIn(dir: string): Promise<readonly string[]> {
  return await readdir(dir).catch(() => []);
}
