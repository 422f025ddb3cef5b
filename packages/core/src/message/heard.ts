/**
 * What was heard: one record of a source, untouched.
 *
 * This is the only shape that crosses into the journal. Nothing is parsed, cut
 * or corrected before it is safe, so a parser that was wrong last year can be
 * put right and run again.
 *
 *   H1  `source` and `key` together name a record for good: hearing it again
 *       gives the same name.
 *
 * A record of a file is a byte range of it, its line end included, so that the
 * records of a file laid end to end are the file. Its key is
 * `<path below the watched folder>#<generation>@<offset>`.
 */

export type Heard = {
  /** Who told us: "claude-code", "api", "jsonl". Lower case, digits and dashes. */
  readonly source: string;
  /** The source's own name for the record. */
  readonly key: string;
  /** When we heard it: UTC, ISO 8601 with milliseconds. When it was said is the parser's to find out. */
  readonly at: string;
  readonly raw: Uint8Array;
};

/** Heard, with its place in the journal: `seq` counts from 1, without holes. */
export type Entry = Heard & {
  readonly seq: number;
  /** What was heard was forgotten: `raw` is what stands in its place, and `key` may be. */
  readonly erased?: true;
};

/** Where a record of a file came from, read out of its key. */
export type FileKey = {
  readonly path: string;
  readonly generation: string;
  readonly offset: number;
};

/** The key of a byte range of a file. */
export function fileKey(place: FileKey): string {
  return `${place.path}#${place.generation}@${place.offset}`;
}

/** The place a key names, or null when it is not the key of a file record. */
export function fileKeyOf(key: string): FileKey | null {
  const end = key.lastIndexOf("@");
  const mark = key.lastIndexOf("#", end);
  if (mark === -1 || end < mark) return null;
  const generation = key.slice(mark + 1, end);
  const offset = key.slice(end + 1);
  if (generation === "" || generation.includes("@") || !/^\d+$/.test(offset)) return null;
  return { path: key.slice(0, mark), generation, offset: Number(offset) };
}
