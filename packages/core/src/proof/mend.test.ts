import { expect, test } from "bun:test";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { type Crc32, encodeEntries, encodeMark } from "../journal/entry.ts";
import { aHeard } from "../testing/index.ts";
import { mendHole } from "./mend.ts";

const checksum: Crc32 = (data, before) => crc32(data, before ?? 0);
const AT = "2026-01-01T00:00:00.000Z";

test("V14: one changed byte of any entry or mark is put right, and of two unlike ones nothing is", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 200 }),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      fc.boolean(),
      (raw, place, by, isFirst) => {
        const entry = { ...aHeard(1, { raw }), seq: 7 };
        const hole = { offset: 900, synced: 300 };
        const synced = isFirst ? hole.offset : hole.synced;
        const whole = encodeEntries([entry], { seq: 7, synced }, checksum);
        const damaged = Uint8Array.from(whole);
        const at = place % whole.length;
        damaged[at] = (damaged[at] ?? 0) ^ by;
        expect(mendHole(damaged, hole, [entry], checksum)).toEqual(whole);
        const other = { ...entry, raw: Uint8Array.from([...raw, 1]) };
        expect(mendHole(damaged, hole, [other], checksum)).toBeNull();
        const changed = { ...entry, raw: raw.map((byte) => byte ^ 1), key: "k-9" };
        expect(mendHole(damaged, hole, [changed], checksum)).toBeNull();
        // Of the same name and length: of one byte alone nobody could tell which was changed.
        const alike = { ...entry, raw: raw.map((byte) => byte ^ 1) };
        if (raw.length > 1) expect(mendHole(damaged, hole, [alike], checksum)).toBeNull();
      },
    ),
  );
});

test("V14: a mark is put right by its own checksum, and two changed bytes are too many", () => {
  const whole = encodeMark({ kind: "synced", at: AT, synced: 12, last_seq: 3 }, checksum);
  for (let at = 0; at < whole.length; at += 7) {
    const damaged = Uint8Array.from(whole);
    damaged[at] = (damaged[at] ?? 0) ^ 0x11;
    expect(mendHole(damaged, { offset: 0, synced: 0 }, [], checksum)).toEqual(whole);
    damaged[(at + 5) % whole.length] = 0;
    expect(mendHole(damaged, { offset: 0, synced: 0 }, [], checksum)).toBeNull();
  }
});
