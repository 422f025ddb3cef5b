/**
 * The newest names that were recorded through the intake, with a digest of what
 * they named: what decides whether a record offered `once` is new.
 *
 * Bounded: between ONCE_REMEMBERED and half as many more, at about 200 bytes
 * each, the oldest forgotten first; a long name is remembered by its digest. A
 * digest decides that a record is not written, so it must be one that nobody can
 * find two inputs for. What is forgotten here is the deep store's to know. Names of records of files are not kept: cursors know those.
 */
import type { Entry, Heard } from "../message/heard.ts";

/** Names remembered at least: days of a busy chat server, in some 60 MB. */
export const ONCE_REMEMBERED = 200_000;
/** Longer names are remembered by their digest, so that no sender decides how much memory we take. */
const NAME_CHARS_MAX = 100;

/** Names are forgotten by the half of ONCE_REMEMBERED: taking them from a Map one by one is slower the more it has held. */
const PARTS = 3;

/** A digest of bytes, or of a text's, as a short text: equal for equal bytes and, also for whoever tries, for no others. */
export type Digest = (bytes: Uint8Array | string) => string;

/** What is known of a name: where it was recorded first, and the digest of what it named. */
type Remembered = { readonly seq: number; readonly digest: string };

export interface Names {
  /** How a record is named here. */
  nameOf(record: Pick<Heard, "source" | "key">): string;
  find(name: string): Remembered | undefined;
  /** Remembers a name, unless it is known: the first record of a name is the one that counts. */
  add(name: string, what: Remembered): void;
  /** Remembers an entry of the journal. */
  hear(entry: Entry): void;
  /** Forgets the names of records at these places. */
  drop(isGone: (seq: number) => boolean): void;
  digest: Digest;
  /** Every name, oldest first. */
  all(): Iterable<readonly [string, Remembered]>;
}

/** An empty memory. `files`: sources whose records are not kept here. */
export function namesFrom(
  digest: Digest,
  files: readonly string[],
  most: number = ONCE_REMEMBERED,
): Names {
  /** The newest part first. */
  let parts: readonly Map<string, Remembered>[] = [new Map()];
  const find = (name: string): Remembered | undefined => {
    for (const part of parts) {
      const found = part.get(name);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  // No name holds NUL, so none can be taken for the digest of another.
  const nameOf = ({ source, key }: Pick<Heard, "source" | "key">): string =>
    key.length <= NAME_CHARS_MAX ? `${source} ${key}` : `${source}\0${digest(key)}`;
  const add = (name: string, what: Remembered): void => {
    if (find(name) !== undefined) return;
    const [newest] = parts;
    if (newest !== undefined && newest.size < most / (PARTS - 1)) newest.set(name, what);
    else parts = [new Map([[name, what]]), ...parts.slice(0, PARTS - 1)];
  };
  return {
    nameOf,
    find,
    add,
    hear: (entry) => {
      // What was forgotten has no name any more: what is offered under it is new.
      if (files.includes(entry.source) || entry.erased === true) return;
      add(nameOf(entry), { seq: entry.seq, digest: digest(entry.raw) });
    },
    drop: (isGone) => {
      for (const part of parts) {
        for (const [name, { seq }] of part) if (isGone(seq)) part.delete(name);
      }
    },
    digest,
    all: function* () {
      for (const part of parts.toReversed()) yield* part;
    },
  };
}
