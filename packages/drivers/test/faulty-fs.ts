/** A journal's file operations that fail when they are told to, and remember what was done. */
import { type JournalFs, realFs } from "../src/journal/fs.ts";

export type Faults = {
  /** Errors for the next calls, in order; undefined lets one through. */
  readonly write: (NodeJS.ErrnoException | "short" | undefined)[];
  readonly fdatasync: (NodeJS.ErrnoException | undefined)[];
  readonly done: string[];
};

export function errorOf(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(code), { code });
}

/** The real operations, with faults in front. */
export function faultyFs(faults: Faults): JournalFs {
  return {
    ...realFs,
    write: async (fd, bytes, offset) => {
      const fault = faults.write.shift();
      if (fault === "short")
        return await realFs.write(fd, bytes.subarray(0, Math.ceil(bytes.length / 3)), offset);
      if (fault !== undefined) {
        await realFs.write(fd, bytes.subarray(0, bytes.length >> 1), offset);
        throw fault;
      }
      faults.done.push("write");
      return await realFs.write(fd, bytes, offset);
    },
    fdatasync: async (fd) => {
      const fault = faults.fdatasync.shift();
      if (fault !== undefined) throw fault;
      await realFs.fdatasync(fd);
      faults.done.push("sync");
    },
  };
}
