/**
 * Walking over a segment file from an offset: what stands there, in order, with
 * at most one record and one window of the file in memory.
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { crc32 } from "node:zlib";
import { type Crc32, type Found, findAt } from "@verbatim/core";

/** Read at once. Larger reads were not faster on the disks this was tried on. */
const WINDOW_BYTES: number = 1024 * 1024;

/** The platform's checksum, as the codec wants it. */
export const checksum: Crc32 = (data, before) => crc32(data, before ?? 0);

/** One step of a walk. `bad` stands where neither an entry nor a mark could be read. */
export type Step =
  | ({ readonly offset: number } & Extract<Found, { kind: "whole" }> & { readonly next: number })
  | { readonly kind: "bad"; readonly offset: number };

/** An open segment file to walk over. */
export interface SegmentFile {
  readonly path: string;
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
    size: () => fstatSync(fd).size,
    read: (into, offset) => readSync(fd, into, 0, into.length, offset),
    close: () => closeSync(fd),
  };
}

/**
 * Whole lines and entries from `from` on, until the end or the first bad place,
 * which is the last step. `raw` is only valid until the next step.
 */
export function* walk(file: SegmentFile, from = 0): Generator<Step> {
  let window = new Uint8Array(WINDOW_BYTES);
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

/** The first whole entry or mark after a bad place that `held` says yes to, or null. */
export function findAfter(
  file: SegmentFile,
  bad: number,
  held: (step: Extract<Step, { kind: "whole" }>) => boolean,
): Extract<Step, { kind: "whole" }> | null {
  let at = bad;
  const window = new Uint8Array(WINDOW_BYTES);
  for (;;) {
    const read = file.read(window, at);
    const newline = window.subarray(0, read).indexOf(10);
    if (newline === -1) {
      if (read < window.length) return null;
      at += read;
      continue;
    }
    at += newline + 1;
    if (!beginsLikeAHead(file, at)) continue;
    const step = walk(file, at).next().value;
    if (step !== undefined && step.kind === "whole" && held(step)) return step;
  }
}

/** Cheap enough to ask at every newline of a damaged file. */
function beginsLikeAHead(file: SegmentFile, at: number): boolean {
  const first = new Uint8Array(7);
  const text = new TextDecoder().decode(first.subarray(0, file.read(first, at)));
  return text === '{"seq":' || text === '{"mark"';
}
