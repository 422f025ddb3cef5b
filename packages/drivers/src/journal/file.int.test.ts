import { expect, test } from "bun:test";
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RAW_BYTES_MAX } from "@verbatim/core";
import { aHeard, journalContract } from "@verbatim/core/testing";
import { errorOf, type Faults, faultyFs } from "../../test/faulty-fs.ts";
import { openJournalReader } from "./reader.ts";
import { verifyJournal } from "./verify.ts";
import { type FileJournal, openJournal } from "./writer.ts";

const ALL = { from: 1, to: 1_000_000, entries: 1_000_000, bytes: 1 << 30 } as const;
const fresh = (): string => mkdtempSync(join(tmpdir(), "vb-journal-"));
const open = (dir: string, faults?: Faults): Promise<FileJournal> =>
  openJournal({ dir, program: "test", ...(faults === undefined ? {} : { fs: faultyFs(faults) }) });
const noFaults = (): Faults => ({ write: [], fdatasync: [], done: [] });

journalContract("files", async () => {
  const dir = fresh();
  let journal = await open(dir);
  return {
    journal,
    reopen: async () => {
      await journal.close();
      journal = await open(dir);
      return journal;
    },
  };
});

/** A folder with a current segment of these bytes, as a kill leaves it. */
function crashed(current: Uint8Array): string {
  const dir = fresh();
  writeFileSync(join(dir, "current_session.jsonl"), current);
  return dir;
}

/** Bytes of a current segment with so many commits of one entry each. */
async function segmentOf(commits: number): Promise<Uint8Array> {
  const dir = fresh();
  const journal = await open(dir);
  for (let one = 0; one < commits; one += 1) await journal.append([aHeard(one)]);
  const bytes = Uint8Array.from(readFileSync(join(dir, "current_session.jsonl")));
  await journal.close();
  return bytes;
}

async function keysOf(dir: string): Promise<readonly string[]> {
  return (await openJournalReader(dir).read(ALL)).map((one) => one.key);
}

test("J4: cut at every byte, exactly the whole entries are there, and recovering twice changes nothing", async () => {
  const bytes = await segmentOf(4);
  for (let cut = 0; cut <= bytes.length; cut += 1) {
    const dir = crashed(bytes.subarray(0, cut));
    const journal = await open(dir);
    const kept = journal.durable();
    expect(await keysOf(dir)).toEqual(["k-0", "k-1", "k-2", "k-3"].slice(0, kept));
    await journal.append([aHeard(99)]);
    await journal.close();
    const again = await open(dir);
    expect(again.durable()).toBe(kept + 1);
    expect(again.facts().tornBytes).toBe(0);
    await again.close();
  }
}, 120_000);

test("J4: a torn tail is kept in quarantine before it is cut", async () => {
  const whole = await segmentOf(2);
  const dir = crashed(whole.subarray(0, -5));
  const journal = await open(dir);
  expect(statSync(join(dir, "current_session.jsonl")).size).toBe((await segmentOf(1)).length);
  expect(journal.facts().tornBytes).toBeGreaterThan(0);
  expect(readdirSync(join(dir, "quarantine"))).toEqual(["current_session.jsonl.torn-2"]);
  await journal.close();
});

test("J4: a flipped byte in acknowledged entries refuses the start, is never served, and can be accepted", async () => {
  const bytes = await segmentOf(5);
  const text = new TextDecoder().decode(bytes);
  for (const needle of ['"key":"k-1"', "message number 2", '"synced"']) {
    const changed = Uint8Array.from(bytes);
    const at = text.indexOf(needle);
    changed[at + 2] = (changed[at + 2] ?? 0) ^ 1;
    const dir = crashed(changed);
    await expect(open(dir)).rejects.toMatchObject({ code: "journal_corrupt" });
    const journal = await openJournal({ dir, program: "test", acceptLoss: true });
    const entries = await journal.read(ALL);
    expect(entries.filter((one) => one.source === "verbatim")).toHaveLength(1);
    expect(entries.filter((one) => one.source === "api")).toHaveLength(4);
    expect(await journal.append([aHeard(77)])).toBe(7);
    await journal.close();
    await (await open(dir)).close();
  }
}, 60_000);

test("J1: nothing is acknowledged before its own sync", async () => {
  const faults = noFaults();
  const journal = await open(fresh(), faults);
  faults.done.length = 0;
  await journal.append([aHeard(1)]).then(() => faults.done.push("acknowledged"));
  expect(faults.done).toEqual(["write", "sync", "acknowledged"]);
  await journal.close();
});

test("J1: after a failed sync the entries are in a new file, once, and the old one is not written again", async () => {
  for (let good = 0; good < 4; good += 1) {
    const dir = fresh();
    const faults = noFaults();
    const journal = await open(dir, faults);
    for (let one = 0; one < good; one += 1) await journal.append([aHeard(one)]);
    faults.fdatasync.push(errorOf("EIO"));
    expect(await journal.append([aHeard(good)])).toBe(good + 1);
    expect(await journal.append([aHeard(good + 1)])).toBe(good + 2);
    await journal.close();
    expect(await keysOf(dir)).toEqual(Array.from({ length: good + 2 }, (_, one) => `k-${one}`));
    const again = await open(dir);
    expect(again.durable()).toBe(good + 2);
    await again.close();
  }
});

