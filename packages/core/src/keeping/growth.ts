/**
 * How much there is, how fast it grows, and when the disk will be full.
 *
 * Growth is what the journal heard in the last days, in plain bytes, without the
 * fullest of them: an import of years of transcripts is no day of work. What a byte
 * of it costs on this disk, with all that is made from it and what compressing
 * saves, is known from what lies there now; the forecast multiplies the two.
 */
import { msOf } from "../message/time.ts";
import type { CopiesStatus } from "./copies.ts";

/** Bytes of a segment: plain and on disk, and when it was written last. */
export type SegmentSize = {
  readonly bytes: number;
  readonly stored_bytes: number;
  readonly compressed: boolean;
  readonly dropped: boolean;
  readonly written_at: string;
};

/** Everything under a home that takes room. Null is what does not lie under it. */
export type Sizes = {
  readonly journal: {
    readonly segments: number;
    readonly compressed_segments: number;
    /** Their bytes are in checkpoints. */
    readonly dropped_segments: number;
    readonly bytes: number;
    readonly stored_bytes: number;
  };
  readonly checkpoints_bytes: number;
  readonly exports_bytes: number;
  readonly reports_bytes: number;
  readonly redis_bytes: number | null;
  readonly postgres_bytes: number | null;
  readonly disk_free_bytes: number;
  /** Of what is sealed, elsewhere; null when none are wanted. */
  readonly copies: CopiesStatus | null;
  readonly growth: Growth;
};

export type Growth = {
  /** Plain bytes of journal a day; null when there are less than two days to tell from. */
  readonly journal_bytes_per_day: number | null;
  /** What that takes on disk, with the stores; null as above. */
  readonly disk_bytes_per_day: number | null;
  /** Days that it is told from. */
  readonly over_days: number;
  /** Null when it does not grow, or nobody can tell yet. */
  readonly full_in_days: number | null;
};

const DAY_MS = 86_400_000;
/** A week has its weekend in it. */
const DAYS = 7;
/** One day is left out, and one is needed. */
const DAYS_MIN = 2;
const UNTOLD: Growth = {
  journal_bytes_per_day: null,
  disk_bytes_per_day: null,
  over_days: 0,
  full_in_days: null,
};

/** Sizes with what follows from them. `folders` is everything but the journal. */
export function sizesOf(
  segments: readonly SegmentSize[],
  folders: Omit<Sizes, "journal" | "growth">,
  nowMs: number,
): Sizes {
  const journal = {
    segments: segments.length,
    compressed_segments: segments.filter((one) => one.compressed && !one.dropped).length,
    dropped_segments: segments.filter((one) => one.dropped).length,
    bytes: sum(segments.map((one) => one.bytes)),
    stored_bytes: sum(segments.map((one) => one.stored_bytes)),
  };
  const { checkpoints_bytes, redis_bytes, postgres_bytes } = folders;
  const made = checkpoints_bytes + (redis_bytes ?? 0) + (postgres_bytes ?? 0);
  const cost = journal.bytes === 0 ? 0 : (journal.stored_bytes + made) / journal.bytes;
  return { journal, ...folders, growth: growthOf(segments, cost, folders.disk_free_bytes, nowMs) };
}

function growthOf(
  segments: readonly SegmentSize[],
  cost: number,
  free: number,
  nowMs: number,
): Growth {
  const ages = segments.map((one) => (nowMs - msOf(one.written_at)) / DAY_MS);
  const days = Math.floor(Math.min(DAYS, Math.max(0, ...ages)));
  if (days < DAYS_MIN) return UNTOLD;
  const byDay = Array.from({ length: days }, (_, day) =>
    sum(segments.filter((_, at) => Math.floor(ages[at] ?? 0) === day).map((one) => one.bytes)),
  );
  const perDay = (sum(byDay) - Math.max(...byDay)) / (days - 1);
  const onDisk = perDay * cost;
  return {
    journal_bytes_per_day: Math.round(perDay),
    disk_bytes_per_day: Math.round(onDisk),
    over_days: days,
    full_in_days: onDisk > 0 ? Math.floor(free / onDisk) : null,
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
