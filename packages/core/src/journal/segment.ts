/**
 * Names of the journal's files, and when one is full.
 *
 * Names are free of ":" so that every file system takes them, and tell the time
 * of sealing in UTC. They are for people: the order of segments is the order of
 * the seqs in them, because clocks go back.
 */
import { SEGMENT_BYTES_MAX } from "../limits.ts";

/** The segment that is written to. */
export const CURRENT_SEGMENT = "current_session.jsonl";

/** Where sealed segments lie, below the journal's folder. */
export const ARCHIVE_FOLDER = "archive";

/** `session_20261121_020000.jsonl`; `taken` is tried with -2, -3, … until it says no. */
export function archiveName(at: string, taken: (name: string) => boolean): string {
  const stem = `session_${at.slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "_")}`;
  let name = `${stem}.jsonl`;
  for (let again = 2; taken(name); again += 1) name = `${stem}-${again}.jsonl`;
  return name;
}

/** Whether a segment is to be sealed before the next batch: it is full, or it is from another UTC day. */
export function isFull(
  segment: { readonly bytes: number; readonly day: string },
  at: string,
): boolean {
  return segment.bytes >= SEGMENT_BYTES_MAX || (segment.bytes > 0 && segment.day !== dayOf(at));
}

/** The UTC day of an ISO time. */
export function dayOf(at: string): string {
  return at.slice(0, 10);
}
