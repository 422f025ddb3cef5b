/** Erasing an entry: what stays where it was, and what cannot be found any more. */
import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { type Crc32, encodeEntries, findAt } from "../journal/entry.ts";
import { fileKey } from "../message/heard.ts";
import { aHeard } from "../testing/samples.ts";
import { erasedEntry, graveIn } from "./erase.ts";

const checksum: Crc32 = (data, before) => crc32(data, before ?? 0);
const sha256 = (data: Uint8Array | string): string =>
  createHash("sha256").update(data).digest("hex");
const ports = { crc32: checksum, sha256 };
const grave = { receipt_id: "5a3b1c9e-0000-4000-8000-000000000001", reason: "asked to" };
const headAt = (bytes: Uint8Array) => {
  const found = findAt(bytes, 0, checksum);
  if (found.kind !== "whole" || found.head.kind !== "entry") throw new Error(found.kind);
  return { ...found, head: found.head };
};

test("J11: an erased entry is whole and as long, has its place, time and source, and nothing of its words", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 700 }),
      fc.string({ minLength: 1, unit: "binary" }),
      fc.integer({ min: 1, max: 1e9 }),
      (raw, key, seq) => {
        const heard = aHeard(1, { raw, key: key.toWellFormed() });
        const before = encodeEntries([heard], { seq, synced: 3 }, checksum).slice();
        const after = erasedEntry(before, grave, ports);
        expect(after.length).toBe(before.length);
        const found = headAt(after);
        expect(found.end).toBe(before.length);
        const { source, at } = heard;
        expect(found.head).toMatchObject({
          seq,
          at,
          source,
          len: raw.length,
          synced: 3,
          erased: true,
        });
        expect(found.head.key).toMatch(/^(forgotten[/]\d+-*|-+)$/);
        const said = graveIn(found.raw);
        if (said === null) expect(found.raw.every((byte) => byte === 32)).toBe(true);
        else expect(said).toEqual({ receipt_id: grave.receipt_id, sha256: sha256(raw) });
        expect(raw.length < 200 || said !== null).toBe(true);
      },
    ),
  );
});

test("J11: the key of a file's record stays, because how far the file was heard follows from it", () => {
  const key = fileKey({ path: "-home-ada/a.jsonl", generation: "1", offset: 12 });
  const heard = aHeard(1, { source: "claude-code", key });
  const after = erasedEntry(encodeEntries([heard], { seq: 7, synced: 0 }, checksum), grave, ports);
  expect(headAt(after).head).toMatchObject({ key, erased: true });
  const client = encodeEntries([aHeard(1, { key })], { seq: 7, synced: 0 }, checksum);
  expect(headAt(erasedEntry(client, grave, ports)).head.key).not.toContain("ada");
});

test("J11: a byte of an erased entry that changed makes it no entry, also not one that was never erased", () => {
  const whole = erasedEntry(
    encodeEntries([aHeard(1)], { seq: 7, synced: 0 }, checksum),
    grave,
    ports,
  );
  for (let at = 0; at < whole.length; at += 1) {
    const changed = Uint8Array.from(whole);
    changed[at] = (changed[at] ?? 0) ^ 0x20;
    expect(findAt(changed, 0, checksum).kind).not.toBe("whole");
  }
  const text = new TextDecoder().decode(whole).replace('"cut":"', '"crc":"');
  expect(findAt(new TextEncoder().encode(text), 0, checksum).kind).toBe("bad");
});

test("J12: erasing again changes nothing, whatever it is erased with", () => {
  const once = erasedEntry(
    encodeEntries([aHeard(1)], { seq: 7, synced: 0 }, checksum),
    grave,
    ports,
  );
  const other = { receipt_id: "00000000-0000-4000-8000-000000000002", reason: null };
  expect(erasedEntry(once, other, ports)).toEqual(once);
});
