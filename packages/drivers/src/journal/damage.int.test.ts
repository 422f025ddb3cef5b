import { expect, test } from "bun:test";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeEntries, encodeMark, type Heard, VerbatimError } from "@verbatim/core";
import { aHeard } from "@verbatim/core/testing";
import { openJournalReader } from "./reader.ts";
import { checksum } from "./segment-file.ts";
import { verifyJournal } from "./verify.ts";
import { openJournal } from "./writer.ts";

const ALL = { from: 1, to: 1_000_000, entries: 1_000_000, bytes: 1 << 30 } as const;
const AT = "2026-01-01T00:00:00.000Z";
const CURRENT = "current_session.jsonl";
const SECTOR = 512;

/** A short record: these tests try every byte. */
const short = (number: number): Heard =>
  aHeard(number, { raw: new TextEncoder().encode(`{"n":${number}}`) });

/** A journal's bytes: so many commits of two entries each, and a mark that says all of it is safe. */
function segment(commits: number, heard: (number: number) => Heard = aHeard): Uint8Array {
  const parts: Uint8Array[] = [];
  let synced = 0;
  for (let one = 0; one < commits; one += 1) {
    const both = [heard(one * 2), heard(one * 2 + 1)];
    const part = encodeEntries(both, { seq: one * 2 + 1, synced }, checksum);
    parts.push(part);
    synced += part.length;
  }
  const mark = { kind: "synced", at: AT, synced, last_seq: commits * 2 } as const;
  return new Uint8Array(Buffer.concat([...parts, encodeMark(mark, checksum)]));
}

function crashed(current: Uint8Array): string {
  const dir = mkdtempSync(join(tmpdir(), "vb-damage-"));
  writeFileSync(join(dir, CURRENT), current);
  return dir;
}

const keysOf = async (dir: string): Promise<readonly string[]> =>
  (await openJournalReader(dir).read(ALL)).map((one) => one.key);

/** Opens as it is; with the loss accepted when that is asked for. Gives the last seq and whether it was refused. */
async function opened(dir: string): Promise<{ last: number; refused: boolean }> {
  let refused = false;
  const journal = await openJournal({ dir, program: "test" }).catch((error: unknown) => {
    if (!(error instanceof VerbatimError) || error.code !== "journal_corrupt") throw error;
    refused = true;
    return openJournal({ dir, program: "test", acceptLoss: true });
  });
  const last = await journal.append([aHeard(1000)]);
  await journal.close();
  return { last, refused };
}

test("J4: any byte flipped in acknowledged entries costs one record, is refused until accepted, and its seq stays used", async () => {
  const bytes = segment(3, short);
  const marked = bytes.lastIndexOf(10, bytes.length - 2) + 1;
  const keys = ["k-0", "k-1", "k-2", "k-3", "k-4", "k-5"];
  for (let at = 0; at < marked; at += 1) {
    const changed = Uint8Array.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ 0x04;
    const dir = crashed(changed);
    const { last, refused } = await opened(dir);
    expect([at, refused, last]).toEqual([at, true, 8]);
    const found = await keysOf(dir);
    const kept = found.filter((key) => keys.includes(key));
    expect(kept).toHaveLength(5);
    expect(found.filter((key) => key.startsWith("loss/"))).toHaveLength(1);
    const report = await verifyJournal(dir);
    expect(report.faults).toEqual([]);
    expect(report.accepted).toHaveLength(1);
  }
}, 120_000);

test("J4: a sector of zeros costs the records it touches and no others", async () => {
  const bytes = segment(8);
  const marked = bytes.lastIndexOf(10, bytes.length - 2) + 1;
  const ends: number[] = [];
  for (let one = 0; one < 16; one += 1) {
    ends.push(segmentOf(one + 1, bytes));
  }
  for (let from = 0; from + SECTOR <= marked; from += SECTOR) {
    const dir = crashed(Uint8Array.from(bytes).fill(0, from, from + SECTOR));
    await opened(dir);
    const found = new Set(await keysOf(dir));
    const touched = ends.map((end, at) => end > from && (ends[at - 1] ?? 0) < from + SECTOR);
    const kept = touched.map((_, at) => found.has(`k-${at}`));
    expect(kept).toEqual(touched.map((one) => !one));
  }
}, 120_000);

