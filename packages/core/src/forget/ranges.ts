/** Places of the journal as ranges: what one forget takes is mostly what lies together. */

export type Range = readonly [from: number, to: number];

export interface Ranges {
  add(seq: number): void;
  all(): readonly Range[];
  /** How many places. */
  count(): number;
}

/** An empty collection; places may come in any order. */
export function openRanges(): Ranges {
  let ranges: [number, number][] = [];
  let sorted = true;
  const tidy = (): readonly Range[] => {
    if (!sorted) ranges = joined(ranges.toSorted((a, b) => a[0] - b[0]));
    sorted = true;
    return ranges;
  };
  return {
    add: (seq) => {
      const last = ranges.at(-1);
      if (last !== undefined && last[1] + 1 === seq) last[1] = seq;
      else {
        if (last !== undefined && seq <= last[1]) sorted = false;
        ranges.push([seq, seq]);
      }
    },
    all: tidy,
    count: () => tidy().reduce((sum, [from, to]) => sum + to - from + 1, 0),
  };
}

function joined(ranges: readonly [number, number][]): [number, number][] {
  const made: [number, number][] = [];
  for (const [from, to] of ranges) {
    const last = made.at(-1);
    if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else made.push([from, to]);
  }
  return made;
}

/** Whether a place is in sorted ranges. */
export function holds(ranges: readonly Range[], seq: number): boolean {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ranges[middle]?.[1] ?? 0) < seq) low = middle + 1;
    else high = middle;
  }
  const found = ranges[low];
  return found !== undefined && found[0] <= seq;
}

/** The parts of sorted ranges that lie between two places, both included. */
export function within(ranges: readonly Range[], from: number, to: number): readonly Range[] {
  return ranges
    .filter(([first, last]) => last >= from && first <= to)
    .map(([first, last]) => [Math.max(first, from), Math.min(last, to)]);
}

/** All places, at most so many at once. */
export function* inParts(ranges: readonly Range[], most: number): Generator<readonly number[]> {
  let part: number[] = [];
  for (const [from, to] of ranges) {
    for (let seq = from; seq <= to; seq += 1) {
      part.push(seq);
      if (part.length < most) continue;
      yield part;
      part = [];
    }
  }
  if (part.length > 0) yield part;
}
