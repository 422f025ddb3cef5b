import { expect, test } from "bun:test";
import { hash } from "node:crypto";
import fc from "fast-check";
import {
  type CheckpointIndex,
  checkpointedTo,
  indexText,
  linkedAnew,
  type Made,
  readIndex,
  withCheckpoint,
} from "./catalogue.ts";

const sha256 = (data: Uint8Array | string): string => hash("sha256", data, "hex");

function aMade(first_seq: number, last_seq: number): Made {
  const fact = { bytes: last_seq, sha256: sha256(`${first_seq}`) };
  const counts = { count: 1, messages: 1, asides: 0, withheld: 0, raw_bytes: 9 };
  return {
    head: {
      id: `20261121_134217_n${first_seq}`,
      label: "ü",
      made_at: "t",
      journal_id: "j",
      first_seq,
    },
    tail: { ...counts, last_seq, erased: [{ at: "t", why: "w", entries: 1 }], parquet: fact },
    json: fact,
  };
}

function anIndex(ranges: readonly (readonly [number, number])[]): CheckpointIndex {
  let index: CheckpointIndex = { journal_id: "j", checkpoints: [] };
  for (const [first, last] of ranges) index = withCheckpoint(index, aMade(first, last), sha256);
  return index;
}

const index = anIndex([
  [1, 10],
  [11, 30],
  [31, 31],
]);
const text = indexText(index, sha256);
const whyOf = (of: string): string => {
  const read = readIndex(of, sha256);
  return read.ok ? "whole" : read.why;
};

test("C23: what is written is read back, one line a checkpoint", () => {
  expect(readIndex(text, sha256)).toEqual({ ok: true, value: index });
  expect(text.split("\n").length).toBe(6);
  expect(JSON.parse(text).checkpoints.length).toBe(3);
  const none = anIndex([]);
  expect(readIndex(indexText(none, sha256), sha256)).toEqual({ ok: true, value: none });
});

test("C23: a byte changed anywhere is seen", () => {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += 1) {
    for (const bit of [0x01, 0x20, 0x80]) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ bit;
      expect(whyOf(changed.toString())).not.toBe("whole");
    }
  }
});

test("C23: one that was cut, taken out of, or added to by hand is seen", () => {
  fc.assert(
    fc.property(fc.nat(text.length - 1), (at) =>
      expect(whyOf(text.slice(0, at))).not.toBe("whole"),
    ),
  );
  const lines = text.split("\n");
  expect(whyOf(lines.filter((_, at) => at !== 2).join("\n"))).toContain("chain is broken before");
  const shorter = anIndex([[1, 10]]);
  const kept = indexText({ ...index, checkpoints: shorter.checkpoints }, sha256);
  expect(whyOf(kept)).toBe("whole");
  const head = text.slice(text.lastIndexOf('"head"'));
  expect(whyOf(kept.slice(0, kept.lastIndexOf('"head"')) + head)).toContain("another digest");
});

test("C24: an index is a cursor: it says how far it goes, and none in it holds what another holds", () => {
  expect([checkpointedTo(index), checkpointedTo(anIndex([]))]).toEqual([31, 0]);
  const overlapping = anIndex([
    [1, 10],
    [10, 20],
  ]);
  expect(whyOf(indexText(overlapping, sha256))).toContain("those of another");
  const gap = anIndex([
    [1, 10],
    [20, 30],
  ]);
  expect(whyOf(indexText(gap, sha256))).toBe("whole");
});

test("after one was changed all behind it are linked anew", () => {
  const [first, second, third] = index.checkpoints;
  if (first === undefined || second === undefined || third === undefined) throw new Error("three");
  const changed = linkedAnew(
    { ...index, checkpoints: [{ ...first, count: 0 }, second, third] },
    sha256,
  );
  expect(whyOf(indexText(changed, sha256))).toBe("whole");
  expect(
    changed.checkpoints.map(({ previous }, at) => previous === index.checkpoints[at]?.previous),
  ).toEqual([true, false, false]);
});
