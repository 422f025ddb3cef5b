/**
 * Places of messages in a segment of the index, as few bytes.
 *
 *   F3  What was packed is what is unpacked, in order.
 *
 * A segment is SEGMENT_SEQS seqs that follow each other. A place is packed as a
 * variable-length number, the distance to the place before times two, plus one
 * when a second number, the `sub`, follows.
 */

/** Enough that a rare word of a million messages lies in few rows, few enough that a common word's row is read in a blink. */
export const SEGMENT_SEQS = 8192;

/** Where a message is: its entry, and which of the entry's messages. */
export type Place = { readonly seq: number; readonly sub: number };

/** The segment a seq belongs to; segment n begins at seq n * SEGMENT_SEQS + 1. */
export function segmentOf(seq: number): number {
  return Math.floor((seq - 1) / SEGMENT_SEQS);
}

/** Packs places of one segment, which must ascend. */
export function packPlaces(places: readonly Place[], segment: number): Uint8Array {
  const bytes: number[] = [];
  let before = segment * SEGMENT_SEQS;
  for (const { seq, sub } of places) {
    putNumber(bytes, (seq - before) * 2 + (sub > 0 ? 1 : 0));
    if (sub > 0) putNumber(bytes, sub);
    before = seq;
  }
  return Uint8Array.from(bytes);
}

/** Places of a segment, ascending. */
export function unpackPlaces(bytes: Uint8Array, segment: number): Place[] {
  const places: Place[] = [];
  let seq = segment * SEGMENT_SEQS;
  let at = 0;
  const take = (): number => {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = bytes[at] ?? 0;
      at += 1;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
  };
  while (at < bytes.length) {
    const packed = take();
    seq += Math.floor(packed / 2);
    places.push({ seq, sub: packed % 2 === 1 ? take() : 0 });
  }
  return places;
}

function putNumber(bytes: number[], value: number): void {
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 128) + 0x80);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
}

/** Places that are in every list; all ascend. */
export function inAll(lists: readonly (readonly Place[])[]): readonly Place[] {
  const [first = [], ...others] = lists.toSorted((a, b) => a.length - b.length);
  const sets = others.map((list) => new Set(list.map(keyOf)));
  return first.filter((place) => sets.every((set) => set.has(keyOf(place))));
}

function keyOf(place: Place): string {
  return place.sub === 0 ? `${place.seq}` : `${place.seq}.${place.sub}`;
}
