/**
 * The newest names that were recorded through the intake, with a digest of what
 * they named: what decides whether a record offered `once` is new.
 *
 * Bounded: ONCE_REMEMBERED names at about 200 bytes, the oldest forgotten first;
 * a long name is remembered by its digest. What is forgotten here is the deep
 * store's to know. Names of records of files are not kept: cursors know those.
 */
import type { Heard } from "../message/heard.ts";

/** Names remembered: days of a busy chat server, in some 40 MB. */
export const ONCE_REMEMBERED = 200_000;
/** Longer names are remembered by their digest, so that no sender decides how much memory we take. */
const NAME_CHARS_MAX = 100;

/** A digest of bytes, equal for equal bytes and for practically no others. */
export type Digest = (bytes: Uint8Array | string) => bigint;

/** What is known of a name: where it was recorded first, and the digest of what it named. */
export type Remembered = { readonly seq: number; readonly digest: bigint };

export interface Names {
  /** How a record is named here. */
  nameOf(record: Pick<Heard, "source" | "key">): string;
  find(name: string): Remembered | undefined;
  /** Remembers a name, unless it is known: the first record of a name is the one that counts. */
  add(name: string, what: Remembered): void;
  /** Remembers an entry of the journal. */
  hear(entry: Heard & { readonly seq: number }): void;
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
  const known = new Map<string, Remembered>();
  const nameOf = ({ source, key }: Pick<Heard, "source" | "key">): string =>
    key.length <= NAME_CHARS_MAX ? `${source} ${key}` : `${source}  ${digest(key).toString(36)}`;
  const add = (name: string, what: Remembered): void => {
    if (known.has(name)) return;
    known.set(name, what);
    if (known.size <= most) return;
    // A Map gives its oldest first.
    for (const oldest of known.keys()) {
      known.delete(oldest);
      break;
    }
  };
  return {
    nameOf,
    find: (name) => known.get(name),
    add,
    hear: (entry) => {
      if (files.includes(entry.source)) return;
      add(nameOf(entry), { seq: entry.seq, digest: digest(entry.raw) });
    },
    digest,
    all: () => known.entries(),
  };
}
