/**
 * The few file operations the journal is made of, as an object, so that a test
 * can make each of them fail, fall short, or be remembered.
 *
 * Nothing here decides anything.
 */
import {
  closeSync,
  fdatasync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  write,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";

export interface JournalFs {
  /** Flags as node's: "r+", "wx+". */
  open(path: string, flags: "r+" | "wx+"): number;
  /** Writes at `offset`; may write less than asked. Resolves with the number of bytes written. */
  write(fd: number, bytes: Uint8Array, offset: number): Promise<number>;
  fdatasync(fd: number): Promise<void>;
  truncate(fd: number, size: number): void;
  /** Whether the file still has a name, so that somebody can find it again. */
  isLinked(fd: number): boolean;
  close(fd: number): void;
  rename(from: string, to: string): void;
  remove(path: string): void;
  /** Makes a folder with those above it, all of them durable. */
  mkdir(path: string): void;
  /** fsync of a folder: makes names in it durable. */
  syncFolder(path: string): void;
}

/** Up to here a write into the kernel's memory is done before another thread could be woken for it. */
const WRITE_AT_ONCE_BYTES: number = 256 * 1024;

export const realFs: JournalFs = {
  open: (path, flags) => openSync(path, flags, 0o600),
  write: async (fd, bytes, offset) => {
    if (bytes.length <= WRITE_AT_ONCE_BYTES) return writeSync(fd, bytes, 0, bytes.length, offset);
    return await new Promise<number>((resolve, reject) => {
      write(fd, bytes, 0, bytes.length, offset, (error, written) =>
        error === null ? resolve(written) : reject(error),
      );
    });
  },
  fdatasync: (fd) =>
    new Promise((resolve, reject) => {
      fdatasync(fd, (error) => (error === null ? resolve() : reject(error)));
    }),
  truncate: (fd, size) => ftruncateSync(fd, size),
  isLinked: (fd) => fstatSync(fd).nlink > 0,
  close: (fd) => closeSync(fd),
  rename: (from, to) => renameSync(from, to),
  remove: (path) => rmSync(path),
  mkdir: (path) => {
    const first = mkdirSync(path, { recursive: true, mode: 0o700 });
    if (first === undefined) return;
    for (let at = path; at.length >= first.length; at = dirname(at)) syncFolder(dirname(at));
  },
  syncFolder,
};

function syncFolder(path: string): void {
  const fd = openSync(path, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Whether an error says that there is no more room, whoever's room it is. */
export function isFull(error: unknown): boolean {
  return ["ENOSPC", "EDQUOT", "EFBIG"].includes(codeOf(error));
}

/** The system's name of an error, or "". */
function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
