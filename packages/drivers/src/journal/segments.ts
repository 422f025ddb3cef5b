/**
 * Which segments a journal has, in the order of their seqs.
 *
 *     current_session.jsonl                 written to
 *     archive/session_….jsonl               sealed
 *     archive/session_….jsonl.zst           the same, compressed; it keeps its plain name here
 *     archive/session_….jsonl.dropped       the same, its bytes in checkpoints; likewise
 *
 * A segment holds the seqs from its first entry up to the one before the next
 * segment's first: what a failed fsync left behind is thereby passed over. A
 * seal tells both ends even when the entries there cannot be read.
 *
 * A reader looks beside a writer that may rotate at any moment. The current file
 * is therefore opened before the archive is listed, and read through what was
 * opened: it stays the same file when its name begins to mean another one.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ARCHIVE_FOLDER, CURRENT_SEGMENT, findAt, type Seal } from "@verbatim/core";
import { COMPRESSED_END, DROPPED_END } from "@verbatim/core/keeping";
import { walkOver } from "./holes.ts";
import { checksum, openSegment, type SegmentFile } from "./segment-file.ts";

/** A segment as it lies in the folder. `last_seq` is the seal's, null where there is none. */
export type Segment = {
  readonly file: string;
  readonly path: string;
  readonly first_seq: number;
  readonly last_seq: number | null;
};

/** The segments as they were at one moment, and the way to open them. */
export type Layout = {
  readonly segments: readonly Segment[];
  /** Throws the system's error when the file was taken away since. */
  open(segment: Segment): SegmentFile;
  [Symbol.dispose](): void;
};

/** The first seq of a segment, and the last where a seal tells it. */
export type Ends = Pick<Segment, "first_seq" | "last_seq">;

/** A seal's line is a few hundred bytes at most. */
const SEAL_BYTES_MAX = 1024;
const SEAL_START: Buffer = Buffer.from('{"mark":"sealed"');

/** Ends of archived files, which never change. Bounded by the number of segments of a journal. */
const knownEnds: Map<string, Ends> = new Map();

/** All segments that hold an entry, by first seq. */
export function segmentsOf(folder: string): readonly Segment[] {
  using layout = layoutOf(folder);
  return layout.segments;
}

/** Bytes of all of them on disk. */
export function storedBytesOf(folder: string): number {
  using layout = layoutOf(folder);
  return layout.segments.reduce((sum, one) => {
    const file = layout.open(one);
    try {
      return sum + file.stored().bytes;
    } finally {
      file.close();
    }
  }, 0);
}

/** The same, with the current one held open. A folder that is not there has none. */
export function layoutOf(folder: string): Layout {
  const path = join(folder, CURRENT_SEGMENT);
  const current = openedOrNull(path);
  const ends = current === null ? null : endsOf(current);
  const archived = archivedIn(folder);
  const segments = archived.toSorted((a, b) => a.first_seq - b.first_seq);
  // Renamed between the two looks: then the archive has it already.
  const moved = ends !== null && segments.at(-1)?.first_seq === ends.first_seq;
  if (ends !== null && !moved) segments.push({ file: CURRENT_SEGMENT, path, ...ends });
  return {
    segments,
    open: (segment) =>
      current !== null && segment.file === CURRENT_SEGMENT
        ? { ...current, close: () => {} }
        : openSegment(segment.path),
    [Symbol.dispose]: () => current?.close(),
  };
}

/** The seal at the end of a file and where it begins, or null when there is no whole one. */
export function sealOf(file: SegmentFile): { readonly seal: Seal; readonly offset: number } | null {
  const size = file.size();
  const from = Math.max(0, size - SEAL_BYTES_MAX);
  const end = Buffer.alloc(size - from);
  const at = end.subarray(0, file.read(end, from)).lastIndexOf(SEAL_START);
  if (at === -1) return null;
  const found = findAt(end, at, checksum);
  const whole = found.kind === "whole" && found.end === end.length;
  return whole && found.head.kind === "sealed" ? { seal: found.head, offset: from + at } : null;
}

/** sha-256 of the plain bytes before a place: what a seal is of. */
export function digestTo(file: SegmentFile, end: number): string {
  const hash = createHash("sha256");
  const piece = new Uint8Array(1024 * 1024);
  for (let at = 0; at < end; ) {
    const read = file.read(piece.subarray(0, Math.min(piece.length, end - at)), at);
    if (read === 0) break;
    hash.update(piece.subarray(0, read));
    at += read;
  }
  return hash.digest("hex");
}

function archivedIn(folder: string): readonly Segment[] {
  const archive = join(folder, ARCHIVE_FOLDER);
  if (!existsSync(archive)) return [];
  // Twice: in a long listing a segment that changes its form meanwhile may be under neither name.
  const names = new Set([...plainNamesIn(archive), ...plainNamesIn(archive)]);
  return [...names].flatMap((name) => {
    const path = join(archive, name);
    const ends = knownEnds.get(path) ?? endsAt(path);
    if (ends === null) return []; // verify tells of it (missing.ts)
    knownEnds.set(path, ends);
    return [{ file: `${ARCHIVE_FOLDER}/${name}`, path, ...ends }];
  });
}

/** Names of the segments in the archive, whichever form each lies in. */
export function plainNamesIn(archive: string): readonly string[] {
  return readdirSync(archive)
    .map(plainNameOf)
    .filter((name) => name.endsWith(".jsonl"));
}

/** The name of a segment in whichever form it lies. */
export function plainNameOf(name: string): string {
  const end = [COMPRESSED_END, DROPPED_END].find((one) => name.endsWith(`.jsonl${one}`));
  return end === undefined ? name : name.slice(0, -end.length);
}

/** The ends of an archived file; null when it is not there or holds no entry. */
export function endsAt(path: string): Ends | null {
  const file = openedOrNull(path);
  if (file === null) return null;
  try {
    return endsOf(file);
  } finally {
    file.close();
  }
}

/** From the seal, or from the first entry that can be read; null when there is neither. */
function endsOf(file: SegmentFile): Ends | null {
  if (file.ends !== null) return { first_seq: file.ends.first_seq, last_seq: file.ends.last_seq };
  const found = sealOf(file);
  if (found !== null) return { first_seq: found.seal.first_seq, last_seq: found.seal.last_seq };
  for (const step of walkOver(file, { from: 0, before: null })) {
    if (step.kind === "whole" && step.head.kind === "entry") {
      return { first_seq: step.head.seq, last_seq: null };
    }
  }
  return null;
}

function openedOrNull(path: string): SegmentFile | null {
  try {
    return openSegment(path);
  } catch {
    return null;
  }
}
