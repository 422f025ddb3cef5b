/** Mending journals on disk: what was forgotten stays forgotten, compressed segments come back, and nothing that is missing goes unseen. */
import { expect, test } from "bun:test";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Entry } from "@verbatim/core";
import { aHeard } from "@verbatim/core/testing";
import { drop, droppableHome } from "../../test/dropping.ts";
import { compress, sealedJournal } from "../../test/sealed-journal.ts";
import { eraseEntries } from "./erase.ts";
import { mendJournal } from "./mend.ts";
import { openJournalReader } from "./reader.ts";
import { openRewriting } from "./rewrite.ts";
import { verifyJournal } from "./verify.ts";
import { openJournal } from "./writer.ts";

const ALL = { from: 1, to: 1_000_000, entries: 1_000_000, bytes: 1 << 30 } as const;
const SECRET = "wisteria";
const nobody = async (): Promise<readonly Entry[]> => [];

/** A sealed segment in which entries 2 and 3 were forgotten; with the entries as they were before. */
async function forgottenJournal() {
  const dir = mkdtempSync(join(tmpdir(), "vb-mend-"));
  const journal = await openJournal({ dir, program: "test" });
  for (let one = 1; one <= 5; one += 1) {
    const raw = new TextEncoder().encode(`{"text":"${SECRET} ${"x".repeat(200)} ${one}"}`);
    await journal.append([aHeard(one, { raw })]);
  }
  await journal.close();
  const before = (await openJournalReader(dir).read(ALL)).slice();
  using rewriting = openRewriting({ dir, program: "test" });
  const receipt_id = "5a3b1c9e-0000-4000-8000-000000000001";
  await eraseEntries(rewriting, { ranges: [[2, 3]], grave: { receipt_id, reason: null } });
  const [name = ""] = readdirSync(join(dir, "archive"));
  return { dir, path: join(dir, "archive", name), before };
}

function put(path: string, bytes: Uint8Array): void {
  chmodSync(path, 0o600);
  writeFileSync(path, bytes);
}

test("V20: repair never brings back what was forgotten, wherever its tombstone is damaged and whatever Postgres still has", async () => {
  const { dir, path, before } = await forgottenJournal();
  const whole = readFileSync(path);
  const from = whole.indexOf('{"seq":2,');
  const to = whole.indexOf('{"seq":4,');
  const stale = async (first: number, last: number): Promise<readonly Entry[]> =>
    before.filter(({ seq }) => seq >= first && seq <= last);
  let mended = 0;
  for (let at = from; at < to; at += 5) {
    const damaged = Uint8Array.from(whole);
    damaged[at] = (damaged[at] ?? 0) ^ 0x15;
    put(path, damaged);
    mended += (await mendJournal(dir, stale)).length;
    const text = readFileSync(path, "latin1");
    expect([at, text.split(SECRET).length - 1]).toEqual([at, 3]);
    if (readFileSync(path).equals(whole)) continue;
    // What proves nothing is left as it is, and told of.
    expect((await verifyJournal(dir)).faults).not.toEqual([]);
  }
  expect(mended).toBeGreaterThan(100);
  put(path, whole);
  const erased = (await openJournalReader(dir).read(ALL)).filter((one) => one.erased === true);
  expect(erased.map(({ seq }) => seq)).toEqual([2, 3]);
}, 60_000);

test("V24: a changed byte anywhere in a compressed segment is put right, and more of them are told of", async () => {
  const made = await sealedJournal(40, 60_000);
  const [plain = ""] = readdirSync(join(made.dir, "archive"));
  const before = await openJournalReader(made.dir).read(ALL);
  await compress(made);
  const path = join(made.dir, "archive", `${plain}.zst`);
  const whole = readFileSync(path);
  for (let at = 5; at < whole.length; at += Math.floor(whole.length / 25)) {
    const damaged = Uint8Array.from(whole);
    damaged[at] = (damaged[at] ?? 0) ^ 0x40;
    put(path, damaged);
    expect((await verifyJournal(made.dir)).faults).not.toEqual([]);
    expect(await mendJournal(made.dir, nobody)).toHaveLength(1);
    expect([at, readFileSync(path).equals(whole)]).toEqual([at, true]);
  }
  for (const at of [whole.length - 3, whole.length - 40, whole.length - 100]) {
    const damaged = Uint8Array.from(whole);
    damaged.fill(0, at, at + 3);
    put(path, damaged);
    expect(await mendJournal(made.dir, nobody)).toHaveLength(1);
    expect(readFileSync(path).equals(whole)).toBe(true);
  }
  const torn = Uint8Array.from(whole).fill(0, 5000, 5010);
  put(path, torn);
  expect(await mendJournal(made.dir, nobody)).toEqual([]);
  expect((await verifyJournal(made.dir)).faults).not.toEqual([]);
  put(path, whole);
  expect(await openJournalReader(made.dir).read(ALL)).toEqual(before);
}, 60_000);

