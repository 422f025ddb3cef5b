import { expect, test } from "bun:test";
import fc from "fast-check";
import { type Laid, layPieces } from "./pieces.ts";

/** What comes of writing the records one after the other: at each place the record's seq and which byte of it. */
function written(records: ReadonlyMap<number, Laid>): readonly (string | undefined)[] {
  const file: (string | undefined)[] = [];
  for (const [at, { seq, bytes }] of [...records].toSorted(([, a], [, b]) => a.seq - b.seq))
    for (let byte = 0; byte < bytes; byte += 1) file[at + byte] = `${seq}:${byte}`;
  return Array.from(file);
}

test("X64: however records lie over each other, the bytes are those of writing them in order, and holes are counted", () => {
  const any = fc.array(fc.record({ at: fc.nat(30), bytes: fc.nat(12) }), { maxLength: 12 });
  fc.assert(
    fc.property(any, (all) => {
      const records = new Map(all.map(({ at, bytes }, seq) => [at, { seq: seq + 1, bytes }]));
      const { pieces, bytes, missing } = layPieces(records);
      const made: (string | undefined)[] = Array.from({ length: bytes });
      let end = 0;
      for (const { seq, at, skip, bytes: length } of pieces) {
        expect(at).toBeGreaterThanOrEqual(end);
        for (let byte = 0; byte < length; byte += 1) made[at + byte] = `${seq}:${skip + byte}`;
        end = at + length;
      }
      expect(made).toEqual([...written(records)]);
      const holes = made.filter((one) => one === undefined).length;
      expect(missing).toEqual(holes === 0 ? null : { bytes: holes, from: made.indexOf(undefined) });
    }),
  );
});
