/**
 * The newest published messages in memory, so that who comes back after a short
 * while is served at once, and who follows is served without a file being read.
 *
 *   B4  Every published entry after `from()` up to `to()` is here, in the order
 *       of seqs.
 */
import type { Entry } from "../message/heard.ts";
import { type Published, publishedOf } from "./record.ts";

/** What a broker that restarts offers at once. */
export const WINDOW_MESSAGES = 10_000;
/** And in so many bytes. */
export const WINDOW_BYTES_MAX: number = 64 * 1024 * 1024;

export interface Window {
  /** Moves on by one entry of the journal; those that were not published only move `to`. */
  hear(entry: Entry): void;
  /** Messages with seq > after, in order, at most `limit`. */
  after(after: number, limit: number): readonly Published[];
  /** Messages at or before this seq have been forgotten, or lie before the first that was heard. */
  from(): number;
  /** Entries up to here have been heard. */
  to(): number;
  count(): number;
}

type Kept = { readonly message: Published; readonly bytes: number };

/** A window that begins behind `start`: everything up to there is for the journal to say. */
export function openWindow(start: number, most: number = WINDOW_MESSAGES): Window {
  let kept: (Kept | null)[] = [];
  /** Forgotten ones are at the beginning as nulls, until the array is cut. */
  let first = 0;
  let bytes = 0;
  let from = start;
  let to = start;

  function forget(): void {
    while (kept.length - first > most || (bytes > WINDOW_BYTES_MAX && kept.length - first > 1)) {
      const oldest = kept[first];
      kept[first] = null;
      first += 1;
      bytes -= oldest?.bytes ?? 0;
      from = oldest?.message.seq ?? from;
    }
    if (first > most) {
      kept = kept.slice(first);
      first = 0;
    }
  }

  function placeAfter(seq: number): number {
    let low = first;
    let high = kept.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((kept[middle]?.message.seq ?? 0) <= seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  return {
    hear: (entry) => {
      // A retry is known by an older seq: it is here already, or was before this start.
      if (entry.seq <= to) return;
      to = entry.seq;
      const message = publishedOf(entry);
      if (message === null) return;
      kept.push({ message, bytes: entry.raw.length });
      bytes += entry.raw.length;
      forget();
    },
    after: (after, limit) => {
      const place = placeAfter(after);
      return kept.slice(place, place + limit).flatMap((one) => one?.message ?? []);
    },
    from: () => from,
    to: () => to,
    count: () => kept.length - first,
  };
}
