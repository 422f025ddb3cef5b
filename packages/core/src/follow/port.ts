/**
 * What following files asks of the world: a disk to read, a place to keep notes.
 *
 *   T8  What cannot be read is named in the answer and asked for again later;
 *       it never ends a walk and never hides what can be read.
 *
 * A path is absolute; `below` is the same file as seen from the watched folder,
 * with "/" between names, and becomes part of the record's key.
 */

/** A file as the disk shows it. The four together tell whether anything can have happened to it. */
export type Look = {
  readonly dev: number;
  readonly ino: number;
  readonly size: number;
  readonly mtimeMs: number;
};

export type FileSeen = Look & { readonly path: string; readonly below: string };

/** Something that could not be read, and why, for a person. */
export type Problem = { readonly path: string; readonly why: string };

/** What lies below a folder now. `away`: the folder itself is not there. */
export type Walk = {
  readonly files: readonly FileSeen[];
  readonly problems: readonly Problem[];
  readonly away: boolean;
};

/** One open file. Reading never waits for bytes that are not there. */
export interface OpenFile {
  look(): Promise<Look>;
  /** Fills `into` from byte `at` on; the number of bytes read, less than asked only at the end of the file. */
  read(into: Uint8Array, at: number): Promise<number>;
  close(): Promise<void>;
}

export interface Disk {
  /** Every transcript below `root` at any depth; a root that is a file is that file. */
  walk(root: string): Promise<Walk>;
  /** Throws `source_unreadable`, or `not_found` when the file is gone. */
  open(path: string): Promise<OpenFile>;
}

/** A note that may be lost at any time: what it says can be worked out again. */
export interface Note {
  /** The text last saved, or null when there is none or it cannot be read. */
  load(): Promise<string | null>;
  /** Replaces the whole text at once: a reader sees the old or the new one. */
  save(text: string): Promise<void>;
}

/** crc32 of the bytes, going on from the crc of what came before. */
export type Checksum = (bytes: Uint8Array, before?: number) => number;
