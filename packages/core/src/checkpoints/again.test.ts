import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { erasedEntry as tombstoneOf } from "../forget/index.ts";
import { makeSettle, openSettledReader } from "../index.ts";
import { encodeEntries, findAt } from "../journal/entry.ts";
import type { Entry } from "../message/heard.ts";
import { anEntry } from "../testing/index.ts";
import { entriesAgain, forgottenWhy } from "./again.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { type CheckpointEntry, erasedEntry, keptEntry, lineOf } from "./line.ts";

const RECEIPT = "5a3b1c9e-0000-4000-8000-000000000001";
const sha256 = (data: Uint8Array | string): string =>
  createHash("sha256").update(data).digest("hex");
const checksum = (data: Uint8Array, before?: number): number => crc32(data, before ?? 0);
const settle = makeSettle({ sha256 });

/** The entry as the journal has it after it was forgotten. */
function forgotten(entry: Entry): Entry {
  const whole = encodeEntries([entry], { seq: entry.seq, synced: 0 }, checksum);
  const grave = { receipt_id: RECEIPT, reason: null };
  const found = findAt(tombstoneOf(whole, grave, { crc32: checksum, sha256 }), 0, checksum);
  if (found.kind !== "whole" || found.head.kind !== "entry") throw new Error("no tombstone");
  const { seq, at, source, key } = found.head;
  return { seq, at, source, key, raw: found.raw.slice(), erased: true };
}

async function again(entries: readonly Entry[], erased: Checkpoint["erased"]): Promise<string[]> {
  const journal = {
    read: async ({ from, to }: { readonly from: number; readonly to: number }) =>
      entries.filter(({ seq }) => seq >= from && seq <= to),
  };
  const fact = { bytes: 0, sha256: "" };
  const one: Checkpoint = {
    ...{ id: "x", label: "x", made_at: "", first_seq: 1, last_seq: 3, count: 3, messages: 3 },
    ...{ asides: 0, withheld: 0, raw_bytes: 0, files: { json: fact, parquet: fact }, previous: "" },
    erased,
  };
  const signal = new AbortController().signal;
  const ports = { journal, settled: openSettledReader(journal, settle), sha256, signal };
  const made: string[] = [];
  for await (const entry of entriesAgain(one, 3, ports)) made.push(lineOf(entry));
  return made;
}

test("C40: what was taken out is so again, to the byte, and what was forgotten before it was made stays a tombstone", async () => {
  const before = [1, 2, 3].map((seq) => anEntry(seq));
  const journal = before.map((entry) => (entry.seq === 2 ? forgotten(entry) : entry));
  const why = forgottenWhy(RECEIPT);
  const kept = before.map((entry): CheckpointEntry => keptEntry(settle(entry)));
  const taken = kept.map((one) => lineOf(one.seq === 2 ? erasedEntry(one, why, sha256) : one));
  expect(await again(journal, [{ at: "", why, entries: 1 }])).toEqual(taken);
  const later = journal.map((entry) => lineOf(keptEntry(settle(entry))));
  expect(await again(journal, [])).toEqual(later);
});
