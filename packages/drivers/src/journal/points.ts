/**
 * A sparse index of a segment: where some of its entries begin, so that reading
 * by position needs a look at a few pages and not at the whole file.
 *
 * That of a sealed segment lies in `index/` beside the archive. It is made by
 * whoever seals and is only a hint: it is checked where it is used, and where it
 * is absent or wrong the segment itself is walked.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** An entry's place in its segment. */
export type Point = { readonly seq: number; readonly offset: number };

/** Far enough apart that a segment has two thousand, near enough that a look-up reads a hundred entries and not a thousand. */
const POINT_BYTES: number = 32 * 1024;

/** Notes a place, in order, when it is far enough from those noted on either side. */
export function note(points: Point[], point: Point): void {
  const place = placeBefore(points, point.seq);
  const [before, after] = [points[place], points[place + 1]];
  if (before !== undefined && point.offset - before.offset < POINT_BYTES) return;
  if (after !== undefined && after.offset - point.offset < POINT_BYTES) return;
  points.splice(place + 1, 0, point);
}

/** The number of the last point at or before `seq`, or -1. */
export function placeBefore(points: readonly Point[], seq: number): number {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle]?.seq ?? 0) <= seq) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Keeps the points of a sealed segment. A failure costs a walk later, so it is not told. */
export function savePoints(dir: string, name: string, points: readonly Point[]): void {
  try {
    const path = indexPath(dir, name);
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const rows = points.map((one) => [one.seq, one.offset]);
    writeFileSync(`${path}.new`, JSON.stringify({ segment: name, points: rows }), { mode: 0o600 });
    renameSync(`${path}.new`, path);
  } catch {
    // Whoever reads walks the segment instead.
  }
}

/** The points of a sealed segment, or null when there are none that could be right. */
export function loadPoints(dir: string, name: string): Point[] | null {
  try {
    const found: unknown = JSON.parse(readFileSync(indexPath(dir, name), "utf8"));
    if (typeof found !== "object" || found === null || !("points" in found)) return null;
    if (!Array.isArray(found.points)) return null;
    const points = found.points.map(pointFrom);
    return points.every((one, at) => follows(one, points[at - 1])) ? points : null;
  } catch {
    return null;
  }
}

function pointFrom(row: unknown): Point {
  const [seq, offset]: readonly unknown[] = Array.isArray(row) ? row : [];
  return { seq: Number(seq), offset: Number(offset) };
}

function follows(point: Point, before: Point | undefined): boolean {
  if (!Number.isSafeInteger(point.seq) || !Number.isSafeInteger(point.offset)) return false;
  if (point.seq < 1 || point.offset < 0) return false;
  return before === undefined || (point.seq > before.seq && point.offset > before.offset);
}

function indexPath(dir: string, name: string): string {
  return join(dir, "index", basename(name).replace(/[.]jsonl$/, ".json"));
}
