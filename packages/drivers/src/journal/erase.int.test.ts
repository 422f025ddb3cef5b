/** Erasing entries of a journal on disk: what is gone, what stays, and what a kill leaves. */
import { expect, test } from "bun:test";
import { cpSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zstdDecompressSync as plainOf } from "node:zlib";
import type { Range } from "@verbatim/core/forget";
import { aHeard } from "@verbatim/core/testing";
import { eraseEntries } from "./erase.ts";
import { openJournalReader } from "./reader.ts";
import { compressSealed, openRewriting } from "./rewrite.ts";
import { verifyJournal } from "./verify.ts";
import { openJournal } from "./writer.ts";

const DYING = join(import.meta.dir, "../../test/die-while-erasing.ts");
const ALL = { from: 1, to: 1_000_000, entries: 1_000_000, bytes: 1 << 30 } as const;
const grave = { receipt_id: "5a3b1c9e-0000-4000-8000-000000000001", reason: "asked to" };
const SECRET = "wisteria";
const secret = (one: number) =>
  aHeard(one, { raw: new TextEncoder().encode(`{"text":"${SECRET} ${"x".repeat(200)} ${one}"}`) });

/** Sealed segments of four entries, every second one with the secret. */
async function journalOf(segments = 3): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), "vb-erase-"));
  const journal = await openJournal({ dir, program: "test" });
  for (let segment = 0; segment < segments; segment += 1) {
    const heard = [1, 2, 3, 4].map((one) => segment * 4 + one);
    await journal.append(heard.map((one) => (one % 2 === 0 ? secret(one) : aHeard(one))));
    await journal.rotate();
  }
  await journal.close();
  return dir;
}

const along = { onProgress: () => undefined, signal: new AbortController().signal };
const endOf = (name: string): string => name.replace(/^[^.]+/, "");

const bytesIn = (dir: string): string =>
  readdirSync(join(dir, "archive"))
    .toSorted()
    .map((name) => readFileSync(join(dir, "archive", name), "latin1"))
    .join("");

async function erase(dir: string, ranges: readonly Range[]) {
  using rewriting = openRewriting({ dir, program: "test" });
  return await eraseEntries(rewriting, { ranges, grave });
}

test("J13: what was erased is nowhere, everything else is byte for byte where it was, and the seals hold", async () => {
  const dir = await journalOf();
  const before = bytesIn(dir);
  const ranges: readonly Range[] = [
    [2, 2],
    [4, 6],
    [8, 8],
    [10, 10],
    [12, 12],
  ];
  const read = async () => await openJournalReader(dir).read(ALL);
  const was = await read();
  expect(await erase(dir, ranges)).toMatchObject({ segments: 3, entries: 7, damaged: 0 });
  const after = bytesIn(dir);
  expect([before.includes(SECRET), after.includes(SECRET)]).toEqual([true, false]);
  expect(after.length).toBe(before.length);
  expect((await verifyJournal(dir)).faults).toEqual([]);
  const now = await read();
  expect(now.map(({ seq }) => seq)).toEqual(was.map(({ seq }) => seq));
  expect(now.filter(({ erased }) => erased === true).map(({ seq }) => seq)).toEqual([
    2, 4, 5, 6, 8, 10, 12,
  ]);
  for (const [at, entry] of now.entries())
    if (entry.erased !== true) expect(entry).toEqual(was[at] ?? entry);
});

test("J13: erasing again rewrites nothing", async () => {
  const dir = await journalOf();
  await erase(dir, [[2, 8]]);
  const before = bytesIn(dir);
  expect(await erase(dir, [[2, 8]])).toEqual({ segments: 0, entries: 0, bytes: 0, damaged: 0 });
  expect(bytesIn(dir)).toBe(before);
});

test("J13: what is not sealed is refused, and nothing is half done", async () => {
  const dir = await journalOf();
  const journal = await openJournal({ dir, program: "test" });
  await journal.append([secret(13)]);
  await expect(erase(dir, [[13, 13]])).rejects.toThrow("verbatim rotate");
  await journal.rotate();
  expect(await erase(dir, [[13, 13]])).toMatchObject({ entries: 1 });
  await journal.close();
});

test("J13: whoever is killed at any step of it leaves a journal that is whole, and whoever comes next ends it", async () => {
  let killed = 0;
  for (let steps = 1; ; steps += 1) {
    const dir = await journalOf();
    const dying = Bun.spawn([process.execPath, DYING, dir, String(steps)]);
    await dying.exited;
    expect((await verifyJournal(dir)).faults).toEqual([]);
    await erase(dir, [[2, 12]]);
    expect(bytesIn(dir)).not.toContain(SECRET);
    expect(readdirSync(join(dir, "archive")).filter((name) => name.endsWith(".new"))).toEqual([]);
    if (dying.signalCode === null) break;
    killed += 1;
  }
  expect(killed).toBeGreaterThan(8);
}, 60_000);