/** Where entry number `count` of these bytes ends. */
function segmentOf(count: number, bytes: Uint8Array): number {
  let end = 0;
  for (let one = 0; one < count; one += 1) {
    const newline = bytes.indexOf(10, end);
    const { len } = JSON.parse(new TextDecoder().decode(bytes.subarray(end, newline)));
    end = newline + 1 + len + 1;
  }
  return end;
}

test("J4: a torn tail whose bytes hold entries of a journal is still a torn tail", async () => {
  const inner = segment(9, (number) => aHeard(number, { key: `inner-${number}` }));
  for (const commits of [0, 1, 2]) {
    const outer = segment(commits);
    const place = { seq: commits * 2 + 1, synced: outer.length };
    const whole = encodeEntries([aHeard(9, { raw: inner })], place, checksum);
    const dir = crashed(new Uint8Array(Buffer.concat([outer, whole.subarray(0, -3)])));
    const journal = await openJournal({ dir, program: "test" });
    expect(journal.durable()).toBe(commits * 2);
    await journal.close();
    expect(await keysOf(dir)).toEqual(["k-0", "k-1", "k-2", "k-3"].slice(0, commits * 2));
  }
});

test("J3: entries inside the raw bytes of a damaged record are never given out", async () => {
  const inner = segment(4, (number) => aHeard(number, { key: `inner-${number}` }));
  const bytes = segment(3, (number) => (number === 2 ? aHeard(2, { raw: inner }) : aHeard(number)));
  const at = new TextDecoder("latin1").decode(bytes).indexOf('"key":"k-2"') + 8;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  const dir = crashed(bytes);
  expect(await keysOf(dir)).toEqual(["k-0", "k-1", "k-3", "k-4", "k-5"]);
  await expect(openJournal({ dir, program: "test" })).rejects.toMatchObject({
    code: "journal_corrupt",
  });
});

test("J2: any byte flipped in an archived segment never makes a seq be given twice", async () => {
  const source = mkdtempSync(join(tmpdir(), "vb-damage-"));
  const journal = await openJournal({ dir: source, program: "test" });
  for (let one = 0; one < 3; one += 1) await journal.append([short(one)]);
  await journal.close();
  const [name = ""] = readdirSync(join(source, "archive"));
  const bytes = Uint8Array.from(readFileSync(join(source, "archive", name)));
  for (let at = 0; at < bytes.length; at += 1) {
    const changed = Uint8Array.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ 0x04;
    const dir = mkdtempSync(join(tmpdir(), "vb-damage-"));
    mkdirSync(join(dir, "archive"));
    writeFileSync(join(dir, "archive", name), changed);
    expect((await verifyJournal(dir)).faults).not.toEqual([]);
    expect([at, await opened(dir)]).toEqual([at, { last: 4, refused: false }]);
    const found = await keysOf(dir);
    expect(found.length).toBeGreaterThanOrEqual(3);
    expect(found.at(-1)).toBe("k-1000");
  }
}, 120_000);

test("a wrong or missing index of a sealed segment changes nothing that is read", async () => {
  const dir = mkdtempSync(join(tmpdir(), "vb-damage-"));
  const journal = await openJournal({ dir, program: "test" });
  const big = (number: number): Heard =>
    aHeard(number, { raw: new Uint8Array(40_000).fill(number) });
  for (let one = 0; one < 40; one += 1) await journal.append([big(one)]);
  const name = (await journal.rotate()) ?? "";
  await journal.close();
  const index = join(dir, "index", name.replace(".jsonl", ".json"));
  const right = readFileSync(index, "utf8");
  expect(JSON.parse(right).points.length).toBeGreaterThan(4);
  for (const text of [
    right,
    "",
    "{}",
    right.replaceAll(/,(\d+)\]/g, ",7$1]"),
    right.slice(0, 40),
  ]) {
    chmodSync(index, 0o600);
    writeFileSync(index, text);
    const reader = openJournalReader(dir);
    const some = await reader.read({ ...ALL, from: 30, to: 32 });
    expect(some.map((one) => [one.seq, one.raw[0]])).toEqual([
      [30, 29],
      [31, 30],
      [32, 31],
    ]);
  }
});
