/** Checkpoints that were damaged, lost or put back from before a forget: what `verify` says of them, and what repair makes of it. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { restore } from "../packages/cli/src/wire/restore.ts";
import { newReceipt } from "../packages/core/src/forget/index.ts";
import { STANDARD_TAXONOMY } from "../packages/core/src/index.ts";
import { openReceiptShelf } from "../packages/drivers/src/files/index.ts";
import { eraseEntries, openRewriting } from "../packages/drivers/src/journal/index.ts";
import { flip } from "./world/damage.ts";
import { checkpointed, homeWith, type ProofHome, silentSurface, verified } from "./world/proof.ts";

const RECEIPT = "5a3b1c9e-0000-4000-8000-000000000001";
const SECRET = "wisteria";
let home: ProofHome;
let dir: string;
let out: string;

/** Two files of two records each; what the first says is to be forgotten later. */
beforeEach(async () => {
  home = await homeWith(async (journal) => {
    for (const [file, word] of [
      ["a", SECRET],
      ["b", "harbour"],
    ] as const) {
      let offset = 0;
      for (const one of [1, 2]) {
        const text = `Should we test the ${word} ${one}?`;
        const said = {
          type: "user",
          sessionId: file,
          uuid: `${file}${one}`,
          message: { role: "user", content: text },
        };
        const raw = new TextEncoder().encode(`${JSON.stringify(said)}\n`);
        const at = "2026-03-05T00:00:00.000Z";
        await journal.append([
          { source: "claude-code", key: `-p/${file}.jsonl#1@${offset}`, at, raw },
        ]);
        offset += raw.length;
      }
    }
    await journal.rotate();
  });
  dir = join(home.home, "checkpoints");
  await checkpointed(home);
  out = await mkdtemp(join(tmpdir(), "vb-back-"));
}, 60_000);

afterEach(async () => {
  await rm(home.home, { recursive: true, force: true });
  await rm(out, { recursive: true, force: true });
});

const named = (ending: string): string =>
  readdirSync(dir).find((name) => name.endsWith(ending)) ?? "";
const json = (): string => named("proof.json");
/** Every file of the folder but who writes, and an index that was put aside. */
const everything = (): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(dir)
      .filter((name) => name !== "writer.lock" && !name.startsWith("index_damaged"))
      .map((name) => [name, readFileSync(join(dir, name), "latin1")]),
  );

async function said(options = {}) {
  const { findings, repaired, ok } = await verified(home, options);
  return { ok, repaired, problems: findings.find(({ what }) => what === "checkpoints")?.problems };
}

test("C41: a changed byte is named by its entry, and every file comes back as it was made", async () => {
  const before = everything();
  const path = join(dir, json());
  const bytes = readFileSync(path);
  for (const seq of [1, 2, 3, 4]) {
    flip(path, bytes.indexOf(`{"seq":${seq},`) + 120, 1);
    const { problems } = await said();
    expect(problems).toMatchObject([{ file: json(), seqs: { first: seq, last: seq } }]);
    expect(problems?.[0]?.what).toContain(`entry ${seq} differs; it is made again by`);
    const { ok, repaired } = await said({ repair: true });
    expect(ok).toBe(true);
    expect(repaired.join()).toContain("with the bytes it was made with");
    expect(everything()).toEqual(before);
  }
  // Its first line and its last, the table, and each of them gone, the index too.
  for (const harm of [
    () => flip(path, 30, 1),
    () => flip(path, bytes.length - 20, 1),
    () => flip(join(dir, named(".parquet")), 200, 1),
    () => rmSync(path),
    () => rmSync(join(dir, named(".parquet"))),
    () => flip(join(dir, "index.json"), 80, 1),
  ]) {
    harm();
    expect(await said()).toMatchObject({ ok: false });
    expect(await said({ repair: true })).toMatchObject({ ok: true });
    expect(everything()).toEqual(before);
  }
}, 60_000);

test("C42: where the same bytes are not to be had it is made anew, and the index says so", async () => {
  // Read by another taxonomy then, and now one of the records is damaged.
  const path = join(dir, json());
  const other = { ...STANDARD_TAXONOMY, version: 99 };
  writeFileSync(join(home.home, "taxonomy.json"), JSON.stringify(other));
  flip(path, readFileSync(path).indexOf('"seq":2') + 120, 1);
  const { problems, repaired } = await said({ repair: true });
  expect(problems).toEqual([]);
  expect(repaired.join()).toContain("with other bytes; the index says so");
  expect(readFileSync(join(dir, "index.json"), "utf8")).toContain("because it was damaged");
  expect(readFileSync(path, "utf8")).toContain("wisteria 1");
}, 60_000);

