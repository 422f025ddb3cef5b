import { expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import fc from "fast-check";
import { errorOf, faultyFs } from "../../test/faulty-fs.ts";
import { compress, type Sealed, sealedJournal, words } from "../../test/sealed-journal.ts";
import { openJournalReader } from "./reader.ts";
import { openRewriting } from "./rewrite.ts";
import { openSegment } from "./segment-file.ts";
import { verifyJournal } from "./verify.ts";
import { openJournal } from "./writer.ts";
import { inflateAnywhere } from "./zstd.ts";

const DYING = join(import.meta.dir, "../../test/die-while-rewriting.ts");
const ALL = { from: 1, to: 1_000_000, entries: 1_000_000, bytes: 1 << 30 } as const;
const along = { onProgress: (): void => {}, signal: new AbortController().signal };

/** Everything a reader gives of a journal, as one number. */
async function contentOf(dir: string): Promise<string> {
  const hash = new Bun.CryptoHasher("sha256");
  for (const one of await openJournalReader(dir).read(ALL)) {
    hash.update(`${one.seq} ${one.at} ${one.source} ${one.key} `).update(one.raw);
  }
  return hash.digest("hex");
}

/** A copy of a compressed segment's journal with other bytes in its file. */
function withBytes({ dir, file }: Sealed, bytes: Uint8Array): string {
  const copy = mkdtempSync(join(tmpdir(), "vb-damaged-"));
  const path = join(copy, `${file}.zst`);
  for (const one of ["archive", "index"]) rmSync(join(copy, one), { force: true, recursive: true });
  Bun.spawnSync(["cp", "-r", join(dir, "archive"), copy]);
  chmodSync(path, 0o600);
  writeFileSync(path, bytes);
  return copy;
}

test("J8: whoever is killed at any step of compressing has lost nothing, and the next one goes on", async () => {
  const made = await sealedJournal(40, 60_000);
  const content = await contentOf(made.dir);
  const ends = new Set<string>();
  for (let steps = 1; !ends.has("done"); steps += 1) {
    const dir = mkdtempSync(join(tmpdir(), "vb-killed-"));
    Bun.spawnSync(["cp", "-r", `${made.dir}/.`, dir]);
    const dying = Bun.spawn([process.execPath, DYING, dir, made.file, `${steps}`, "compress"]);
    await dying.exited;
    if (dying.signalCode === null) ends.add("done");
    const names = readdirSync(join(dir, "archive")).map((name) => name.replace(/^[^.]+/, ""));
    ends.add(names.toSorted().join(" "));
    expect(await contentOf(dir)).toBe(content);
    expect((await verifyJournal(dir)).faults).toEqual([]);
    await compress({ dir, file: made.file });
    expect(readdirSync(join(dir, "archive"))).toEqual([`${made.file.slice(8)}.zst`]);
    expect(await contentOf(dir)).toBe(content);
  }
  const [plain, small] = [".jsonl", ".jsonl.zst"];
  expect([...ends].toSorted()).toEqual(
    [`${plain} ${small}`, `${plain} ${small}.new`, small, "done"].toSorted(),
  );
}, 120_000);

test("J8: a full disk, a failed sync and a disk that gives back other bytes leave the plain segment", async () => {
  const { dir, file } = await sealedJournal(20, 60_000);
  const content = await contentOf(dir);
  const faults = { write: [], fdatasync: [], done: [] };
  const real = faultyFs(faults);
  const bad = [
    faultyFs({ ...faults, write: [errorOf("ENOSPC")] }),
    faultyFs({ ...faults, fdatasync: [errorOf("EIO")] }),
    {
      ...real,
      write: (fd: number, bytes: Uint8Array, at: number) => {
        const turned = Uint8Array.from(bytes);
        turned[30] = (turned[30] ?? 0) ^ 1;
        return real.write(fd, turned, at);
      },
    },
  ];
  for (const fs of bad) {
    using rewriting = openRewriting({ dir, program: "test", fs });
    await expect(rewriting.compress(file, along)).rejects.toThrow("stays as it was");
    expect(readdirSync(join(dir, "archive"))).toEqual([file.slice(8)]);
  }
  expect(await contentOf(dir)).toBe(content);
});

test("J8: a segment that is not as it was sealed stays plain", async () => {
  const { dir, file } = await sealedJournal(5, 1000);
  const path = join(dir, file);
  chmodSync(path, 0o600);
  const bytes = readFileSync(path);
  bytes[500] = (bytes[500] ?? 0) ^ 1;
  writeFileSync(path, bytes);
  await expect(compress({ dir, file })).rejects.toThrow("sha256 differs");
  expect(readFileSync(path).equals(bytes)).toBe(true);
  truncateSync(path, bytes.length - 10);
  await expect(compress({ dir, file })).rejects.toThrow("no whole seal");
});

test("any zstd tool makes the segment again, and every place of it is read like the plain one", async () => {
  const { dir, file } = await sealedJournal(60, 90_000);
  const plain = readFileSync(join(dir, file));
  const before = statSync(join(dir, file));
  const saved = await compress({ dir, file });
  const path = join(dir, `${file}.zst`);
  expect(saved).toEqual({ bytes: plain.length, stored_bytes: statSync(path).size });
  expect(existsSync(join(dir, file))).toBe(false);
  expect(Math.floor(statSync(path).mtimeMs)).toBe(Math.floor(before.mtimeMs));
  expect(statSync(path).mode & 0o777).toBe(0o400);
  expect(zstdDecompressSync(readFileSync(path)).equals(plain)).toBe(true);
  const opened = openSegment(join(dir, file));
  expect(opened.size()).toBe(plain.length);
  fc.assert(
    fc.property(fc.nat(plain.length + 10), fc.nat(2_500_000), (from, length) => {
      const into = new Uint8Array(length);
      const read = opened.read(into, from);
      expect(plain.subarray(from, from + length).equals(into.subarray(0, read))).toBe(true);
    }),
  );
  opened.close();
  expect(await compress({ dir, file })).toBe(null);
});

test("a journal goes on, is read, rotated and verified over compressed segments", async () => {
  const { dir, file } = await sealedJournal(30, 50_000);
  await compress({ dir, file });
  const journal = await openJournal({ dir, program: "test" });
  expect(
    await journal.append([
      { source: "api", key: "k", at: "2026-01-02T00:00:00.000Z", raw: words(9, 9) },
    ]),
  ).toBe(31);
  const [first, second] = await journal.segments();
  expect(first).toMatchObject({ file, first_seq: 1, last_seq: 30, sealed: true });
  expect(first?.stored_bytes ?? 0).toBeLessThan(first?.bytes ?? 0);
  expect(second).toMatchObject({ first_seq: 31, last_seq: 31, sealed: false });
  for (const from of [1, 7, 30, 31]) {
    const [entry] = await journal.read({ ...ALL, from, entries: 1 });
    expect(entry?.seq).toBe(from);
  }
  await journal.close();
  expect(await verifyJournal(dir)).toMatchObject({ entries: 31, faults: [], segments: 2 });
});

test("a reader that listed the segment before it was compressed reads on", async () => {
  const { dir, file } = await sealedJournal(30, 50_000);
  const reader = openJournalReader(dir);
  const content = await contentOf(dir);
  const scan = reader.scanHeads(1)[Symbol.asyncIterator]();
  expect((await scan.next()).value?.seq).toBe(1);
  await compress({ dir, file });
  for (let seq = 2; seq <= 30; seq += 1) expect((await scan.next()).value?.seq).toBe(seq);
  expect(await contentOf(dir)).toBe(content);
  const heads = await Array.fromAsync(reader.scanHeads(12));
  expect(heads.map((one) => one.seq)).toEqual(Array.from({ length: 19 }, (_, at) => at + 12));
});

test("J10: a damaged frame costs the entries in it and no others, and is named", async () => {
  const sealed = await sealedJournal(40, 100_000);
  await compress(sealed);
  const bytes = readFileSync(join(sealed.dir, `${sealed.file}.zst`));
  const damaged = Uint8Array.from(bytes);
  const middle = Math.floor(bytes.length * 0.4);
  damaged[middle] = (damaged[middle] ?? 0) ^ 0x40;
  const dir = withBytes(sealed, damaged);
  const report = await verifyJournal(dir);
  expect(report.faults.map((one) => one.what).join("\n")).toMatch(
    /compressed frame 2 of 4 is damaged [(]bytes \d+ to \d+ of the .zst[)]/,
  );
  const seqs = (await openJournalReader(dir).read(ALL)).map((one) => one.seq);
  // A frame is a MiB: ten entries whole, and two that reach into it.
  expect(seqs.length).toBeGreaterThanOrEqual(40 - 12);
  expect(seqs.length).toBeLessThan(40);
  expect(seqs.slice(0, 10)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(seqs.at(-1)).toBe(40);
});

test("J10: a lost table costs nothing, also with a damaged frame", async () => {
  const sealed = await sealedJournal(40, 100_000);
  await compress(sealed);
  const content = await contentOf(sealed.dir);
  const bytes = readFileSync(join(sealed.dir, `${sealed.file}.zst`));
  const cut = withBytes(sealed, bytes.subarray(0, bytes.length - 40));
  expect(await contentOf(cut)).toBe(content);
  expect((await verifyJournal(cut)).faults.map((one) => one.what).join()).toContain("table");
  const damaged = Uint8Array.from(bytes.subarray(0, bytes.length - 40));
  damaged[1000] = (damaged[1000] ?? 0) ^ 1;
  const seqs = (await openJournalReader(withBytes(sealed, damaged)).read(ALL)).map(
    (one) => one.seq,
  );
  expect(seqs.at(-1)).toBe(40);
  expect(seqs.length).toBeGreaterThanOrEqual(40 - 11);
});

test("J9: any byte changed in a compressed segment is found, and nothing that was not written is read", async () => {
  const sealed = await sealedJournal(12, 30_000);
  const known = new Set((await openJournalReader(sealed.dir).read(ALL)).map(textOf));
  await compress(sealed);
  const bytes = readFileSync(join(sealed.dir, `${sealed.file}.zst`));
  const places = fc.oneof(
    fc.nat(bytes.length - 1),
    fc.integer({ min: bytes.length - 200, max: bytes.length - 1 }),
    fc.nat(20),
  );
  await fc.assert(
    fc.asyncProperty(places, fc.integer({ min: 1, max: 255 }), async (place, change) => {
      const damaged = Uint8Array.from(bytes);
      damaged[place] = (damaged[place] ?? 0) ^ change;
      const dir = withBytes(sealed, damaged);
      expect((await verifyJournal(dir)).faults.length).toBeGreaterThan(0);
      for (const entry of await openJournalReader(dir).read(ALL))
        expect(known.has(textOf(entry))).toBe(true);
      rmSync(dir, { recursive: true });
    }),
    // What a frame's descriptor says, bit by bit: some of it no decoder looks at.
    {
      numRuns: 150,
      examples: Array.from({ length: 8 }, (_, bit): [number, number] => [4, 1 << bit]),
    },
  );
}, 120_000);

function textOf(entry: { seq: number; key: string; raw: Uint8Array }): string {
  return `${entry.seq} ${entry.key} ${Bun.hash(entry.raw)}`;
}

test("J9: no byte of the table hides the segment, whichever is changed", async () => {
  const sealed = await sealedJournal(12, 3000);
  const content = await contentOf(sealed.dir);
  await compress(sealed);
  const bytes = readFileSync(join(sealed.dir, `${sealed.file}.zst`));
  for (let place = bytes.length - 110; place < bytes.length; place += 1) {
    const damaged = Uint8Array.from(bytes);
    damaged[place] = (damaged[place] ?? 0) ^ 1;
    const dir = withBytes(sealed, damaged);
    expect((await verifyJournal(dir)).faults.length).toBeGreaterThan(0);
    const isTable = place >= bytes.length - 105;
    if (isTable) expect(await contentOf(dir)).toBe(content);
    rmSync(dir, { recursive: true });
  }
}, 60_000);

test("what the platform compresses is read the same where the platform has no zstd", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 5000 }), fc.nat(60), (bytes, repeats) => {
      const plain = Buffer.concat(Array.from({ length: repeats }, () => bytes));
      expect(plain.equals(inflateAnywhere(zstdCompressSync(plain), plain.length))).toBe(true);
    }),
  );
  const large = Buffer.from(words(1024 * 1024, 7));
  expect(large.equals(inflateAnywhere(zstdCompressSync(large), large.length))).toBe(true);
});

test("Node, which the bus runs on, reads a compressed journal", async () => {
  const sealed = await sealedJournal(30, 90_000);
  const content = await contentOf(sealed.dir);
  await compress(sealed);
  const built = await Bun.build({
    entrypoints: [join(import.meta.dir, "../../test/read-on-node.ts")],
    target: "node",
    outdir: mkdtempSync(join(tmpdir(), "vb-node-")),
  });
  const ours = join(import.meta.dir, "../../../../node_modules/.verbatim/node");
  const node = existsSync(ours) ? ours : (Bun.which("node") ?? "node");
  for (const without of ["", "without-zstd"]) {
    const ran = Bun.spawnSync([node, built.outputs[0]?.path ?? "", sealed.dir, without]);
    expect(ran.stderr.toString()).toBe("");
    expect(ran.stdout.toString().trim()).toBe(content);
  }
}, 60_000);