/** What is left in the archive, with everything that is compressed made plain. */
const allBytesIn = (dir: string): string =>
  readdirSync(join(dir, "archive"))
    .map((name) => [name, readFileSync(join(dir, "archive", name))] as const)
    .map(([name, bytes]) => (name.endsWith(".zst") ? plainOf(bytes) : bytes))
    .join("");

test("J13: killed at any step of erasing in a compressed segment it is whole, and the next one leaves no form of it with the words", async () => {
  const made = await journalOf(1);
  const [file = ""] = readdirSync(join(made, "archive"));
  await compressSealed({ dir: made, program: "test" }, `archive/${file}`, along);
  const ends = new Set<string>();
  for (let steps = 1; !ends.has("done"); steps += 1) {
    const dir = mkdtempSync(join(tmpdir(), "vb-erase-"));
    cpSync(made, dir, { recursive: true });
    expect(allBytesIn(dir)).toContain(SECRET);
    const dying = Bun.spawn([process.execPath, DYING, dir, String(steps)]);
    await dying.exited;
    if (dying.signalCode === null) ends.add("done");
    ends.add(readdirSync(join(dir, "archive")).map(endOf).toSorted().join(" "));
    expect(await verifyJournal(dir)).toMatchObject({ faults: [], entries: 4 });
    await erase(dir, [[2, 12]]);
    expect(allBytesIn(dir)).not.toContain(SECRET);
    expect(readdirSync(join(dir, "archive"))).toEqual([file]);
    expect(await verifyJournal(dir)).toMatchObject({ faults: [], entries: 4 });
  }
  const forms = [".jsonl", ".jsonl .jsonl.zst", ".jsonl.new .jsonl.zst", "done"];
  expect([...ends].toSorted()).toEqual(forms);
}, 60_000);

test("J13: a damaged record stays and is told of, and costs nothing beside it", async () => {
  const dir = await journalOf();
  const holding = (name: string): boolean =>
    readFileSync(join(dir, "archive", name), "latin1").includes("message number 3");
  const name = readdirSync(join(dir, "archive")).find(holding) ?? "";
  const path = join(dir, "archive", name);
  const bytes = readFileSync(path);
  bytes[bytes.indexOf("message number 3")] = 0;
  using rewriting = openRewriting({ dir, program: "test" });
  await rewriting.replace(`archive/${name}`, [bytes]);
  expect(await eraseEntries(rewriting, { ranges: [[2, 4]], grave })).toMatchObject({
    entries: 2,
    damaged: 1,
  });
  expect(readFileSync(path, "latin1")).not.toContain(SECRET);
});

test("J13: what lies in compressed segments is erased like any other, and the rest of them is as it was", async () => {
  const dir = await journalOf();
  const was = await openJournalReader(dir).read(ALL);
  const [, second] = readdirSync(join(dir, "archive")).toSorted();
  await compressSealed({ dir, program: "test" }, `archive/${second}`, along);
  expect(readdirSync(join(dir, "archive")).filter((name) => name.endsWith(".zst"))).toHaveLength(1);
  expect(await erase(dir, [[2, 7]])).toMatchObject({ segments: 2, entries: 6, damaged: 0 });
  const now = await openJournalReader(dir).read(ALL);
  expect(now.filter(({ erased }) => erased === true).map(({ seq }) => seq)).toEqual([
    2, 3, 4, 5, 6, 7,
  ]);
  expect(now.filter(({ seq }) => seq > 7)).toEqual(was.filter(({ seq }) => seq > 7));
  expect((await verifyJournal(dir)).faults).toEqual([]);
  expect(await erase(dir, [[2, 7]])).toMatchObject({ segments: 0, entries: 0 });
});

test("J21: an entry that stays gets other words in its place, once, and is an entry like any other", async () => {
  const dir = await journalOf();
  const before = bytesIn(dir);
  const [was] = await openJournalReader(dir).read({ ...ALL, from: 6, to: 6 });
  const text = `{"text":"nothing"}`.padEnd(was?.raw.length ?? 0);
  const again = async () => {
    using rewriting = openRewriting({ dir, program: "test" });
    const ask = { ranges: [], grave, reworded: [{ seq: 6, text }] };
    return await eraseEntries(rewriting, ask);
  };
  expect(await again()).toMatchObject({ segments: 1, entries: 0 });
  expect(bytesIn(dir).length).toBe(before.length);
  const [now] = await openJournalReader(dir).read({ ...ALL, from: 6, to: 6 });
  expect({ ...now, raw: "" }).toEqual({ ...was, raw: "" });
  expect(new TextDecoder().decode(now?.raw)).toBe(text);
  expect((await verifyJournal(dir)).faults).toEqual([]);
  expect(await again()).toMatchObject({ segments: 0 });
});
