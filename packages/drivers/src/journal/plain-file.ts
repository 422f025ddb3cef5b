/** A segment as bytes to be read from any place, and the plain form of it. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { crc32 } from "node:zlib";
import type { Crc32 } from "@verbatim/core";

/** The platform's checksum, as the codec wants it. */
export const checksum: Crc32 = (data, before) => crc32(data, before ?? 0);

/** A file on disk. */
type Stored = {
  readonly bytes: number;
  readonly written_at: string;
  readonly compressed: boolean;
  readonly dropped: boolean;
};

/** An open segment file to walk over. */
export interface SegmentFile {
  readonly path: string;
  /** Tells this file from every other one, also after it was renamed. */
  readonly inode: number;
  /** Its first and last seq, where the form it lies in tells them at once. */
  readonly ends: { readonly first_seq: number; readonly last_seq: number } | null;
  size(): number;
  /** What it takes on disk, and when it was written last. */
  stored(): Stored;
  /** Fills `into` from `offset`; the number of bytes there were. What is damaged in a compressed file reads as zeros. */
  read(into: Uint8Array, offset: number): number;
  /** What is not as it was written in the form that it lies in; the entries inside it are the reader's to look at. */
  faults(): Iterable<string>;
  close(): void;
}

/** Opens a file of plain bytes, and no other form of it. */
export function openPlain(path: string): SegmentFile {
  const fd = openSync(path, "r");
  return {
    path,
    inode: fstatSync(fd).ino,
    ends: null,
    size: () => fstatSync(fd).size,
    stored: () => {
      const { size, mtime } = fstatSync(fd);
      return { bytes: size, written_at: mtime.toISOString(), compressed: false, dropped: false };
    },
    read: (into, offset) => readSync(fd, into, 0, into.length, offset),
    faults: () => [],
    close: () => closeSync(fd),
  };
}
