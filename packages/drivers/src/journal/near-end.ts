/**
 * A place near the end of a segment that is still written to, where reading may
 * begin: its newest entries are there at once, however long it has grown.
 *
 *   L1  Such a place is the beginning of a commit, never bytes inside a record
 *       that look like one.
 *
 * The first entry of a commit says by `synced` where it stands itself. Entries
 * inside a record (somebody recorded a journal) name places of another file.
 */
import { headOf } from "@verbatim/core";
import type { Point } from "./points.ts";
import type { SegmentFile } from "./segment-file.ts";
import { walk } from "./walk.ts";

/** Looked through from the end, the next when the one before held none: a commit is at most a few megabytes. */
const WINDOWS_BYTES: readonly number[] = [256 * 1024, 2 * 1024 * 1024, 16 * 1024 * 1024];
const ENTRY_START: Buffer = Buffer.from('{"seq":');

/** The last beginning of a commit that is near the end, or null when there is none near. */
export function pointNearEnd(file: SegmentFile): Point | null {
  const size = file.size();
  for (const bytes of WINDOWS_BYTES) {
    const from = Math.max(0, size - bytes);
    const window = Buffer.allocUnsafe(size - from);
    const found = lastIn(file, window.subarray(0, file.read(window, from)), from);
    if (found !== null || from === 0) return found;
  }
  return null;
}

function lastIn(file: SegmentFile, held: Buffer, base: number): Point | null {
  for (let at = held.lastIndexOf(ENTRY_START); at !== -1; at = before(held, at)) {
    const newline = held.indexOf(10, at);
    const head = newline === -1 ? null : headOf(held.subarray(at, newline))?.value;
    if (head?.kind !== "entry" || head.synced !== base + at) continue; // (L1)
    for (const step of walk(file, base + at)) {
      if (step.kind !== "whole") break;
      return { seq: head.seq, offset: base + at };
    }
  }
  return null;
}

function before(held: Buffer, at: number): number {
  return at === 0 ? -1 : held.lastIndexOf(ENTRY_START, at - 1);
}
