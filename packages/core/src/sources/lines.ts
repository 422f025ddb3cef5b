/**
 * A growing file, cut into lines.
 *
 *   T1  However the bytes arrive in pieces, the lines are the same, and laid
 *       end to end they are the bytes.
 *   T2  A line without its newline is held back: not given out, and not lost.
 *
 * A line includes its line end. Only the byte 10 ends a line; what the bytes
 * mean, and whether they are text at all, is not known here. Pure: who reads
 * the file, and when, is the follower's to know.
 */

const NEWLINE = 10;

/** Ends of the lines found, as offsets into the bytes, growing. What follows the last one is held back. */
export type Cut = { readonly ends: readonly number[]; readonly held: number };

/**
 * Cuts bytes into lines, at most `linesMax` of them. A line that has grown to
 * `pieceBytesMax` without a newline is cut there: the piece is given out as if
 * it were a line, so that no line is too long for the journal and none is
 * skipped.
 */
export function cutLines(
  bytes: Uint8Array,
  pieceBytesMax: number,
  linesMax: number = Number.POSITIVE_INFINITY,
): Cut {
  const ends: number[] = [];
  let start = 0;
  while (start < bytes.length && ends.length < linesMax) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline === -1 ? bytes.length : newline + 1;
    if (end - start > pieceBytesMax || (newline === -1 && end - start === pieceBytesMax)) {
      start += pieceBytesMax;
    } else if (newline === -1) {
      break;
    } else {
      start = end;
    }
    ends.push(start);
  }
  return { ends, held: bytes.length - start };
}

/** Whether a record ends as a line does, or is a full piece of one: nothing more will be added to it. */
export function isWholeRecord(raw: Uint8Array, pieceBytesMax: number): boolean {
  return raw.length === pieceBytesMax || raw[raw.length - 1] === NEWLINE;
}
