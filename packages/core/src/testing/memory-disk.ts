/**
 * A disk in memory, for those who hear files: files grow, are cut, replaced,
 * moved and made unreadable at a test's word. Every change gets a new time, as
 * on a real disk.
 */
import { VerbatimError } from "../errors.ts";
import type { Disk, Look, OpenFile } from "../follow/port.ts";

type Node = { bytes: Uint8Array; ino: number; mtimeMs: number };

export type MemoryDisk = Disk & {
  /** Adds bytes to a file, which is made when it is not there. */
  append(path: string, bytes: Uint8Array): void;
  /** Writes other bytes into the same file. */
  rewrite(path: string, bytes: Uint8Array): void;
  /** Puts a new file in the place of whatever was there. */
  replace(path: string, bytes: Uint8Array): void;
  truncate(path: string, size: number): void;
  remove(path: string): void;
  rename(from: string, to: string): void;
  /** Until told otherwise, opening this path says it may not be read. */
  forbid(path: string, forbidden: boolean): void;
  bytesOf(path: string): Uint8Array;
  /** Bytes read from files so far. */
  bytesRead(): number;
};

/** An empty disk. */
export function memoryDisk(): MemoryDisk {
  const files = new Map<string, Node>();
  const forbidden = new Set<string>();
  let clock = 0;
  let read = 0;
  const tick = (): number => {
    clock += 1;
    return clock;
  };
  const node = (path: string): Node => {
    const found = files.get(path);
    if (found === undefined) throw new VerbatimError("not_found", `${path} is gone.`);
    return found;
  };
  const write = (path: string, bytes: Uint8Array): void => {
    Object.assign(node(path), { bytes, mtimeMs: tick() });
  };
  const lookAt = ({ bytes, ino, mtimeMs }: Node): Look => ({
    dev: 1,
    ino,
    size: bytes.length,
    mtimeMs,
  });
  const open = (path: string): OpenFile => {
    if (forbidden.has(path)) throw new VerbatimError("source_unreadable", "We may not read it.");
    const opened = node(path);
    return {
      look: async () => lookAt(opened),
      read: async (into, at) => {
        const part = opened.bytes.subarray(at, at + into.length);
        into.set(part);
        read += part.length;
        return part.length;
      },
      close: async () => {},
    };
  };
  return {
    walk: async (root) => {
      const found = [...files].filter(([path]) => path === root || path.startsWith(`${root}/`));
      const seen = found.map(([path, one]) => ({
        ...lookAt(one),
        path,
        below: path.slice(root.length + 1),
      }));
      return { files: seen, problems: [], away: found.length === 0 };
    },
    open: async (path) => open(path),
    append: (path, bytes) => {
      const before = files.get(path);
      if (before === undefined) files.set(path, { bytes, ino: tick(), mtimeMs: tick() });
      else write(path, Uint8Array.from([...before.bytes, ...bytes]));
    },
    rewrite: write,
    replace: (path, bytes) => {
      files.set(path, { bytes, ino: tick(), mtimeMs: tick() });
    },
    truncate: (path, size) => write(path, node(path).bytes.slice(0, size)),
    remove: (path) => {
      files.delete(path);
    },
    rename: (from, to) => {
      files.set(to, node(from));
      files.delete(from);
    },
    forbid: (path, yes) => {
      if (yes) forbidden.add(path);
      else forbidden.delete(path);
    },
    bytesOf: (path) => node(path).bytes,
    bytesRead: () => read,
  };
}
