import { expect, test } from "bun:test";
import fc from "fast-check";
import { decodeFrames, encodeFrames } from "./frames.ts";

const frames = fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 6 });
const listed = (some: readonly Uint8Array[] | null) => some?.map((frame) => [...frame]) ?? null;
const bytesOf = (text: string) => new TextEncoder().encode(text);

test("B1: any frames come back as they were, empty ones too", () => {
  fc.assert(
    fc.property(frames, (some) => {
      expect(listed(decodeFrames(encodeFrames(some)))).toEqual(listed(some));
    }),
  );
});

test("B1: lengths of several digits are written and read in full", () => {
  const some = [9, 10, 99, 100, 999, 1000, 100_000].map((length) => new Uint8Array(length).fill(7));
  const back = decodeFrames(encodeFrames(some));
  expect(back?.map((frame) => frame.length)).toEqual([9, 10, 99, 100, 999, 1000, 100_000]);
});

test("B1: a record is what a person expects of netstrings", () => {
  expect(encodeFrames([bytesOf("ada"), bytesOf(""), bytesOf("hello, you")])).toEqual(
    bytesOf("3:ada,0:,10:hello, you,"),
  );
});

test("B1: any bytes are read without a throw, and what is read would be written the same", () => {
  const netstringish = fc
    .array(fc.constantFrom("0", "1", "2", "9", "00", ":", ",", "a", "3:abc,", "-", " "))
    .map((parts) => bytesOf(parts.join("")));
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 40 }), netstringish), (record) => {
      const some = decodeFrames(record);
      if (some !== null) expect(encodeFrames(some)).toEqual(record);
    }),
    { numRuns: 2000 },
  );
});

test("B1: a record with one byte changed, lost or added is none, or another one", () => {
  const damage = fc.constantFrom("changed", "lost", "added");
  fc.assert(
    fc.property(frames, fc.nat(), fc.integer({ min: 1, max: 255 }), damage, (some, at, by, how) => {
      const whole = [...encodeFrames(some)];
      const place = at % whole.length;
      const wrong = ((whole[place] ?? 0) + by) % 256;
      if (how === "changed") whole[place] = wrong;
      if (how === "lost") whole.splice(place, 1);
      if (how === "added") whole.splice(place, 0, by);
      const back = decodeFrames(Uint8Array.from(whole));
      if (back !== null) {
        expect([...encodeFrames(back)]).toEqual(whole);
        expect(listed(back)).not.toEqual(listed(some));
      }
    }),
  );
});

test("B1: what only looks like a record is none", () => {
  const wrong = [
    "",
    "3:ada",
    "3:ad,",
    "03:ada,",
    "00:,",
    ":,",
    "3ada,",
    "-1:,",
    "3:ada,x",
    "3:adax",
    "1000000000:,",
  ];
  expect(wrong.map((text) => decodeFrames(bytesOf(text)))).toEqual(wrong.map(() => null));
});
