import { expect, test } from "bun:test";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { aHeard } from "../testing/samples.ts";
import { type Crc32, encodeEntries, encodeMark, findAt } from "./entry.ts";

const checksum: Crc32 = (data, before) => crc32(data, before ?? 0);
const encode = (count: number): Uint8Array =>
  encodeEntries(
    Array.from({ length: count }, (_, one) => aHeard(one)),
    { seq: 1, synced: 0 },
    checksum,
  );

function entriesIn(bytes: Uint8Array): string[] {
  const keys: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const found = findAt(bytes, at, checksum);
    if (found.kind !== "whole") break;
    if (found.head.kind === "entry") keys.push(found.head.key);
    at = found.end;
  }
  return keys;
}

test("an entry is two lines that any text tool can read", () => {
  const text = new TextDecoder().decode(encode(1));
  const [head = "", raw] = text.split("\n");
  expect(Object.keys(JSON.parse(head))).toEqual([
    "seq",
    "at",
    "source",
    "key",
    "len",
    "synced",
    "crc",
  ]);
  expect(raw).toBe(new TextDecoder().decode(aHeard(0).raw));
});

test("J3: any key and any bytes are read back as they were written", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 300 }),
      fc.string({ minLength: 1, unit: "binary" }),
      (raw, key) => {
        const heard = aHeard(1, { raw, key: key.toWellFormed() });
        const found = findAt(encodeEntries([heard], { seq: 7, synced: 3 }, checksum), 0, checksum);
        expect(found.kind === "whole" && found.head).toMatchObject({
          kind: "entry",
          seq: 7,
          synced: 3,
          key: heard.key,
        });
        expect(found.kind === "whole" && [...found.raw]).toEqual([...raw]);
      },
    ),
  );
});

test("J4: cut anywhere, only the entry that was cut is lost", () => {
  const whole = encode(4);
  const ends = [1, 2, 3, 4].map((count) => encode(count).length);
  for (let cut = 0; cut <= whole.length; cut += 1) {
    const kept = ends.filter((end) => end <= cut).length;
    expect(entriesIn(whole.subarray(0, cut))).toEqual(["k-0", "k-1", "k-2", "k-3"].slice(0, kept));
  }
});

test("J4: a byte changed anywhere is never given out as an entry", () => {
  const whole = encode(3);
  for (let at = 0; at < whole.length; at += 1) {
    const changed = Uint8Array.from(whole);
    changed[at] = (changed[at] ?? 0) ^ 0x20;
    expect(entriesIn(changed).length).toBeLessThan(3);
  }
});

test("marks and seals carry neither seq, len nor key, and are read back", () => {
  const mark = { kind: "synced", at: "2026-01-01T00:00:00.000Z", synced: 12, last_seq: 3 } as const;
  const line = encodeMark(mark, checksum);
  const text = new TextDecoder().decode(line);
  for (const field of ["seq", "len", "key"]) expect(text).not.toContain(`"${field}"`);
  expect(findAt(line, 0, checksum)).toMatchObject({
    kind: "whole",
    head: mark,
  });
});
