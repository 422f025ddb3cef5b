/** A journal whose old segments were dropped, proved by a real Postgres: files, proof and rebuild are as before. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkpointHere } from "../packages/cli/src/wire/checkpoint.ts";
import { restore } from "../packages/cli/src/wire/restore.ts";
import { retention } from "../packages/cli/src/wire/retention.ts";
import { verifyJournal } from "../packages/drivers/src/journal/index.ts";
import { homeWith, type ProofHome, silentSurface, verified } from "./world/proof.ts";

const ENTRIES = 200;
const line = (number: number): string =>
  `${JSON.stringify({ type: "user", sessionId: "s-1", uuid: `u-${number}`, timestamp: "2026-01-31T05:06:07.000Z", message: { role: "user", content: `number ${number}` } })}\n`;
let home: ProofHome;
let out: string;

beforeAll(async () => {
  home = await homeWith(async (journal) => {
    let offset = 0;
    for (let number = 1; number <= ENTRIES; number += 1) {
      const raw = new TextEncoder().encode(number % 7 === 0 ? `no JSON ${number}\n` : line(number));
      const at = "2026-02-01T00:00:00.000Z";
      await journal.append([{ source: "claude-code", key: `-a/b.jsonl#1@${offset}`, at, raw }]);
      offset += raw.length;
      if (number % 60 === 0) await journal.rotate();
    }
  });
  out = await mkdtemp(join(tmpdir(), "vb-dropped-"));
  await writeFile(join(home.home, "retention.json"), '{ "drop_journal_after_days": 0 }');
}, 60_000);

afterAll(async () => {
  await rm(home.home, { recursive: true, force: true });
  await rm(out, { recursive: true, force: true });
});

const surfaceOf = () => silentSurface({ REDIS_URL: home.redisUrl, DATABASE_URL: home.databaseUrl });

type Told = { readonly failed: number; readonly steps: readonly { state: string; why: string }[] };

/** What `verbatim retention --json` says. */
async function kept(): Promise<Told> {
  const surface = surfaceOf();
  await retention({ home: home.home, json: true }, surface).catch(() => undefined);
  return JSON.parse(surface.said());
}

const forms = async (): Promise<readonly string[]> =>
  (await readdir(join(home.journal, "archive"))).map((name) => name.replace(/^[^.]+/, ""));

/** The one file of the journal's file records, from any of the three. */
async function back(from: "journal" | "postgres" | "checkpoints"): Promise<string> {
  const target = join(out, `${from}-${crypto.randomUUID()}`);
  await restore(
    undefined,
    { home: home.home, all: true, json: true, out: target, from, generation: "all" },
    surfaceOf(),
  );
  const names = await readdir(target, { recursive: true, withFileTypes: true });
  const texts = names
    .filter((one) => one.isFile())
    .map((one) => readFile(join(one.parentPath, one.name), "base64"));
  return (await Promise.all(texts)).join();
}

test("J30: with a real Postgres: nothing is dropped before it and the checkpoints hold it, everything after", async () => {
  const before = await back("journal");
  const early = await kept();
  expect(early.failed).toBe(early.steps.length);
  expect(early.steps[0]?.why).toContain("no checkpoint holds entries");
  const wish = { label: "all", by_clock: false };
  const { signal } = new AbortController();
  await checkpointHere(home.home, wish, { passed: () => {}, waitMs: 1000, signal });
  await using database = new Bun.SQL(home.databaseUrl, { max: 1 });
  await database.unsafe("UPDATE verbatim.messages SET raw = 'x' WHERE seq = 2 AND sub = 0");
  const changed = await kept();
  expect(changed).toMatchObject({ failed: 1 });
  expect(changed.steps.find(({ state }) => state === "failed")?.why).toContain(
    "Postgres holds other bytes for entry 2",
  );
  expect((await forms()).filter((one) => one === ".jsonl.dropped").length).toBe(
    changed.steps.length - 1,
  );
  expect(await back("journal")).toBe(before);
  expect(await back("checkpoints")).toBe(before);
  const found = await verified(home, { repair: true });
  expect(found.repaired.length).toBeGreaterThan(0);
  expect(await kept()).toMatchObject({ failed: 0 });
  expect(new Set(await forms())).toEqual(new Set([".jsonl.dropped"]));
  expect(await verified(home)).toMatchObject({ ok: true });
  expect((await verifyJournal(home.journal)).last_seq).toBe(ENTRIES);
  expect(await back("journal")).toBe(before);
  expect(await back("postgres")).toBe(before);
}, 60_000);

test("what was dropped and whose checkpoints are gone still comes back from Postgres, and verify says what it needs", async () => {
  const before = await back("journal");
  const checkpoints = join(home.home, "checkpoints");
  await rename(checkpoints, `${checkpoints}-away`);
  const found = await verified(home);
  expect(found.ok).toBe(false);
  const [first] = found.findings[0]?.problems ?? [];
  expect(first?.what).toContain("verbatim restore --from postgres");
  expect(await back("postgres")).toBe(before);
  await rename(`${checkpoints}-away`, checkpoints);
  expect(await verified(home)).toMatchObject({ ok: true });
}, 60_000);

test("V41: a damaged checkpoint that dropped segments rest on is put right from Postgres, segment and checkpoint", async () => {
  const before = await back("journal");
  const folder = join(home.home, "checkpoints");
  const [name = ""] = (await readdir(folder)).filter((one) => /^2.*[.]json$/.test(one));
  const bytes = await readFile(join(folder, name));
  const at = bytes.indexOf('"seq":5,') + 150;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await writeFile(join(folder, name), bytes);
  expect(await verified(home)).toMatchObject({ ok: false });
  const found = await verified(home, { repair: true });
  expect(found).toMatchObject({ ok: true });
  expect(found.repaired.join()).toContain("journal: archive/session_");
  expect(found.repaired.join()).toContain("made again, with the bytes it was made with");
  expect(await back("journal")).toBe(before);
  expect(await back("checkpoints")).toBe(before);
}, 60_000);
