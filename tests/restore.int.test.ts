/** Files out of the journal, Postgres or the checkpoints alone: the same bytes, whatever is asked for. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { hash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkpointHere } from "../packages/cli/src/wire/checkpoint.ts";
import { restore } from "../packages/cli/src/wire/restore.ts";
import { makeOriginals } from "../packages/core/src/export/index.ts";
import { makeSettle, openSettledReader } from "../packages/core/src/index.ts";
import { openOriginalsPlace } from "../packages/drivers/src/exports/index.ts";
import { openJournal, openJournalReader } from "../packages/drivers/src/journal/index.ts";
import { homeWith, type ProofHome, silentSurface } from "./world/proof.ts";

const line = (text: string): string =>
  `${JSON.stringify({ type: "user", sessionId: "s-1", uuid: text, timestamp: "2026-03-04T05:06:07.000Z", message: { role: "user", content: text } })}\n`;
/** Two writings of one file, and another that nobody understands. */
const NEW = ["n1", "n2", "n3"].map(line);
const OLD = ["o1", "o2"].map(line);
const ODD = ["not JSON\n", "\0\x01binary\n", "no line end"];
let home: ProofHome;
let out: string;

beforeAll(async () => {
  home = await homeWith(async (journal) => {
    for (const [key, lines] of [
      ["-p/a.jsonl#1", OLD],
      ["-p/odd.jsonl#1", ODD],
      ["-p/a.jsonl#2", NEW],
    ] as const) {
      let offset = 0;
      for (const text of lines) {
        const raw = new TextEncoder().encode(text);
        const at = "2026-03-05T00:00:00.000Z";
        await journal.append([{ source: "claude-code", key: `${key}@${offset}`, at, raw }]);
        offset += raw.length;
      }
    }
  });
  out = await mkdtemp(join(tmpdir(), "vb-back-"));
  await checkpointed();
}, 60_000);

afterAll(async () => {
  await rm(home.home, { recursive: true, force: true });
  await rm(out, { recursive: true, force: true });
});

const FROM = ["journal", "postgres", "checkpoints"] as const;

/** What is new in a checkpoint of its own. */
async function checkpointed(): Promise<void> {
  const signal = new AbortController().signal;
  const wish = { label: "proof", by_clock: false };
  await checkpointHere(home.home, wish, { passed: () => {}, waitMs: 1000, signal });
}

type Asked = Partial<Parameters<typeof restore>[1]>;

/** What came back, by name, and what was said. */
async function back(to: string, asked: Asked = {}) {
  const surface = silentSurface({ REDIS_URL: home.redisUrl, DATABASE_URL: home.databaseUrl });
  const target = join(out, to);
  await restore(
    undefined,
    { home: home.home, all: true, json: true, out: target, from: "journal", ...asked },
    surface,
  );
  const names = await readdir(join(target, "claude-code/-p")).catch(() => []);
  const texts = names.map(
    async (name): Promise<[string, string]> => [
      name,
      await readFile(join(target, "claude-code/-p", name), "utf8"),
    ],
  );
  return { files: Object.fromEntries(await Promise.all(texts)), said: JSON.parse(surface.said()) };
}

const WHOLE = { "a.jsonl": NEW.join(""), "odd.jsonl": ODD.join("") };

test("X22: the newest writing of a file comes back by itself, others when they are asked for", async () => {
  for (const from of FROM) {
    expect((await back(`new-${from}`, { from })).files).toEqual(WHOLE);
    expect((await back(`all-${from}`, { from, generation: "all" })).files).toEqual({
      ...WHOLE,
      "a.jsonl.generation-1": OLD.join(""),
    });
  }
  expect((await back("two", { generation: "2" })).files).toEqual({ "a.jsonl": NEW.join("") });
});

