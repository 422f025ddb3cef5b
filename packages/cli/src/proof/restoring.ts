/**
 * Laying the bytes of many files where they belong, in one pass over all entries
 * in order, and saying what each file is then.
 *
 *   X22  A file that was written anew has several generations. Without being
 *        asked for another, the newest comes back, under its own name.
 *   X30  A file of which bytes are not there any more (forgotten, damaged) says
 *        how many and from where; it is never passed off as whole.
 *
 * Bytes that follow each other, as they nearly always do, are digested on the
 * way to the file and never read again. Memory is one stretch of entries: at its
 * end everything of it is written.
 */
import { createHash, type Hash } from "node:crypto";
import type { Entry } from "@verbatim/core";
import {
  type FilePlan,
  fileName,
  LATE_RECORDS,
  type RecordHead,
  recordPlace,
} from "@verbatim/core/proof";

/** Where entries are read from, in order. What a stretch holds is valid until the next. */
export type EntrySource = {
  heads(): AsyncIterable<readonly RecordHead[]>;
  stretches(range: { readonly from: number; readonly to: number }): AsyncIterable<readonly Entry[]>;
};

/** A file being written; null where its bytes are only to be known. */
export type Sink = {
  write(pieces: readonly Uint8Array[], offset: number): void;
  /** Everything written, from the beginning, piece by piece. */
  readBack(): AsyncIterable<Uint8Array>;
} | null;

/** What came of it. */
export type Laid = {
  readonly bytes: number;
  readonly sha256: string;
  /** Bytes of which no record is there, and where the first of them is. */
  readonly missing: { readonly bytes: number; readonly from: number } | null;
};

/** A file of which everything was taken. */
export type Laying = {
  readonly file: FilePlan;
  /** Its last records, the newest last: they say when it was written. */
  readonly late: readonly Entry[];
  /** What it is now. */
  end(): Promise<Laid>;
};

/** Of all files those that are wanted: the newest generation, one by its number, or all. (X22) */
export function ofGeneration(
  files: readonly FilePlan[],
  generation: string | undefined,
): readonly FilePlan[] {
  if (generation === "all") return files;
  if (generation === undefined) return files.filter(({ newest }) => newest);
  return files.filter((file) => file.generation === generation);
}

/** Takes stretches in order; gives the files that are whole after each. */
export function openLaying(
  files: readonly FilePlan[],
  sinkFor: (file: FilePlan) => Sink,
): { take(stretch: readonly Entry[]): readonly Laying[] } {
  const planned = new Map(files.map((file) => [fileName(file), file]));
  const open = new Map<string, Growing>();

  function growingFor(entry: Entry): { readonly growing: Growing; readonly offset: number } | null {
    const place = recordPlace(entry);
    const file = place === null ? undefined : planned.get(place.name);
    if (place === null || file?.records.get(place.offset) !== entry.seq) return null;
    const growing = open.get(place.name) ?? growingOf(file, sinkFor(file));
    open.set(place.name, growing);
    return { growing, offset: place.offset };
  }

  return {
    take: (stretch) => {
      const touched = new Set<Growing>();
      for (const entry of stretch) {
        const found = growingFor(entry);
        if (found === null) continue;
        found.growing.take(entry, found.offset);
        touched.add(found.growing);
      }
      const whole: Laying[] = [];
      for (const growing of touched) {
        growing.flush();
        if (growing.left() > 0) continue;
        open.delete(fileName(growing.file));
        whole.push(growing);
      }
      return whole;
    },
  };
}

type Growing = Laying & {
  take(entry: Entry, offset: number): void;
  /** Writes what is held back. */
  flush(): void;
  left(): number;
};

function growingOf(file: FilePlan, sink: Sink): Growing {
  const hash = createHash("sha256");
  const late: Entry[] = [];
  let left = file.records.size;
  const held: Uint8Array[] = [];
  /** Where what is held begins and ends. */
  let from = 0;
  let to = 0;
  let end = 0;
  let sum = 0;
  let gap: number | null = null;
  let isStraight = true;

  function flush(): void {
    if (held.length === 0) return;
    gap = gapAfter(gap, { from, to, end });
    if (from !== end) isStraight = false;
    if (isStraight) for (const piece of held) hash.update(piece);
    end = Math.max(end, to);
    sum += to - from;
    sink?.write(held, from);
    held.length = 0;
  }

  return {
    ...{ file, late, flush },
    left: () => left,
    take: (entry, offset) => {
      const { raw } = entry;
      if (offset !== to) {
        flush();
        from = offset;
        to = offset;
      }
      if (held.length === 0) from = offset;
      to += raw.length;
      putBehind(held, raw);
      left -= 1;
      // A copy: what is read at once is given free at once.
      if (left < LATE_RECORDS) late.push({ ...entry, raw: raw.slice() });
    },
    end: async () => {
      const missing = sum < end ? { bytes: end - sum, from: gap ?? 0 } : null;
      const sha256 = isStraight ? hash.digest("hex") : await digestOf(sink, createHash("sha256"));
      return { bytes: end, sha256, missing };
    },
  };
}

/** Where the first hole of a file that ended at `end` is, now that a piece was laid. */
function gapAfter(
  gap: number | null,
  { from, to, end }: { readonly from: number; readonly to: number; readonly end: number },
): number | null {
  if (from > end) return gap ?? end;
  return gap !== null && from <= gap ? Math.max(gap, to) : gap;
}

/** Pieces that also lie next to each other in memory are one. */
function putBehind(held: Uint8Array[], raw: Uint8Array): void {
  const last = held.at(-1);
  if (last?.buffer === raw.buffer && last.byteOffset + last.length === raw.byteOffset)
    held[held.length - 1] = new Uint8Array(last.buffer, last.byteOffset, last.length + raw.length);
  else held.push(raw);
}

async function digestOf(sink: Sink, hash: Hash): Promise<string> {
  if (sink === null) return "";
  for await (const piece of sink.readBack()) hash.update(piece);
  return hash.digest("hex");
}
