/**
 * Handing records to the one writer of the journal, from another process, over
 * a unix socket.
 *
 *   I1  A receipt means the record is in the journal, after its fdatasync.
 *   I2  Receipts come in the order of the records, one each.
 *   I3  A record offered `once` is not written again when the same source and
 *       key is known: same bytes give `known` and the old seq, other bytes give
 *       `conflict`. The writer remembers at least the newest ONCE_REMEMBERED;
 *       older ones are the deep store's to know.
 */

import type { Uncaptured } from "../follow/deleting.ts";

export type Offered = {
  readonly source: string;
  readonly key: string;
  readonly raw: Uint8Array;
  readonly once: boolean;
};

export type Receipt =
  | { readonly status: "created" | "known"; readonly seq: number }
  | { readonly status: "conflict"; readonly seq: number }
  | { readonly status: "refused"; readonly code: string; readonly message: string };

/** How the sources and the journal are doing. */
export type IngestStatus = {
  readonly journal_id: string;
  /** Entries in the journal = the highest acknowledged seq. */
  readonly heard: number;
  readonly last_heard_at: string | null;
  readonly segments: number;
  readonly journal_bytes: number;
  readonly disk_free_bytes: number;
  /** Writes that failed since the last one that succeeded; health is red while it is not 0. */
  readonly write_failures: number;
  readonly sources: readonly SourceStatus[];
};

export type SourceStatus = {
  readonly source: string;
  /** The watched folder, or the socket. */
  readonly root: string;
  readonly state: "catching up" | "live" | "away" | "failing";
  readonly files: number;
  /** Bytes that lie in the files and are not in the journal yet. */
  readonly bytes_behind: number;
  readonly bytes_total: number;
  readonly last_heard_at: string | null;
  /** What lies in it and is not recorded, and how long it stays; null when that is nothing. */
  readonly uncaptured: Uncaptured | null;
  readonly problem: string | null;
};

/** What one may ask ingest over the same socket. */
export type Control =
  | { readonly op: "heard" | "status" | "rotate" }
  /** Entries of this range were erased since they were recorded: what is remembered of them goes. */
  | { readonly op: "erased"; readonly from: number; readonly to: number };

export interface Intake {
  hand(batch: readonly Offered[]): Promise<readonly Receipt[]>;
  /** How far the journal is acknowledged: what is asked often costs next to nothing. */
  heard(): Promise<number>;
  status(): Promise<IngestStatus>;
  /** The archived file's name, or null when there was nothing to seal. */
  rotate(): Promise<string | null>;
  /** Resolves when the recorder remembers nothing of what was erased there, also after a crash. */
  erased(from: number, to: number): Promise<void>;
  close(): Promise<void>;
}
