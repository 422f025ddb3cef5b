/**
 * One holder at a time of a file, for as long as the holder lives.
 *
 * The lock is flock(2): the kernel gives it back when the process ends, however
 * it ends, so a kill leaves nothing to clean up. The file says who holds it, for
 * the person who is refused.
 *
 * flock is not in node's API and is called in libc through bun:ffi.
 */
import { dlopen, FFIType } from "bun:ffi";
import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";

const LOCK_EX_NB = 2 | 4;
const LIBC: string = process.platform === "darwin" ? "libSystem.B.dylib" : "libc.so.6";

const libc = dlopen(LIBC, { flock: { args: [FFIType.i32, FFIType.i32], returns: FFIType.i32 } });

/** Who holds a lock. */
export type Owner = { readonly program: string; readonly pid: number; readonly since: string };

export type Lock = { release(): void };

/** Takes the lock of `path`, or gives null when somebody else has it. Throws when the file cannot be made. */
export function takeLock(path: string, owner: Owner): Lock | null {
  const fd = openSync(path, "a+", 0o600);
  if (libc.symbols.flock(fd, LOCK_EX_NB) !== 0) {
    closeSync(fd);
    return null;
  }
  ftruncateSync(fd, 0);
  writeSync(fd, JSON.stringify(owner));
  return { release: () => closeSync(fd) };
}

/** Whether somebody holds the lock of `path` now. */
export function isLocked(path: string): boolean {
  try {
    const fd = openSync(path, "r");
    const free = libc.symbols.flock(fd, LOCK_EX_NB) === 0;
    closeSync(fd);
    return !free;
  } catch {
    return false;
  }
}

/** Who took the lock last, as far as can be read. */
export function ownerOf(path: string): Owner | null {
  try {
    const found: unknown = JSON.parse(readFileSync(path, "utf8"));
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
