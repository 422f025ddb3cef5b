import { expect, test } from "bun:test";
import { encodeEntries } from "@verbatim/core";
import { pointNearEnd } from "./near-end.ts";
import { checksum, type SegmentFile } from "./segment-file.ts";
import { walk } from "./walk.ts";

type Counted = SegmentFile & { readBytes(): number };

/** A segment in memory that counts what is read of it. */
function fileOf(bytes: Uint8Array): Counted {
  let total = 0;
  return {
    path: "memory",
    inode: 1,
    ends: null,
    stored: () => ({ bytes: bytes.length, written_at: "", compressed: false, dropped: false }),
    faults: () => [],
    size: () => bytes.length,
    read: (into, offset) => {
      const part = bytes.subarray(offset, offset + into.length);
      into.set(part);
      total += part.length;
      return part.length;
    },
    close: () => {},
    readBytes: () => total,
  };
}

/** Commits that follow each other; each is given the seq and the offset it begins at. */
function segment(commits: readonly (readonly Uint8Array[])[]): Uint8Array {
  const pieces: Uint8Array[] = [];
  let seq = 1;
  let synced = 0;
  for (const raws of commits) {
    const heard = raws.map((raw, at) => ({
      source: "api",
      key: `k-${seq + at}`,
      at: "2026-01-02T00:00:00.000Z",
      raw,
    }));
    const piece = encodeEntries(heard, { seq, synced }, checksum).slice();
    pieces.push(piece);
    seq += raws.length;
    synced += piece.length;
  }
  return Buffer.concat(pieces);
}

const text = (chars: number): Uint8Array => new Uint8Array(chars).fill(97);

test("the newest commit of a large segment is found by reading its end alone", () => {
  const commits = Array.from({ length: 3000 }, () => [text(1000), text(9000)]);
  const file = fileOf(segment(commits));
  const point = pointNearEnd(file);
  expect(point?.seq).toBe(2 * commits.length - 1);
  expect(file.size()).toBeGreaterThan(28_000_000);
  expect(file.readBytes()).toBeLessThan(600_000);
});

test("L1: entries inside a record are not where reading begins", () => {
  const inner = segment([[text(10)], [text(10), text(20)], [text(30)]]);
  // The record's own end is the inner entry's: from the inside it all looks whole.
  const file = fileOf(segment([[text(500)], [text(5), inner.subarray(0, -1)]]));
  const point = pointNearEnd(file);
  expect(point?.seq).toBe(2);
  const seqs = [...walk(file, point?.offset)].map((step) =>
    step.kind === "whole" && step.head.kind === "entry" ? step.head.seq : step.kind,
  );
  expect(seqs).toEqual([2, 3]);
});

test("a commit longer than the first look is found by the next", () => {
  const file = fileOf(segment([[text(100)], [text(50), text(900_000), text(900_000)]]));
  expect(pointNearEnd(file)?.seq).toBe(2);
});

test("a torn commit at the end is passed over, and an empty segment has no such place", () => {
  const whole = segment([[text(100)], [text(100)]]);
  expect(pointNearEnd(fileOf(whole.subarray(0, -40)))?.seq).toBe(1);
  expect(pointNearEnd(fileOf(new Uint8Array(0)))).toBeNull();
});