test("J1: two failed syncs refuse the append, and the next one goes on", async () => {
  const dir = fresh();
  const faults = noFaults();
  const journal = await open(dir, faults);
  await journal.append([aHeard(0)]);
  faults.fdatasync.push(errorOf("EIO"), errorOf("EIO"));
  await expect(journal.append([aHeard(1)])).rejects.toMatchObject({ code: "journal_failed" });
  expect(journal.facts().writeFailures).toBe(1);
  expect(await journal.append([aHeard(2)])).toBe(2);
  await journal.close();
  expect(await keysOf(dir)).toEqual(["k-0", "k-2"]);
});

test("J4: no room and short writes leave no half entry and heal by themselves", async () => {
  const dir = fresh();
  const faults = noFaults();
  const journal = await open(dir, faults);
  faults.write.push("short");
  expect(await journal.append([aHeard(0)])).toBe(1);
  faults.write.push(errorOf("ENOSPC"));
  const before = statSync(join(dir, "current_session.jsonl")).size;
  await expect(journal.append([aHeard(1)])).rejects.toMatchObject({ code: "journal_full" });
  expect(statSync(join(dir, "current_session.jsonl")).size).toBe(before);
  expect(await journal.append([aHeard(2)])).toBe(2);
  await journal.close();
  expect(await keysOf(dir)).toEqual(["k-0", "k-2"]);
  expect((await verifyJournal(dir)).faults).toEqual([]);
});

test("a second writer is refused with the name and pid of the first", async () => {
  const dir = fresh();
  const journal = await open(dir);
  await expect(openJournal({ dir, program: "other" })).rejects.toMatchObject({
    code: "journal_busy",
    facts: { pid: process.pid, program: "test" },
  });
  await journal.close();
});

test("J2: dying between any two steps of sealing is mended at the next start", async () => {
  const dir = fresh();
  const journal = await open(dir);
  await journal.append([aHeard(0)]);
  await journal.close();
  const [sealed = ""] = readdirSync(join(dir, "archive"));
  // Sealed and not renamed yet; and then: renamed, and no new file yet.
  renameSync(join(dir, "archive", sealed), join(dir, "current_session.jsonl"));
  const again = await open(dir);
  expect(await again.append([aHeard(1)])).toBe(2);
  await again.close();
  expect(
    existsSync(join(dir, "archive", sealed)) || readdirSync(join(dir, "archive")).length === 2,
  ).toBe(true);
  expect(await keysOf(dir)).toEqual(["k-0", "k-1"]);
  expect((await verifyJournal(dir)).faults).toEqual([]);
});

test("verify finds a changed byte in a sealed segment, and reading steps over it", async () => {
  const dir = fresh();
  const journal = await open(dir);
  for (let one = 0; one < 5; one += 1) await journal.append([aHeard(one)]);
  const name = await journal.rotate();
  await journal.close();
  const path = join(dir, "archive", name ?? "");
  const bytes = readFileSync(path);
  const at = bytes.indexOf("number 2");
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(`${path}.changed`, bytes);
  renameSync(`${path}.changed`, path);
  expect(await keysOf(dir)).toEqual(["k-0", "k-1", "k-3", "k-4"]);
  const { faults } = await verifyJournal(dir);
  expect(faults.map((one) => one.what)).toEqual([
    expect.stringContaining("are no whole entry (after seq 2)"),
    "seq 4 follows 2",
    "its bytes are not those that were sealed (sha256 differs)",
  ]);
});

test("a reader sees what is appended, follows rotation, and is not disturbed by a write under way", async () => {
  const dir = fresh();
  const journal = await open(dir);
  const reader = openJournalReader(dir);
  expect(await reader.last()).toBe(0);
  await journal.append([aHeard(0)]);
  expect(await reader.last()).toBe(1);
  await journal.rotate();
  await journal.append([aHeard(1)]);
  expect(await keysOf(dir)).toEqual(["k-0", "k-1"]);
  appendFileSync(join(dir, "current_session.jsonl"), '{"seq":3,"at":"2026');
  expect(await reader.last()).toBe(2);
  await journal.close();
});

test("a record of the largest size is taken, one byte more is refused before anything is written", async () => {
  const dir = fresh();
  const journal = await open(dir);
  await journal.append([aHeard(0, { raw: new Uint8Array(RAW_BYTES_MAX).fill(10) })]);
  await expect(
    journal.append([aHeard(1, { raw: new Uint8Array(RAW_BYTES_MAX + 1) })]),
  ).rejects.toMatchObject({ code: "too_large" });
  await expect(journal.append([aHeard(2, { source: "Not A Source" })])).rejects.toMatchObject({
    code: "input_invalid",
  });
  await journal.append([aHeard(3)]);
  const entries = await journal.read(ALL);
  expect(entries.map((one) => one.raw.length)).toEqual([RAW_BYTES_MAX, aHeard(3).raw.length]);
  await journal.close();
}, 60_000);

test("J4: marks, seals and appends never write over each other", async () => {
  const dir = fresh();
  const journal = await open(dir);
  for (let one = 0; one < 300; one += 2) {
    await journal.append([aHeard(one)]);
    const append = journal.append([aHeard(one + 1)]);
    // By the next turn of the loop the append is written and its sync is under way.
    await new Promise((resolve) => setImmediate(resolve));
    await Promise.all([append, one % 10 === 0 ? journal.rotate() : null]);
  }
  await journal.close();
  const { faults, entries } = await verifyJournal(dir);
  expect({ faults, entries }).toEqual({ faults: [], entries: 300 });
  expect(await keysOf(dir)).toEqual(Array.from({ length: 300 }, (_, one) => `k-${one}`));
});
