/**
 * How far one generation of a file has been heard, and what its bytes were.
 *
 * A reach is worked out from the records alone, so the journal can always give
 * it back. It carries checksums of what was heard: of all of it, of its first
 * bytes and of its last, so that a look at the file tells whether those bytes
 * are still the ones that were heard. Pure.
 */
import type { Checksum, Look } from "./port.ts";

/** First bytes of a file that are compared at every look: a transcript's first line with its ids is in them. */
const HEAD_BYTES = 1024;
/** Last heard bytes compared at every look: enough to hold a time and an id, which do not repeat. */
const TAIL_BYTES = 256;
/** Up to this size all heard bytes are compared at every look: well below a millisecond of work. */
const WHOLE_CHECK_BYTES_MAX: number = 256 * 1024;

type Sum = { readonly bytes: number; readonly crc: number };

export type Reach = {
  /** Everything before this offset is in the journal, in whole records. */
  readonly end: number;
  readonly records: number;
  /** crc32 of [0, end). */
  readonly crc: number;
  /** Bytes of an unfinished last line, recorded at rest, from `end` on; and the crc32 of [0, end + torn). */
  readonly torn: number;
  readonly crcTorn: number;
  readonly head: Sum;
  /** Of the last bytes before end + torn. */
  readonly tail: Sum;
};

export const NOTHING: Reach = {
  end: 0,
  records: 0,
  crc: 0,
  torn: 0,
  crcTorn: 0,
  head: { bytes: 0, crc: 0 },
  tail: { bytes: 0, crc: 0 },
};

/** Records that lie next to each other from a reach's `end` on. An unfinished line stands alone, with `whole` false. */
export type Stretched = {
  readonly bytes: Uint8Array;
  readonly records: number;
  /** Length of the last record. */
  readonly lastBytes: number;
  readonly whole: boolean;
};

/** The offset up to which the file's bytes are in the journal, an unfinished line included. */
export function heardTo(reach: Reach): number {
  return reach.end + reach.torn;
}

/** The reach after these records. */
export function further(reach: Reach, more: Stretched, checksum: Checksum): Reach {
  const { bytes } = more;
  const crc = checksum(bytes, reach.crc);
  const tailBytes = Math.min(TAIL_BYTES, more.lastBytes);
  const tail = { bytes: tailBytes, crc: checksum(bytes.subarray(bytes.length - tailBytes)) };
  if (!more.whole) return { ...reach, torn: bytes.length, crcTorn: crc, tail };
  const headMore = Math.min(bytes.length, HEAD_BYTES - reach.head.bytes);
  const head =
    headMore === 0
      ? reach.head
      : {
          bytes: reach.head.bytes + headMore,
          crc: checksum(bytes.subarray(0, headMore), reach.head.crc),
        };
  return {
    end: reach.end + bytes.length,
    records: reach.records + more.records,
    crc,
    torn: 0,
    crcTorn: crc,
    head,
    tail,
  };
}

/** Where a file lay and how it looked when all of it had been heard. */
export type Place = Look & { readonly path: string };

/** How much must be read to know that a file still begins with what was heard. */
export type Doubt = "none" | "edges" | "whole" | "shrunk";

/**
 * What a look alone tells. `followed`: this very file was compared before by
 * this process and has not been replaced since, so it can only have grown or
 * been rewritten in place.
 */
export function doubtOf(
  reach: Reach,
  place: Place | null,
  seen: { readonly file: Place; readonly followed: boolean },
): Doubt {
  const { file } = seen;
  if (file.size < heardTo(reach)) return "shrunk";
  if (place !== null && samePlace(place, file)) return "none";
  const long = heardTo(reach) > WHOLE_CHECK_BYTES_MAX && reach.head.bytes === HEAD_BYTES;
  // Same size and another time is a rewrite until all bytes say otherwise.
  return seen.followed && long && file.size > heardTo(reach) ? "edges" : "whole";
}

/** Whether nothing can have happened to the file since. */
export function samePlace(one: Place, other: Place): boolean {
  return (
    one.path === other.path &&
    one.dev === other.dev &&
    one.ino === other.ino &&
    one.size === other.size &&
    one.mtimeMs === other.mtimeMs
  );
}
