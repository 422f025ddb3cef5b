/** Dropping segments: what it takes, what is left, and what is made again of it. */
import { expect, test } from "bun:test";
import {
  chmodSync,
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
import { zstdDecompressSync } from "node:zlib";
import { drop, droppableHome, packCheckpoints, WITHHELD } from "../../test/dropping.ts";
import { compress } from "../../test/sealed-journal.ts";
import { eraseEntries } from "./erase.ts";
import { openJournalReader } from "./reader.ts";
import { openRewriting } from "./rewrite.ts";
import { openSegment } from "./segment-file.ts";
import { verifyJournal } from "./verify.ts";

const DYING = join(import.meta.dir, "../../test/die-while-rewriting.ts");
const ON_NODE = join(import.meta.dir, "../../test/read-on-node.ts");
const ALL = { from: 1, to: 1_000_000, entries: 1_000_000, bytes: 1 << 30 } as const;

/** Everything a reader gives of a journal, as one number. */
async function contentOf(dir: string): Promise<string> {
  const hash = new Bun.CryptoHasher("sha256");
  for (const one of await openJournalReader(dir).read(ALL))
    hash.update(`${one.seq} ${one.at} ${one.source} ${one.key} `).update(one.raw);
  return hash.digest("hex");
}

const archive = (dir: string): readonly string[] => readdirSync(join(dir, "archive")).toSorted();
const endsOf = (dir: string): readonly string[] =>
  archive(dir).map((name) => name.replace(/^[^.]+/, ""));

/** All plain bytes of a segment, in whichever form it lies. */
function plainBytes(dir: string, file: string): Buffer {
  const segment = openSegment(join(dir, file));
  const bytes = Buffer.alloc(segment.size());
  segment.read(bytes, 0);
  segment.close();
  return bytes;
}

test("J32: a dropped segment is read as it was, to the byte, also after its checkpoints were compressed", async () => {
  const { home, dir, files } = await droppableHome(3, 20);
  const [first = "", second = ""] = files;
  const content = await contentOf(dir);
  const bytes = files.map((file) => plainBytes(dir, file));
  await compress({ dir, file: second });
  const saved = await drop(dir, first);
  expect(saved?.stored_bytes).toBeLessThan((saved?.bytes ?? 0) / 5);
  await drop(dir, second);
  expect(endsOf(dir)).toEqual([".jsonl.dropped", ".jsonl.dropped", ".jsonl"]);
  expect(await drop(dir, first)).toBe(null);
  expect(files.map((file) => plainBytes(dir, file))).toEqual(bytes);
  expect(await contentOf(dir)).toBe(content);
  const report = await verifyJournal(dir);
  expect(report).toMatchObject({ faults: [], entries: 60, first_seq: 1, last_seq: 60 });
  const infos = await openJournalReader(dir).segments();
  expect(infos.map(({ dropped }) => dropped)).toEqual([true, true, false]);
  expect(infos.map((one) => one.bytes)).toEqual(bytes.map(({ length }) => length));
  await packCheckpoints(home);
  expect(await contentOf(dir)).toBe(content);
  expect((await verifyJournal(dir)).faults).toEqual([]);
}, 60_000);

test("J32: what is left is readable with any zstd tool, holds what is withheld and nothing else that was heard", async () => {
  const { dir, files } = await droppableHome(1, 20);
  const before = await openJournalReader(dir).read(ALL);
  await drop(dir, files[0] ?? "");
  const [name = ""] = archive(dir);
  const left = zstdDecompressSync(readFileSync(join(dir, "archive", name))).toString("latin1");
  expect(left).toStartWith('{"format":"verbatim-dropped/1","segment":"session_');
  const isIn = before.map(({ raw }) => left.includes(Buffer.from(raw).toString("latin1")));
  expect(isIn.flatMap((is, at) => (is ? [at + 1] : []))).toEqual([WITHHELD]);
}, 60_000);

test("J32: the bus reads it on Node, with and without a zstd of its own", async () => {
  const { home, dir, files } = await droppableHome(2, 20);
  const content = await contentOf(dir);
  await drop(dir, files[0] ?? "");
  const built = await Bun.build({ entrypoints: [ON_NODE], target: "node" });
  const program = join(home, "read.mjs");
  writeFileSync(program, (await built.outputs[0]?.text()) ?? "");
  const ours = join(import.meta.dir, "../../../../node_modules/.verbatim/node");
  const node = existsSync(ours) ? ours : (Bun.which("node") ?? "node");
  for (const how of ["", "without-zstd"]) {
    const ran = Bun.spawn([node, program, dir, how], { stdout: "pipe" });
    expect((await new Response(ran.stdout).text()).trim()).toBe(content);
  }
}, 60_000);

test("J30: what Postgres or a checkpoint does not hold, or holds otherwise, keeps the segment", async () => {
  const { home, dir, files } = await droppableHome(2, 20);
  const [file = ""] = files;
  const content = await contentOf(dir);
  const truth = async (from: number, limit: number): Promise<Map<number, string>> => {
    const found = await openJournalReader(dir).read({ ...ALL, from, to: from + limit - 1 });
    return new Map(
      found.map(({ seq, raw }) => [seq, new Bun.CryptoHasher("sha256").update(raw).digest("hex")]),
    );
  };
  const refused = async (over: Parameters<typeof drop>[2]): Promise<string> =>
    String(await drop(dir, file, over).catch((error: unknown) => error));
  expect(await refused({ held: async (...ask) => (await truth(...ask)).set(13, "0") })).toContain(
    "Postgres holds other bytes for entry 13",
  );
  const without = async (...ask: [number, number]): Promise<Map<number, string>> => {
    const found = await truth(...ask);
    found.delete(20);
    return found;
  };
  expect(await refused({ held: without })).toContain("Postgres does not hold entry 20");
  const first = "20261121_134217_x";
  expect(await refused({ checkpoints: async () => [first] })).toContain(
    "no checkpoint holds entry 9",
  );
  const path = join(home, `checkpoints/${first}-2.json`);
  const whole = readFileSync(path);
  const turned = Buffer.from(whole);
  turned[turned.length >> 1] = (turned[turned.length >> 1] ?? 0) ^ 1;
  writeFileSync(path, turned);
  expect(await refused({})).toContain("has other bytes than it was made with");
  writeFileSync(path, whole);
  renameSync(join(home, "checkpoints"), join(home, "elsewhere"));
  expect(await refused({})).toContain("no checkpoint holds entries from 1 on");
  renameSync(join(home, "elsewhere"), join(home, "checkpoints"));
  expect(endsOf(dir)).toEqual([".jsonl", ".jsonl"]);
  expect(await contentOf(dir)).toBe(content);
  expect(await drop(dir, file)).not.toBe(null);
}, 60_000);

test("J31: whoever is killed at any step of dropping has lost nothing, and the next one goes on", async () => {
  const made = await droppableHome(1, 20);
  const [file = ""] = made.files;
  const content = await contentOf(made.dir);
  const ends = new Set<string>();
  for (let steps = 1; !ends.has("done"); steps += 1) {
    const home = mkdtempSync(join(tmpdir(), "vb-killed-"));
    const dir = join(home, "journal");
    Bun.spawnSync(["cp", "-r", `${made.home}/.`, home]);
    const dying = Bun.spawn([process.execPath, DYING, dir, file, `${steps}`, "drop"]);
    await dying.exited;
    if (dying.signalCode === null) ends.add("done");
    ends.add(endsOf(dir).join(" "));
    expect(await contentOf(dir)).toBe(content);
    expect((await verifyJournal(dir)).faults).toEqual([]);
    await drop(dir, file);
    expect(endsOf(dir)).toEqual([".jsonl.dropped"]);
    expect(await contentOf(dir)).toBe(content);
  }
  expect([...ends].toSorted()).toEqual(
    [
      ...[".jsonl .jsonl.dropped", ".jsonl .jsonl.dropped.new", ".jsonl.dropped", "done"],
    ].toSorted(),
  );
}, 120_000);

test("J32: a checkpoint that is gone costs its own entries, is named, and is enough when it comes back", async () => {
  const { home, dir, files } = await droppableHome(2, 20);
  const content = await contentOf(dir);
  await drop(dir, files[0] ?? "");
  const path = join(home, "checkpoints/20261121_134217_x-2.json");
  renameSync(path, `${path}.away`);
  const seqs = (await openJournalReader(dir).read(ALL)).map(({ seq }) => seq);
  expect(seqs.filter((seq) => seq <= 8)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(seqs.filter((seq) => seq > 16)).toEqual(Array.from({ length: 24 }, (_, at) => at + 17));
  expect(seqs.some((seq) => seq > 8 && seq <= 16)).toBe(false);
  const said = (await verifyJournal(dir)).faults.map(({ what }) => what);
  expect(said[0]).toContain("it was dropped at 2026-11-21T13:42:17.000Z");
  expect(said[0]).toContain("it is gone. Put them back from a copy");
  renameSync(`${path}.away`, path);
  expect(await contentOf(dir)).toBe(content);
  expect((await verifyJournal(dir)).faults).toEqual([]);
}, 60_000);

test("J32: any changed byte of what is left is named, and costs no other segment", async () => {
  const { dir, files } = await droppableHome(2, 20);
  await drop(dir, files[0] ?? "");
  const [name = ""] = archive(dir);
  const path = join(dir, "archive", name);
  chmodSync(path, 0o600);
  const whole = readFileSync(path);
  for (let at = 0; at < whole.length; at += Math.ceil(whole.length / 40)) {
    const turned = Buffer.from(whole);
    turned[at] = (turned[at] ?? 0) ^ 4;
    writeFileSync(path, turned);
    const { faults } = await verifyJournal(dir);
    expect(faults.length).toBeGreaterThan(0);
    const seqs = (await openJournalReader(dir).read({ ...ALL, from: 21 })).map(({ seq }) => seq);
    expect(seqs).toEqual(Array.from({ length: 20 }, (_, one) => one + 21));
  }
}, 60_000);

test("what was dropped can be forgotten: it waits for its checkpoints, and is written again without it", async () => {
  const { home, dir, files } = await droppableHome(1, 20);
  const [file = ""] = files;
  await drop(dir, file);
  renameSync(join(home, "checkpoints"), join(home, "away"));
  {
    using rewriting = openRewriting({ dir, program: "test" });
    const grave = { receipt_id: crypto.randomUUID(), reason: null };
    await expect(eraseEntries(rewriting, { ranges: [[3, 4]], grave })).rejects.toThrow(
      "it is gone",
    );
  }
  renameSync(join(home, "away"), join(home, "checkpoints"));
  {
    using rewriting = openRewriting({ dir, program: "test" });
    const grave = { receipt_id: crypto.randomUUID(), reason: null };
    const done = await eraseEntries(rewriting, { ranges: [[3, 4]], grave });
    expect(done).toMatchObject({ entries: 2, segments: 1 });
  }
  expect(endsOf(dir)).toEqual([".jsonl"]);
  const entries = await openJournalReader(dir).read(ALL);
  expect(entries.filter(({ erased }) => erased === true).map(({ seq }) => seq)).toEqual([3, 4]);
  expect((await verifyJournal(dir)).faults).toEqual([]);
  expect(existsSync(join(dir, `${file}.dropped`))).toBe(false);
  expect(statSync(join(dir, file)).size).toBeGreaterThan(0);
}, 60_000);
