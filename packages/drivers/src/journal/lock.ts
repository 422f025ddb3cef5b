/**
 * One writer at a time, for one folder.
 *
 * The lock is flock(2) on `writer.lock`: the kernel gives it back when the
 * process ends, however it ends, so a kill leaves nothing to clean up. The file
 * says who holds it, for the person who is refused.
 *
 * flock is not in node's API and is called in libc through bun:ffi.
 */
import { dlopen, FFIType } from "bun:ffi";
import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { VerbatimError } from "@verbatim/core";

const LOCK_EX_NB = 2 | 4;
const LIBC: string = process.platform === "darwin" ? "libSystem.B.dylib" : "libc.so.6";

const libc = dlopen(LIBC, { flock: { args: [FFIType.i32, FFIType.i32], returns: FFIType.i32 } });

/** Who holds the lock of a journal. */
export type Owner = { readonly program: string; readonly pid: number; readonly since: string };

export type Lock = { release(): void };

/** Takes the lock of `folder`, or throws `journal_busy` naming who has it. */
export function takeLock(folder: string, owner: Owner): Lock {
  const path = join(folder, "writer.lock");
  const fd = openSync(path, "a+", 0o600);
  if (libc.symbols.flock(fd, LOCK_EX_NB) !== 0) {
    closeSync(fd);
    const holder = ownerOf(folder);
    throw new VerbatimError(
      "journal_busy",
      `the journal in ${folder} is being written by ${holder === null ? "another process" : `${holder.program}, pid ${holder.pid}`}; stop it first, or use another --home`,
      {
        facts: holder === null ? { folder } : { folder, pid: holder.pid, program: holder.program },
      },
    );
  }
  ftruncateSync(fd, 0);
  writeSync(fd, JSON.stringify(owner));
  return { release: () => closeSync(fd) };
}

/** Whether somebody holds the lock of `folder` now. */
export function isLocked(folder: string): boolean {
  try {
    const fd = openSync(join(folder, "writer.lock"), "r");
    const free = libc.symbols.flock(fd, LOCK_EX_NB) === 0;
    closeSync(fd);
    return !free;
  } catch {
    return false;
  }
}

/** Who took the lock last, as far as can be read. */
export function ownerOf(folder: string): Owner | null {
  try {
    const found: unknown = JSON.parse(readFileSync(join(folder, "writer.lock"), "utf8"));
    return isOwner(found) ? found : null;
  } catch {
    return null;
  }
}

function isOwner(found: unknown): found is Owner {
  return (
    typeof found === "object" &&
    found !== null &&
    "pid" in found &&
    typeof found.pid === "number" &&
    "program" in found &&
    typeof found.program === "string"
  );
}
