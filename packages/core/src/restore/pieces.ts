/**
 * What of which record stands where in a file, from its beginning to its end.
 *
 *   X64  Records that lie over each other give the bytes they give when they are
 *        written one after the other: of two the later one stands. Bytes of which
 *        no record is there are counted, and never passed over in silence.
 */

/** A record of a file: the entry it is, and how long. */
export type Laid = { readonly seq: number; readonly bytes: number };

/** Bytes of a record: how many, where in the file, and where in the record they begin. */
export type Piece = {
  readonly seq: number;
  readonly at: number;
  readonly skip: number;
  readonly bytes: number;
};

export type Pieces = {
  /** In the order of the file. */
  readonly pieces: readonly Piece[];
  readonly bytes: number;
  /** Bytes of which no record is there, and where the first of them is. */
  readonly missing: { readonly bytes: number; readonly from: number } | null;
};

/** Lays records at their offsets, the later over the earlier. */
export function layPieces(records: ReadonlyMap<number, Laid>): Pieces {
  const pieces: Piece[] = [];
  const inOrder = [...records].toSorted(([, a], [, b]) => a.seq - b.seq);
  for (const [at, { seq, bytes }] of inOrder)
    if (bytes > 0) layOver(pieces, { seq, at, skip: 0, bytes });
  let [end, gaps] = [0, 0];
  let from: number | null = null;
  for (const { at, bytes } of pieces) {
    if (at > end) {
      gaps += at - end;
      from ??= end;
    }
    end = at + bytes;
  }
  return { pieces, bytes: end, missing: from === null ? null : { bytes: gaps, from } };
}

/** Nearly always it is the next one; else what lies below it is cut. */
function layOver(pieces: Piece[], piece: Piece): void {
  const last = pieces.at(-1);
  const end = piece.at + piece.bytes;
  if (last === undefined || last.at + last.bytes <= piece.at) {
    pieces.push(piece);
    return;
  }
  let first = pieces.length;
  while (first > 0 && endOf(pieces[first - 1]) > piece.at) first -= 1;
  let next = first;
  while (next < pieces.length && (pieces[next]?.at ?? end) < end) next += 1;
  const cut = pieces.slice(first, next);
  const before = cut.slice(0, 1).flatMap((one) => part(one, one.at, piece.at));
  const behind = cut.slice(-1).flatMap((one) => part(one, end, endOf(one)));
  pieces.splice(first, next - first, ...before, piece, ...behind);
}

function endOf(piece: Piece | undefined): number {
  return piece === undefined ? 0 : piece.at + piece.bytes;
}

/** What of a piece lies from one place to another. */
function part(piece: Piece, from: number, to: number): readonly Piece[] {
  if (to <= from) return [];
  return [{ seq: piece.seq, at: from, skip: piece.skip + from - piece.at, bytes: to - from }];
}