/** The first file is forgotten in the journal alone; the folder of checkpoints is as it was before. Gives a way to put it back once more. */
async function forgottenSince(): Promise<() => void> {
  const old = join(out, "old");
  cpSync(dir, old, { recursive: true });
  using rewriting = openRewriting({ dir: home.journal, program: "test" });
  const grave = { receipt_id: RECEIPT, reason: null };
  await eraseEntries(rewriting, { ranges: [[1, 2]], grave });
  return () => {
    rmSync(dir, { recursive: true });
    cpSync(old, dir, { recursive: true });
  };
}

function expectGone(): void {
  for (const [name, text] of Object.entries(everything()))
    expect([name, text.includes(SECRET)]).toEqual([name, false]);
}

test("W20: what the journal says was forgotten does not come back from checkpoints or Postgres that still hold it", async () => {
  await forgottenSince();
  for (const from of ["checkpoints", "postgres"] as const) {
    const surface = silentSurface({ REDIS_URL: home.redisUrl, DATABASE_URL: home.databaseUrl });
    const to = join(out, from);
    await restore(undefined, { home: home.home, all: true, from, out: to, json: true }, surface);
    const told = JSON.parse(surface.said());
    expect([told.forgotten, told.files.length]).toEqual([["claude-code/-p/a.jsonl"], 1]);
    expect(Bun.spawnSync(["grep", "-r", SECRET, to]).stdout.toString()).toBe("");
  }
}, 60_000);

test("C44: an older folder put back after a forget is told of, and loses it by repair", async () => {
  const putBack = await forgottenSince();
  const { problems } = await said();
  expect(problems).toMatchObject([{ file: json(), seqs: { first: 1, last: 2 } }]);
  expect(problems?.[0]?.what).toContain("2 entries from 1 to 2 that were forgotten");
  const mended = await said({ repair: true });
  expect(mended.problems).toEqual([]);
  expect(mended.repaired.join()).toContain("is taken out of it");
  expectGone();
  // Damaged as well, it is made again of what may be known, and nothing else.
  putBack();
  flip(join(dir, json()), 400, 1);
  expect((await said({ repair: true })).problems).toEqual([]);
  expectGone();
}, 60_000);

test("W22: what comes back by repair is looked through for what was forgotten while it was damaged", async () => {
  const shelf = openReceiptShelf(join(home.home, "receipts"));
  const moment = { seq: 9, at: "2026-03-06T00:00:00.000Z" };
  const asked = newReceipt({ receipt_id: RECEIPT, what: {}, reason: null }, moment);
  await shelf.save({ ...asked, state: "done", step: "done" });
  flip(join(dir, json()), 400, 1);
  await said({ repair: true });
  expect(await shelf.read(RECEIPT)).toMatchObject({ state: "done" });
  const [segment = ""] = readdirSync(join(home.journal, "archive"));
  flip(join(home.journal, "archive", segment), 300, 1);
  const { repaired } = await said({ repair: true });
  expect(repaired.join()).toContain("are gone through again for what came back");
  expect(await shelf.read(RECEIPT)).toMatchObject({ state: "pending", step: "planning", seq: 9 });
}, 60_000);

test("V44: repair keeps no rows of what was forgotten, and keeps those of others", async () => {
  await forgottenSince();
  const database = new Bun.SQL(home.databaseUrl, { max: 1 });
  await database.unsafe("UPDATE verbatim.messages SET raw = 'lantern' WHERE seq = 3");
  await database.close();
  expect((await verified(home, { repair: true })).repaired.join()).toContain("rows of");
  const grep = (word: string): string =>
    Bun.spawnSync(["grep", "-rl", word, home.journal]).stdout.toString();
  expect(grep(SECRET)).toBe("");
  // Bytes are told in hex there.
  expect(grep(Buffer.from(SECRET).toString("hex"))).toBe("");
  expect(grep(Buffer.from("lantern").toString("hex"))).toContain("quarantine/postgres-");
}, 60_000);

test("V28: what Postgres lost too comes back from a checkpoint, also from one that is damaged elsewhere", async () => {
  const [segment = ""] = readdirSync(join(home.journal, "archive"));
  const path = join(home.journal, "archive", segment);
  const before = readFileSync(path);
  flip(path, before.indexOf("harbour 1"), 1);
  flip(join(dir, json()), readFileSync(join(dir, json())).indexOf('{"seq":1,') + 120, 1);
  const database = new Bun.SQL(home.databaseUrl, { max: 1 });
  await database.unsafe("DELETE FROM verbatim.messages WHERE seq = 3");
  await database.close();
  const { repaired, findings } = await verified(home, { repair: true });
  expect(repaired.join()).toContain("from Postgres or checkpoints");
  expect(findings.flatMap(({ problems }) => problems)).toEqual([]);
  expect(readFileSync(path).equals(before)).toBe(true);
}, 60_000);
