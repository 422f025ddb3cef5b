/**
 * Which bytes of the journal make which file.
 *
 *   X1  The records of a path and generation, laid at their offsets, are the
 *       file as it was heard; a later record of the same offset is the better
 *       one, because a torn line is recorded again when it is whole.
 *   X14  A file of which anything was forgotten is no file any more: it is named,
 *        and not made.
 *   X2  No name leads out of the folder that is restored to, whatever it says.
 *
 * Pure: headers in, a plan out. Bytes are never all in memory.
 */
import { type Entry, fileKeyOf } from "../message/heard.ts";

/** A record without its bytes; `erased` when what was heard was forgotten since. */
export type RecordHead = Omit<Entry, "raw" | "erased"> & { readonly erased?: boolean };

/** A file to make: where below the output folder, and which entries at which offsets. */
export type FilePlan = {
  readonly source: string;
  readonly path: string;
  readonly generation: string;
  /** Whether no generation of this path came after it. */
  readonly newest: boolean;
  /** When its last record was heard. */
  readonly heard_at: string;
  /** Below the output folder, with "/" between names. */
  readonly target: string;
  /** The entry at each offset, in the order in which offsets were first heard of. */
  readonly records: ReadonlyMap<number, number>;
};

type Growing = {
  readonly source: string;
  readonly path: string;
  readonly generation: string;
  readonly records: Map<number, number>;
  readonly first: number;
  heard_at: string;
  erased: boolean;
};

/** Which file a record is of, by a name that no other has, and where in it; null when it is of none. */
export function recordPlace({
  source,
  key,
}: Pick<RecordHead, "source" | "key">): { readonly name: string; readonly offset: number } | null {
  const place = fileKeyOf(key);
  return place === null ? null : { name: fileName({ source, ...place }), offset: place.offset };
}

/** The same name, of a file that is planned. */
export function fileName(file: Pick<FilePlan, "source" | "path" | "generation">): string {
  return `${file.source}\0${file.path}\0${file.generation}`;
}

export interface RestorePlan {
  take(head: RecordHead): void;
  files(): readonly FilePlan[];
  /** Those of which something was forgotten. (X14) */
  forgotten(): readonly FilePlan[];
}

/** Takes headers in the journal's order; gives the plan. */
export function restorePlan(): RestorePlan {
  const files = new Map<string, Growing>();
  return {
    take: (head) => {
      const place = fileKeyOf(head.key);
      if (place === null) return;
      const { path, generation, offset } = place;
      const name = fileName({ source: head.source, path, generation });
      const file = files.get(name) ?? {
        ...{ source: head.source, path, generation, heard_at: head.at },
        ...{ first: head.seq, records: new Map<number, number>(), erased: false },
      };
      files.set(name, file);
      file.heard_at = head.at;
      file.erased ||= head.erased === true;
      file.records.set(offset, head.seq);
    },
    files: () => plansOf([...files.values()], false),
    forgotten: () => plansOf([...files.values()], true),
  };
}

/** The newest generation of a path gets the plain name, those before it say which they are. */
function plansOf(files: readonly Growing[], erased: boolean): readonly FilePlan[] {
  const newest = newestOf(files);
  return files
    .filter((file) => file.erased === erased)
    .map((file) => {
      const plain = plainTarget(file);
      const isNewest = newest.has(file);
      return {
        source: file.source,
        path: file.path,
        generation: file.generation,
        newest: isNewest,
        heard_at: file.heard_at,
        target: isNewest
          ? plain
          : `${plain}.generation-${file.generation.replaceAll(/[^\w.-]/g, "_")}`,
        records: file.records,
      };
    });
}

/** A source is one folder: also one that no recorder would take, as of checkpoints that somebody else made. */
function safeName(source: string): string {
  const name = source.replaceAll(/[\0/\\]/g, "_");
  return /^[.]*$/.test(name) ? "_" : name;
}

/** A writing of a file, and the entry it began with. */
type Writing = Pick<FilePlan, "source" | "path"> & { readonly first: number };

/** Of the writings of each file the one that nothing came after. */
export function newestOf<One extends Writing>(files: readonly One[]): ReadonlySet<One> {
  const newest = new Map<string, One>();
  for (const file of files) {
    const name = `${file.source}\0${file.path}`;
    const known = newest.get(name);
    if (known === undefined || file.first > known.first) newest.set(name, file);
  }
  return new Set(newest.values());
}

/** Where the newest writing of a file comes back to. */
export function plainTarget({ source, path }: Pick<FilePlan, "source" | "path">): string {
  return `${safeName(source)}/${safePath(path)}`;
}

/** A path without anything that climbs or starts over; names that are all dots are spelled out. */
function safePath(path: string): string {
  const names = path.split("/").filter((name) => name !== "" && name !== ".");
  return names.map((name) => (name === ".." ? "__" : name.replaceAll("\0", "_"))).join("/");
}
