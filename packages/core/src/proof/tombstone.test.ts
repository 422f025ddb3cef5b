import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { erasedEntry } from "../forget/index.ts";
import { type Crc32, encodeEntries, findAt } from "../journal/entry.ts";
import type { Entry } from "../message/heard.ts";
import { aHeard } from "../testing/index.ts";
import { mendHole } from "./mend.ts";
import { oneByteChanges } from "./one-byte.ts";

const checksum: Crc32 = (data, before) => crc32(data, before ?? 0);
const ports = {
  crc32: checksum,
  sha256: (data: Uint8Array | string): string => createHash("sha256").update(data).digest("hex"),
};
const hole = { offset: 900, synced: 300 };
const reasons = fc.option(fc.string({ maxLength: 40 }));

/** An entry as it was heard, its tombstone, and that as Postgres gives it. */
function grave(raw: Uint8Array, reason: string | null, source = "api") {
  const heard: Entry = { ...aHeard(1, { raw, source }), seq: 7 };
  const whole = encodeEntries([heard], { seq: 7, synced: hole.synced }, checksum);
  const told = { receipt_id: "5a3b1c9e-0000-4000-8000-000000000001", reason };
  const stone = erasedEntry(whole, told, ports);
  const found = findAt(stone, 0, checksum);
  if (found.kind !== "whole" || found.head.kind !== "entry") throw new Error("no tombstone");
  const { seq, at, key } = found.head;
  const kept: Entry = { seq, at, source, key, raw: found.raw.slice(), erased: true };
  return { heard, stone, kept };
}

function changed(bytes: Uint8Array, at: number, by: number): Uint8Array {
  const made = bytes.slice();
  made[at] = (made[at] ?? 0) ^ by;
  return made;
}

const anything = [
  fc.uint8Array({ maxLength: 400 }),
  reasons,
  fc.nat(),
  fc.integer({ min: 1, max: 255 }),
] as const;

test("V20: one changed byte of a tombstone is put right as a tombstone by what Postgres has of it", () => {
  fc.assert(
    fc.property(...anything, (raw, reason, place, by) => {
      const { stone, kept } = grave(raw, reason);
      const damaged = changed(stone, place % stone.length, by);
      expect(mendHole(damaged, hole, [kept], checksum)).toEqual(stone);
    }),
  );
});

test("V20: what Postgres still has of what was forgotten never takes the place of its tombstone", () => {
  fc.assert(
    fc.property(...anything, fc.boolean(), (raw, reason, place, by, isFile) => {
      const { heard, stone } = grave(raw, reason, isFile ? "claude-code" : "api");
      const damaged = changed(stone, place % stone.length, by);
      const mended = mendHole(damaged, hole, [heard], checksum);
      expect(mended === null).toBe(true);
    }),
    { numRuns: 1000 },
  );
  // Nothing in it, a key that stays: only one field tells the tombstone from the entry.
  const key = "-a/b.jsonl#1@20";
  const heard: Entry = {
    ...aHeard(1, { raw: new Uint8Array(0), source: "claude-code", key }),
    seq: 7,
  };
  const whole = encodeEntries([heard], { seq: 7, synced: hole.synced }, checksum);
  const stone = erasedEntry(whole, { receipt_id: "r", reason: null }, ports);
  for (let at = 0; at < stone.length; at += 1)
    for (const by of [1, 0x17, 0x80])
      expect(mendHole(changed(stone, at, by), hole, [heard], checksum)).toBeNull();
});

test("V22: a tombstone that nobody else has is put right from itself, or not at all", () => {
  fc.assert(
    fc.property(...anything, (raw, reason, place, by) => {
      const { stone } = grave(raw, reason);
      const at = place % stone.length;
      const mended = mendHole(changed(stone, at, by), hole, [], checksum);
      const headEnd = stone.indexOf(10);
      const isDigit = at >= headEnd - 10 && at < headEnd - 2;
      if (isDigit) expect(mended).toBeNull();
      else expect(mended).toEqual(stone);
    }),
    { numRuns: 1000, examples: [[new Uint8Array(0), null, 88, 38]] },
  );
});

test("V22: however much of its padding was changed, and nothing where more of it was", () => {
  const { stone, heard } = grave(new Uint8Array(5000).fill(120), "a reason with }} in it");
  const damaged = stone.slice();
  damaged.fill(0, stone.length - 4000, stone.length - 300);
  expect(mendHole(damaged, hole, [], checksum)).toEqual(stone);
  damaged.fill(0, 40, 60);
  expect(mendHole(damaged, hole, [], checksum)).toBeNull();
  const whole = encodeEntries([heard], { seq: 7, synced: hole.synced }, checksum);
  expect(mendHole(changed(whole, whole.length - 40, 1), hole, [], checksum)).toBeNull();
});

test("V21: every single changed byte is named by what its checksum is wrong by", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 1, maxLength: 300 }),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      (bytes, place, by) => {
        const at = place % bytes.length;
        const wrong = checksum(bytes) ^ checksum(changed(bytes, at, by));
        const found = oneByteChanges(bytes.length, wrong);
        expect(found).toContainEqual({ at, by });
        for (const one of found)
          expect(checksum(changed(bytes, one.at, one.by)) ^ checksum(bytes)).toBe(wrong);
      },
    ),
  );
});