test("X22: every source gives the same proof, and times are those of the last record", async () => {
  const journal = await back("proof-journal");
  const postgres = await back("proof-postgres", { from: "postgres" });
  const checkpoints = await back("proof-checkpoints", { from: "checkpoints" });
  expect(postgres.said.sha256).toBe(journal.said.sha256);
  expect(checkpoints.said.sha256).toBe(journal.said.sha256);
  const { mtime } = await stat(join(out, "proof-journal/claude-code/-p/a.jsonl"));
  expect(mtime.toISOString()).toBe("2026-03-04T05:06:07.000Z");
  expect((await back("since", { since: "2026-03-04T06:00:00.000Z" })).files).toEqual({
    "odd.jsonl": ODD.join(""),
  });
  expect((await back("path", { path: "**/a.*" })).files).toEqual({ "a.jsonl": NEW.join("") });
  expect((await back("dry", { dryRun: true })).files).toEqual({});
});

test("X60: an export of the originals has the proof of what is restored", async () => {
  const journal = openJournalReader(join(home.home, "journal"));
  const sha256 = (data: Uint8Array | string): string => hash("sha256", data, "hex");
  await using place = await openOriginalsPlace(join(out, "originals.tar"));
  const told = await makeOriginals(
    { format: "original", redact: false, all: true, filter: {} },
    {
      ...{ journal, sha256, place, onProgress: () => {}, breathe: async () => {} },
      settled: openSettledReader(journal, makeSettle({ sha256 })),
      signal: new AbortController().signal,
    },
  );
  await place.finish();
  const { said } = await back("proof-originals");
  expect([told.files, told.bytes, told.sha256]).toEqual([2, said.bytes, said.sha256]);
  const times = new Map(told.told.map(({ file, at }) => [file, at]));
  for (const { file, at } of said.files) expect([file, times.get(file)]).toEqual([file, at]);
  await mkdir(join(out, "originals"));
  await Bun.$`tar -xpf ${join(out, "originals.tar")} -C ${join(out, "originals")}`.quiet();
  const a = join(out, "originals/claude-code/-p/a.jsonl");
  expect(await readFile(a, "utf8")).toBe(NEW.join(""));
  expect((await stat(a)).mtime.toISOString()).toBe("2026-03-04T05:06:07.000Z");
  await journal.close();
});

test("X23: what is there and differs stays, the rest comes back, and --force replaces it", async () => {
  await mkdir(join(out, "there/claude-code/-p"), { recursive: true });
  await writeFile(join(out, "there/claude-code/-p/a.jsonl"), "mine");
  await expect(back("there")).rejects.toMatchObject({ code: "conflict" });
  const kept = await readFile(join(out, "there/claude-code/-p/a.jsonl"), "utf8");
  const made = await readFile(join(out, "there/claude-code/-p/odd.jsonl"), "utf8");
  expect([kept, made]).toEqual(["mine", ODD.join("")]);
  expect((await back("there", { force: true })).files).toEqual(WHOLE);
});

test("X30: a file that lacks a record comes back and says what is missing and where", async () => {
  const journal = await openJournal({ dir: join(home.home, "journal"), program: "test" });
  const at = "2026-03-05T00:00:00.000Z";
  const raw = new TextEncoder().encode(NEW[0]);
  const from = raw.length;
  for (const offset of [0, from * 3, from, from * 5])
    await journal.append([{ source: "claude-code", key: `-p/gap.jsonl#1@${offset}`, at, raw }]);
  await journal.close();
  await checkpointed();
  for (const source of ["journal", "checkpoints"] as const) {
    const asked = { from: source, path: "**/gap.jsonl" };
    const failed = back(`gap-${source}`, asked);
    await expect(failed).rejects.toMatchObject({ code: "source_unreadable" });
    await expect(failed).rejects.toThrow(`lacks ${from * 2} bytes from ${from * 2}`);
    const made = await readFile(join(out, `gap-${source}/claude-code/-p/gap.jsonl`), "utf8");
    const hole = "\0".repeat(from);
    expect(made).toBe(NEW[0] + (NEW[0] ?? "") + hole + NEW[0] + hole + NEW[0]);
  }
});

test("a checkpoint that was changed gives nothing back, and is named", async () => {
  const folder = join(home.home, "checkpoints");
  const names = (await readdir(folder)).filter((one) => one.endsWith("_proof.json"));
  const [name = ""] = names.toSorted();
  const before = await readFile(join(folder, name), "utf8");
  await writeFile(join(folder, name), before.replace("binary", "Binary"));
  await expect(back("changed", { from: "checkpoints" })).rejects.toThrow(`${name} in`);
  await writeFile(join(folder, name), before);
});
