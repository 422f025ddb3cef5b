/**
 * What the system asks of a journal.
 *
 * The journal is the ground state. Queue, stores and exports are worked out
 * from it and can all be thrown away and made again.
 *
 *   J1  When `append` resolves, what was heard survives a power cut: it was
 *       written and fdatasync'ed by us.
 *   J2  `seq` starts at 1 and only grows, without holes, also across segments,
 *       restarts and crashes.
 *   J3  `read` gives back exactly the bytes that were appended, in order.
 *   J4  After a crash the journal opens by itself; at most an append that had
 *       not yet resolved is gone, and it is gone whole.
 *   J5  Appends made at once lie in the order they were made, and the records
 *       of one append lie next to each other.
 *
 * J1-J5 are held by testing/journal.contract.ts, which every driver runs.
 */
import type { Entry, Heard } from "../message/heard.ts";

/** How much of the journal to read: at most so many entries and, past the first, so many bytes of raw. */
export type Stretch = {
  readonly from: number;
  /** Nothing above this seq is read: what was announced is safe, what lies beyond may not be. */
  readonly to: number;
  readonly entries: number;
  readonly bytes: number;
};

export type SegmentInfo = {
  /** Relative to the journal's folder: `current_session.jsonl`, `archive/session_….jsonl`. */
  readonly file: string;
  readonly first_seq: number;
  readonly last_seq: number;
  /** Plain bytes. */
  readonly bytes: number;
  /** Bytes on disk; fewer when it is compressed. */
  readonly stored_bytes: number;
  readonly compressed: boolean;
  /** Its bytes are in checkpoints, and are read from there. */
  readonly dropped: boolean;
  /** When it was written last: for a sealed one, when that was. */
  readonly written_at: string;
  readonly sealed: boolean;
};

/** Reads beside a writer in another process, or with nothing running. */
export interface JournalReader {
  /** Entries with `from` <= seq <= `to`, in order. Sees what was appended since it was opened. */
  read(stretch: Stretch): Promise<readonly Entry[]>;
  /** The highest seq on disk now; 0 when there is none. Only the writer knows which are acknowledged. */
  last(): Promise<number>;
  segments(): Promise<readonly SegmentInfo[]>;
  close(): Promise<void>;
}

export interface Journal extends JournalReader {
  /** A name for this journal that no other has: stores remember which one they were made from. */
  readonly id: string;
  /** Resolves with the first seq once all of `heard` is safe; the others follow it without holes. */
  append(heard: readonly Heard[]): Promise<number>;
  /** The highest acknowledged seq. */
  durable(): number;
  /** Seals the current segment, if it holds anything; gives the archived file's name. */
  rotate(): Promise<string | null>;
}