test("V25: the last segment is told of when nothing in it can be read, and when it is gone", async () => {
  const { dir, path } = await forgottenJournal();
  expect((await verifyJournal(dir)).faults).toEqual([]);
  const [name = ""] = readdirSync(join(dir, "archive"));
  // Ends of segments are known for as long as a process runs: elsewhere they are not.
  const copy = mkdtempSync(join(tmpdir(), "vb-mend-"));
  Bun.spawnSync(["cp", "-r", `${dir}/.`, copy]);
  put(join(copy, "archive", name), new Uint8Array(readFileSync(path).length));
  expect((await verifyJournal(copy)).faults).toMatchObject([
    { file: `archive/${name}`, what: expect.stringContaining("nothing in it can be read") },
  ]);
  rmSync(path);
  expect((await verifyJournal(dir)).faults).toMatchObject([
    { file: `archive/${name}`, what: expect.stringContaining("it is gone") },
  ]);
});

test("V41: a dropped segment whose checkpoint is damaged is whole again by what Postgres has, or stays dropped", async () => {
  const { home, dir, files } = await droppableHome(2, 20);
  const [file = ""] = files;
  const before = (await openJournalReader(dir).read(ALL)).slice();
  const bytes = readFileSync(join(dir, file));
  await drop(dir, file);
  const left = readFileSync(join(dir, `${file}.dropped`));
  const path = join(home, "checkpoints/20261121_134217_x.json");
  const whole = readFileSync(path);
  const damaged = Uint8Array.from(whole);
  for (const seq of [3, 6]) {
    const at = whole.indexOf(`"seq":${seq},`) + 200;
    damaged[at] = (damaged[at] ?? 0) ^ 1;
  }
  put(path, damaged);
  const some = async (first: number, last: number): Promise<readonly Entry[]> =>
    before.filter(({ seq }) => seq >= first && seq <= last && seq !== 6);
  expect(await mendJournal(dir, some)).toEqual([]);
  expect(readdirSync(join(dir, "archive"))).toContain(`${file.slice(8)}.dropped`);
  put(path, whole);
  expect((await verifyJournal(dir)).faults).toEqual([]);
  put(path, damaged);
  const all = async (first: number, last: number): Promise<readonly Entry[]> =>
    before.filter(({ seq }) => seq >= first && seq <= last);
  const mended = await mendJournal(dir, all);
  expect(mended.map(({ entries }) => entries)).toEqual([1, 1]);
  expect(readFileSync(join(dir, file)).equals(bytes)).toBe(true);
  expect(readdirSync(join(dir, "archive"))).not.toContain(`${file.slice(8)}.dropped`);
  expect(readFileSync(mended[0]?.kept ?? "").equals(left)).toBe(true);
  expect((await verifyJournal(dir)).faults).toEqual([]);
}, 60_000);

/** A dropped segment of so many small entries, of which a checkpoint lost one. */
async function bothDamaged(entries: number) {
  const { home, dir, files } = await droppableHome(1, entries);
  const [file = ""] = files;
  const before = (await openJournalReader(dir).read(ALL)).slice();
  const bytes = readFileSync(join(dir, file));
  await drop(dir, file);
  const dropped = join(dir, `${file}.dropped`);
  const path = join(home, "checkpoints/20261121_134217_x.json");
  const checkpoint = readFileSync(path);
  const at = checkpoint.indexOf('"seq":3,') + 200;
  checkpoint[at] = (checkpoint[at] ?? 0) ^ 1;
  put(path, checkpoint);
  return { dir, file, bytes, before, dropped, left: readFileSync(dropped) };
}

test("V45: a changed byte in a dropped segment's headers is put right, also while its checkpoint is damaged", async () => {
  const { dir, file, bytes, before, dropped, left } = await bothDamaged(20);
  const known = async (first: number, last: number): Promise<readonly Entry[]> =>
    before.filter(({ seq }) => seq >= first && seq <= last);
  for (const at of [60, left.length >> 1, left.length - 30]) {
    const damaged = Uint8Array.from(left);
    damaged[at] = (damaged[at] ?? 0) ^ 0x40;
    put(dropped, damaged);
    expect((await mendJournal(dir, nobody)).map((one) => one.file)).toEqual([`${file}.dropped`]);
    expect([at, readFileSync(dropped).equals(left)]).toEqual([at, true]);
  }
  put(dropped, Uint8Array.from(left).fill(0, 100, 110));
  expect(await mendJournal(dir, known)).toEqual([]);
  const damaged = Uint8Array.from(left);
  damaged[60] = (damaged[60] ?? 0) ^ 0x40;
  put(dropped, damaged);
  expect(await mendJournal(dir, known)).toHaveLength(2);
  expect(readFileSync(join(dir, file)).equals(bytes)).toBe(true);
  expect((await verifyJournal(dir)).faults).toEqual([]);
}, 60_000);

