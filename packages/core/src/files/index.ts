/** Files that are handed out as they lie: what whoever hands them out knows of one. */

/** A file that was written whole and does not change. */
export type KeptFile = {
  readonly bytes: number;
  /** The same for the same content: for ETag. */
  readonly mark: string;
  /** The bytes from `from` up to and without `to`, in pieces. */
  read(from: number, to: number): AsyncIterable<Uint8Array>;
};
