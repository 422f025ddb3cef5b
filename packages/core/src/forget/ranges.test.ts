/** Places as ranges: the same set, whatever the order. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { holds, inParts, openRanges, within } from "./ranges.ts";

const seqs = fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 60 });

test("ranges are the set of their places, in whatever order these came", () => {
  fc.assert(
    fc.property(
      seqs,
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 9 }),
      (all, cut, most) => {
        const ranges = openRanges();
        for (const seq of all) ranges.add(seq);
        const sorted = all.toSorted((a, b) => a - b);
        const made = ranges.all();
        expect(ranges.count()).toBe(all.length);
        const parts = [...inParts(made, most)];
        expect(parts.flat()).toEqual(sorted);
        expect(parts.every((part) => part.length <= most)).toBe(true);
        for (let seq = 0; seq < 62; seq += 1) expect(holds(made, seq)).toBe(all.includes(seq));
        const some = [...inParts(within(made, cut, cut + 20), 99)].flat();
        expect(some).toEqual(sorted.filter((seq) => seq >= cut && seq <= cut + 20));
      },
    ),
  );
});
