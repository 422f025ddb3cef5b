/**
 * How far every file has been heard: a fold over the journal.
 *
 *   T5  Cursors are worked out from the journal alone. A note and the journal
 *       behind it give the same cursors as the whole journal does.
 *
 * A file's path may have held several contents: each is a generation, named by
 * a number, and a generation only ever grows. Which generation a file on the
 * disk is, is decided in hearing.ts; here is only what was heard.
 *
 *   T11  A path of which anything was forgotten is known as such, from the
 *        journal alone, and stays so whatever else it held.
 */
import type { Entry } from "../message/heard.ts";
import { fileKeyOf } from "../message/heard.ts";
import { isWholeRecord } from "../sources/lines.ts";
import { EXPORT_SOURCE, OPENAI_SOURCE } from "../sources/names.ts";
import type { Checksum } from "./port.ts";
import type { Place, Reach, Stretched } from "./reach.ts";
import { further, NOTHING } from "./reach.ts";

/** Sources whose records are byte ranges of files. Nobody else may record under these names. */
export const FILE_SOURCES: readonly string[] = [
  "claude-code",
  "recorder",
  "broker-log",
  EXPORT_SOURCE,
  OPENAI_SOURCE,
  "jsonl",
];

/** One content of one path. */
export type Generation = {
  readonly source: string;
  readonly path: string;
  readonly generation: string;
  readonly reach: Reach;
  /** The file that held exactly this, when it was last looked at; null when not known. */
  readonly place: Place | null;
  /** Something of it was forgotten: what its bytes were cannot be known any more, and it is not heard again. */
  readonly forgotten?: true | undefined;
};

type Which = Pick<Generation, "source" | "path" | "generation">;

export interface Cursors {
  /** What was heard under a path, newest generation first. */
  generations(source: string, path: string): readonly Generation[];
  /** The name of a new generation of a path; the same one until something of it was heard. */
  next(source: string, path: string): string;
  /** Moves on by records of one generation that lie at `offset`; those that do not lie at its end change nothing. */
  move(which: Which, offset: number, more: Stretched): void;
  /** Moves on by one entry of the journal. Entries that are not byte ranges of files change nothing. */
  hear(entry: Pick<Entry, "source" | "key" | "raw" | "erased">): void;
  /** Whether something that was heard under this path was forgotten, whatever its source. */
  isForgotten(path: string): boolean;
  /** Remembers where a generation lies. Only for what was heard to its end. */
  put(which: Which, place: Place): void;
  all(): Iterable<Generation>;
}

type Path = { readonly generations: Map<string, Generation>; last: number };

/** Cursors that begin with what an earlier note said. */
export function cursorsFrom(
  noted: Iterable<Generation>,
  bounds: { readonly checksum: Checksum; readonly pieceBytesMax: number },
): Cursors {
  const paths = new Map<string, Path>();
  const gone = new Set<string>();

  function pathOf(source: string, path: string): Path {
    const name = `${source}\n${path}`;
    const known = paths.get(name);
    if (known !== undefined) return known;
    const made: Path = { generations: new Map(), last: 0 };
    paths.set(name, made);
    return made;
  }

  function keep(generation: Generation): void {
    const path = pathOf(generation.source, generation.path);
    path.generations.set(generation.generation, generation);
    const number = Number(generation.generation);
    if (number > path.last) path.last = number;
    if (generation.forgotten === true) gone.add(generation.path);
  }

  function find(which: Which): Generation | undefined {
    return paths.get(`${which.source}\n${which.path}`)?.generations.get(which.generation);
  }

  function move(which: Which, offset: number, more: Stretched): void {
    const { source, path, generation } = which;
    const known = find(which);
    if (known?.forgotten === true) return;
    const before = known?.reach ?? NOTHING;
    // Below the end it is a repeat. Beyond it nothing of ours writes; what cannot be joined counts as not heard.
    if (offset !== before.end) return;
    const reach = further(before, more, bounds.checksum);
    keep({ source, path, generation, reach, place: null });
  }

  for (const generation of noted) keep(generation);
  return {
    generations: (source, path) => {
      const known = paths.get(`${source}\n${path}`);
      return known === undefined ? [] : [...known.generations.values()].toReversed();
    },
    next: (source, path) => String((paths.get(`${source}\n${path}`)?.last ?? 0) + 1),
    move,
    hear: ({ source, key, raw, erased }) => {
      const at = FILE_SOURCES.includes(source) ? fileKeyOf(key) : null;
      if (at === null) return;
      if (erased === true) {
        const { path, generation } = at;
        keep({ source, path, generation, reach: NOTHING, place: null, forgotten: true });
        return;
      }
      const whole = isWholeRecord(raw, bounds.pieceBytesMax);
      const more = { bytes: raw, records: 1, lastBytes: raw.length, whole };
      move({ source, path: at.path, generation: at.generation }, at.offset, more);
    },
    put: (which, place) => {
      const known = find(which);
      if (known !== undefined && known.forgotten !== true) keep({ ...known, place });
    },
    isForgotten: (path) => gone.has(path),
    all: function* () {
      for (const path of paths.values()) yield* path.generations.values();
    },
  };
}
