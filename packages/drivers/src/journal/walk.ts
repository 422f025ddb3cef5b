/**
 * Walking over a segment file from an offset: what stands there, in order, with
 * at most one record and one window of the file in memory.
 *
 * A walk ends at the first bad place. Going on behind it is in holes.ts.
 */
import { type Found, findAt } from "@verbatim/core";
import { checksum, type SegmentFile } from "./segment-file.ts";

/** Read at first, enough for whoever wants a few entries; then twice as much each time. */
const FIRST_BYTES: number = 64 * 1024;
/** Read at once at most. Larger reads were not faster on the disks this was tried on. */
const WINDOW_BYTES: number = 1024 * 1024;
/** Windows of walks that are over, used again: a new one costs more than what a short walk reads. */
const windows: Uint8Array[] = [];
const WINDOWS_MAX = 4;

/** A whole entry or mark, and where it lies. */
export type Whole = Extract<Found, { kind: "whole" }> & {
  readonly offset: number;
  readonly next: number;
};

/** One step of a walk. `bad` stands where neither an entry nor a mark could be read. */
export type Step = Whole | { readonly kind: "bad"; readonly offset: number };

/**
 * Whole lines and entries from `from` on, until the end or the first bad place,
 * which is the last step. `raw` is only valid until the next step, or the end.
 */
export function* walk(file: SegmentFile, from = 0): Generator<Step> {
  const whole = windows.pop() ?? new Uint8Array(WINDOW_BYTES);
  try {
    let window = whole.subarray(0, FIRST_BYTES);
    let base = from;
    let held = window.subarray(0, file.read(window, base));
    let at = 0;
    for (;;) {
      const atEnd = held.length < window.length;
      if (at === held.length && atEnd) return;
      const found = findAt(held, at, checksum);
      if (found.kind === "whole") {
        yield { ...found, offset: base + at, next: base + found.end };
        at = found.end;
        continue;
      }
      if (found.kind === "bad" || atEnd) {
        yield { kind: "bad", offset: base + at };
        return;
      }
      base += at;
      window = roomFor(found.wants, window, whole);
      held = window.subarray(0, file.read(window, base));
      at = 0;
    }
  } finally {
    if (windows.length < WINDOWS_MAX) windows.push(whole);
  }
}

/** A larger window for a record that is not whole in this one: each time twice as large, or as much as it wants. */
function roomFor(wants: number, window: Uint8Array, whole: Uint8Array): Uint8Array {
  if (wants > whole.length) {
    const bytes = wants + WINDOW_BYTES;
    return bytes > window.length ? new Uint8Array(bytes) : window;
  }
  const bytes = Math.min(2 * window.length, whole.length);
  return bytes > window.length ? whole.subarray(0, bytes) : window;
}