test("V46: a bad place that nothing fills is compared with no more than what may begin there, and who stops it is heard", async () => {
  const made = await sealedJournal(200, 30_000);
  const before = (await openJournalReader(made.dir).read(ALL)).slice();
  const path = join(made.dir, made.file);
  const damaged = Uint8Array.from(readFileSync(path));
  damaged.fill(0, 5000, damaged.length - 5000);
  put(path, damaged);
  const looks = new Map<number, number>();
  const counted = before.map((entry) => ({
    ...entry,
    get raw() {
      looks.set(entry.seq, (looks.get(entry.seq) ?? 0) + 1);
      return entry.raw;
    },
  }));
  const asked: (readonly [number, number])[] = [];
  const known = async (first: number, last: number): Promise<readonly Entry[]> => {
    asked.push([first, last]);
    return counted.slice(first - 1, last);
  };
  expect(await mendJournal(made.dir, known)).toEqual([]);
  expect(asked).toEqual([[1, 200]]);
  expect(looks.size).toBeLessThan(100);
  expect(Math.max(...looks.values())).toBeLessThan(100);
  const stop = new AbortController();
  const stopping = async (first: number, last: number): Promise<readonly Entry[]> => {
    stop.abort();
    return await known(first, last);
  };
  const { signal } = stop;
  await expect(mendJournal(made.dir, stopping, { signal })).rejects.toThrow("abort");
  expect(readFileSync(path).equals(damaged)).toBe(true);
}, 60_000);

test("V43: what is to be done before anything comes back is done before, and only then", async () => {
  const { dir, path, before } = await forgottenJournal();
  const known = async (first: number, last: number): Promise<readonly Entry[]> =>
    before.filter(({ seq }) => seq >= first && seq <= last);
  const seen: boolean[] = [];
  const note = async (): Promise<void> => void seen.push(readFileSync(path).equals(damaged));
  const damaged = Uint8Array.from(readFileSync(path));
  expect(await mendJournal(dir, known, { before: note })).toEqual([]);
  damaged[50] = (damaged[50] ?? 0) ^ 1;
  put(path, damaged);
  await expect(
    mendJournal(dir, known, { before: async () => Promise.reject(new Error("died")) }),
  ).rejects.toThrow("died");
  expect(readFileSync(path).equals(damaged)).toBe(true);
  expect(await mendJournal(dir, known, { before: note })).toHaveLength(1);
  expect(seen).toEqual([true]);
}, 60_000);

test("J40: forgetting in a compressed segment with a changed byte costs no other entry", async () => {
  const made = await sealedJournal(40, 60_000);
  const before = await openJournalReader(made.dir).read(ALL);
  await compress(made);
  const path = join(made.dir, `${made.file}.zst`);
  const damaged = Uint8Array.from(readFileSync(path));
  const at = damaged.length >> 1;
  damaged[at] = (damaged[at] ?? 0) ^ 0x40;
  put(path, damaged);
  using rewriting = openRewriting({ dir: made.dir, program: "test" });
  const grave = { receipt_id: "5a3b1c9e-0000-4000-8000-000000000001", reason: null };
  const done = await eraseEntries(rewriting, { ranges: [[2, 3]], grave });
  expect(done).toMatchObject({ entries: 2, damaged: 0 });
  expect((await verifyJournal(made.dir)).faults).toEqual([]);
  const after = await openJournalReader(made.dir).read(ALL);
  expect(after.filter(({ seq }) => seq > 3)).toEqual(before.filter(({ seq }) => seq > 3));
}, 60_000);

test("J41: a journal whose first segment is gone is told of, also where its index is gone too", async () => {
  const { dir, files } = await droppableHome(3, 20);
  rmSync(join(dir, files[0] ?? ""));
  rmSync(join(dir, "index"), { recursive: true });
  const { faults } = await verifyJournal(dir);
  expect(faults).toMatchObject([{ file: files[1], lost: { first: 1, last: 20 } }]);
  expect(faults[0]?.what).toContain("begins with seq 21");
}, 60_000);
