/**
 * Walking over a segment file from an offset: what stands there, in order, with
 * at most one record and one window of the file in memory.
 *
 * A walk ends at the first bad place. Going on behind it is in holes.ts.
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { crc32 } from "node:zlib";
import { type Crc32, type Found, findAt } from "@verbatim/core";

/** Read at once. Larger reads were not faster on the disks this was tried on. */
const WINDOW_BYTES: number = 1024 * 1024;

/** The platform's checksum, as the codec wants it. */
export const checksum: Crc32 = (data, before) => crc32(data, before ?? 0);

/** A whole entry or mark, and where it lies. */
export type Whole = Extract<Found, { kind: "whole" }> & {
  readonly offset: number;
  readonly next: number;
};

/** One step of a walk. `bad` stands where neither an entry nor a mark could be read. */
export type Step = Whole | { readonly kind: "bad"; readonly offset: number };

/** An open segment file to walk over. */
export interface SegmentFile {
  readonly path: string;
  /** Tells this file from every other one, also after it was renamed. */
  readonly inode: number;
  size(): number;
  /** Fills `into` from `offset`; the number of bytes there were. */
  read(into: Uint8Array, offset: number): number;
  close(): void;
}

/** Opens a segment to read; throws the system's error when it is not there. */
export function openSegment(path: string): SegmentFile {
  const fd = openSync(path, "r");
  return {
    path,
    inode: fstatSync(fd).ino,
    size: () => fstatSync(fd).size,
    read: (into, offset) => readSync(fd, into, 0, into.length, offset),
    close: () => closeSync(fd),
  };
}

/**
 * Whole lines and entries from `from` on, until the end or the first bad place,
 * which is the last step. `raw` is only valid until the next step. A smaller
 * window is for whoever wants one step only.
 */
export function* walk(
  file: SegmentFile,
  from = 0,
  windowBytes: number = WINDOW_BYTES,
): Generator<Step> {
  let window = new Uint8Array(windowBytes);
  let base = from;
  let held = file.read(window, base);
  let at = 0;
  for (;;) {
    if (at === held && held < window.length) return;
    const found = findAt(window.subarray(0, held), at, checksum);
    if (found.kind === "whole") {
      yield { ...found, offset: base + at, next: base + found.end };
      at = found.end;
      continue;
    }
    const atEnd = held < window.length;
    if (found.kind === "bad" || atEnd) {
      yield { kind: "bad", offset: base + at };
      return;
    }
    base += at;
    if (found.wants > window.length) window = new Uint8Array(found.wants + WINDOW_BYTES);
    held = file.read(window, base);
    at = 0;
  }
}
