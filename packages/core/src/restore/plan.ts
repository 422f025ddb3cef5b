/**
 * Which bytes of the journal make which file.
 *
 *   X1  The records of a path and generation, laid at their offsets, are the
 *       file as it was heard; a later record of the same offset is the better
 *       one, because a torn line is recorded again when it is whole.
 *   X2  No name leads out of the folder that is restored to, whatever it says.
 *
 * Pure: headers in, a plan out. Bytes are never all in memory.
 */
import { fileKeyOf } from "../message/heard.ts";

/** A record as its header tells it. */
export type RecordHead = {
  readonly seq: number;
  readonly source: string;
  readonly key: string;
  readonly len: number;
};

/** A file to make: where below the output folder, and which entries at which offsets. */
export type FilePlan = {
  readonly source: string;
  readonly path: string;
  readonly generation: string;
  /** Below the output folder, with "/" between names. */
  readonly target: string;
  /** By offset, ascending; where two overlap the later is written over the earlier. */
  readonly pieces: readonly {
    readonly seq: number;
    readonly offset: number;
    readonly len: number;
  }[];
};

type Growing = {
  readonly source: string;
  readonly path: string;
  readonly generation: string;
  readonly pieces: Map<number, { seq: number; len: number }>;
  first: number;
};

/** Takes headers in the journal's order; gives the plan. */
export function restorePlan(): { take(head: RecordHead): void; files(): readonly FilePlan[] } {
  const files = new Map<string, Growing>();
  return {
    take: (head) => {
      const place = fileKeyOf(head.key);
      if (place === null) return;
      const name = `${head.source}\0${place.path}\0${place.generation}`;
      const file = files.get(name) ?? {
        source: head.source,
        path: place.path,
        generation: place.generation,
        pieces: new Map<number, { seq: number; len: number }>(),
        first: head.seq,
      };
      files.set(name, file);
      file.pieces.set(place.offset, { seq: head.seq, len: head.len });
    },
    files: () => plansOf([...files.values()]),
  };
}

/** The newest generation of a path gets the plain name, those before it say which they are. */
function plansOf(files: readonly Growing[]): readonly FilePlan[] {
  const newest = new Map<string, Growing>();
  for (const file of files) {
    const name = `${file.source}\0${file.path}`;
    const known = newest.get(name);
    if (known === undefined || file.first > known.first) newest.set(name, file);
  }
  return files.map((file) => {
    const plain = `${file.source}/${safePath(file.path)}`;
    const isNewest = newest.get(`${file.source}\0${file.path}`) === file;
    return {
      source: file.source,
      path: file.path,
      generation: file.generation,
      target: isNewest
        ? plain
        : `${plain}.generation-${file.generation.replaceAll(/[^\w.-]/g, "_")}`,
      pieces: [...file.pieces]
        .map(([offset, piece]) => ({ offset, ...piece }))
        .toSorted((a, b) => a.offset - b.offset),
    };
  });
}

/** A path without anything that climbs or starts over; names that are all dots are spelled out. */
function safePath(path: string): string {
  const names = path.split("/").filter((name) => name !== "" && name !== ".");
  return names.map((name) => (name === ".." ? "__" : name.replaceAll("\0", "_"))).join("/");
}
