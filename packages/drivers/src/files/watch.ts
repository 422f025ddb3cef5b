/**
 * Hints that something below a folder has changed.
 *
 * Only hints: the system may forget, merge or invent them, so whoever follows a
 * folder also looks at it from time to time. What cannot be watched (a folder
 * that is not there, no watches left) gives no hints and no error.
 */
import { statSync, watch } from "node:fs";
import { join } from "node:path";

/** `alive` is false once no hints can come any more: the folder is another one now, or gone, or cannot be watched. */
export type Watching = { stop(): void; alive(): boolean };

/** Calls `changed` with the absolute path that a hint names, or null when it names none. */
export function watchFolder(root: string, changed: (path: string | null) => void): Watching {
  try {
    let alive = true;
    const { ino } = statSync(root);
    const watcher = watch(root, { recursive: true, persistent: false }, (_kind, name) => {
      changed(name === null ? null : join(root, name.toString()));
    });
    watcher.on("error", () => {
      alive = false;
      watcher.close();
    });
    return { stop: () => watcher.close(), alive: () => alive && inodeOf(root) === ino };
  } catch {
    return { stop: () => {}, alive: () => false };
  }
}

function inodeOf(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.ino ?? null;
}
