import { expect, test } from "bun:test";
import fc from "fast-check";
import { cursorOf, placeOf } from "./cursor.ts";
import { sliceItems } from "./slice.ts";
import { sumOf } from "./status.ts";

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

test("V1: slices are what JSON.parse sees, as they stood", () => {
  fc.assert(
    fc.property(
      fc.array(fc.jsonValue()),
      fc.dictionary(fc.string(), fc.jsonValue()),
      fc.constantFrom(undefined, 1, 3),
      (items, around, indent) => {
        const { messages: _, ...others } = around;
        const body = JSON.stringify(
          { ...others, messages: items, z: [{ messages: [1] }] },
          null,
          indent,
        );
        const slices = sliceItems(new TextEncoder().encode(body), "messages").map(text);
        expect(slices.map((one) => JSON.parse(one))).toEqual(JSON.parse(JSON.stringify(items)));
        for (const slice of slices) expect(body).toContain(slice);
      },
    ),
  );
});

test("a cursor belongs to its question alone", () => {
  const cursor = cursorOf({ seq: 1234, sub: 2 }, "all");
  expect(placeOf(cursor, "all")).toEqual({ seq: 1234, sub: 2 });
  expect(() => placeOf(cursor, "other")).toThrow("another filter");
  expect(() => placeOf("rubbish", "all")).toThrow("not one of ours");
});

test("heard = stored + aside + behind, whichever of the two looks is newer", () => {
  expect(sumOf(10, { settled_to: 8, stored: 6, aside: 2 })).toEqual({
    heard: 10,
    stored: 6,
    aside: 2,
    behind: 2,
  });
  expect(sumOf(7, { settled_to: 8, stored: 6, aside: 2 })).toEqual({
    heard: 8,
    stored: 6,
    aside: 2,
    behind: 0,
  });
});
