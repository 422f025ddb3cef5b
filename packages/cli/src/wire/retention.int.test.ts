import { expect, test } from "bun:test";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { aHeard } from "@verbatim/core/testing";
import { openJournal } from "@verbatim/drivers/journal";

const MAIN = join(import.meta.dir, "../main.ts");

/** A home whose journal has this many sealed segments, sealed on the first days of 2026. */
async function homeWith(segments: number): Promise<string> {
  const home = mkdtempSync(join(tmpdir(), "vb-retention-"));
  for (let day = 1; day <= segments; day += 1) {
    const now = (): Date => new Date(Date.UTC(2026, 0, day));
    const journal = await openJournal({ dir: join(home, "journal"), program: "test", now });
    await journal.append(Array.from({ length: 50 }, (_, at) => aHeard(day * 100 + at)));
    await journal.close();
  }
  return home;
}

const archive = (home: string): readonly string[] =>
  readdirSync(join(home, "journal/archive")).toSorted();

async function ran(home: string, ...args: string[]) {
  const one = Bun.spawn([process.execPath, MAIN, "--home", home, ...args], {
    ...{ stdout: "pipe", stderr: "pipe" },
  });
  const [out, err] = await Promise.all([
    new Response(one.stdout).text(),
    new Response(one.stderr).text(),
  ]);
  return { out, err, code: await one.exited };
}

test("compact makes every sealed segment small and says what it saved; again there is nothing to do", async () => {
  const home = await homeWith(3);
  const before = archive(home);
  const dry = await ran(home, "compact", "--dry-run");
  expect(dry.out).toContain("3 files");
  expect(archive(home)).toEqual(before);
  const done = await ran(home, "compact", "--json");
  const told = JSON.parse(done.out);
  expect(told).toMatchObject({ dry_run: false, failed: 0 });
  expect(told.saved_bytes).toBeGreaterThan(told.bytes / 2);
  expect(archive(home)).toEqual(before.map((name) => `${name}.zst`));
  expect((await ran(home, "compact")).out).toContain("verbatim rotate");
  expect((await ran(home, "verify")).out).toContain("150 entries in 3 segments");
  expect((await ran(home, "log", "--archive", `${before[1]}.zst`, "--stats")).code).toBe(0);
}, 60_000);

test("a damaged segment stays as it was and is named, and the others are done", async () => {
  const home = await homeWith(2);
  const [first = "", second = ""] = archive(home);
  const path = join(home, "journal/archive", first);
  chmodSync(path, 0o600);
  const bytes = readFileSync(path);
  bytes[300] = (bytes[300] ?? 0) ^ 1;
  writeFileSync(path, bytes);
  const { out, err, code } = await ran(home, "compact");
  expect(code).toBe(74);
  expect(out).toContain("sha256 differs");
  expect(err).toContain("1 of 2");
  expect(archive(home)).toEqual([first, `${second}.zst`]);
  expect(readFileSync(path).equals(bytes)).toBe(true);
}, 60_000);

test("retention does what its file says at the moment, and nothing while that has a mistake", async () => {
  const home = await homeWith(1);
  const before = archive(home);
  writeFileSync(join(home, "retention.json"), '{ "compress_segments_after_days": "one" }');
  const broken = await ran(home, "retention");
  expect(broken).toMatchObject({ code: 78, err: expect.stringContaining("must be null (never)") });
  expect(archive(home)).toEqual(before);
  writeFileSync(join(home, "retention.json"), '{ "compress_segments_after_days": null }');
  expect((await ran(home, "retention")).out).toContain("it is time for nothing");
  writeFileSync(join(home, "retention.json"), '{ "compress_segments_after_days": 0 }');
  expect((await ran(home, "retention", "--dry-run")).out).toContain("nothing was touched");
  expect(archive(home)).toEqual(before);
  expect((await ran(home, "retention")).out).toContain("1 file");
  expect(archive(home)).toEqual(before.map((name) => `${name}.zst`));
}, 60_000);
