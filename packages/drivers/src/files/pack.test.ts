import { expect, test } from "bun:test";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zstdDecompressSync } from "node:zlib";
import { retain } from "@verbatim/core/keeping";
import { takeLock } from "../process/lock.ts";
import { homeSizes, openHome } from "./home.ts";
import { packFile } from "./pack.ts";

const fresh = (): string => mkdtempSync(join(tmpdir(), "vb-pack-"));
const along = { onProgress: (): void => {}, signal: new AbortController().signal };
const TEXT = JSON.stringify(
  Array.from({ length: 40_000 }, (_, at) => ({ at, text: `line ${at}` })),
);
const noJournal = {
  segments: async () => [],
  compress: async () => null,
  drop: async () => null,
  recorded: async () => [],
  forget: async () => "",
  copies: () => ({ waiting: async () => [], copy: async () => {}, tidy: async () => {} }),
};

/** A home with a checkpoint, a report and an export from long ago. */
function oldHome(): string {
  const home = fresh();
  for (const [folder, name] of [
    ["checkpoints", "20260101_000000_daily.json"],
    ["checkpoints", "index.json"],
    ["reports", "analytics_report_20260101_000000.md"],
    ["exports", "all/one.md"],
  ] as const) {
    const path = join(home, folder, name);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, TEXT);
    utimesSync(path, 1_767_225_600, 1_767_225_600);
    utimesSync(join(path, ".."), 1_767_225_600, 1_767_225_600);
  }
  return home;
}

test("a packed file is the same for any zstd tool, with the times and rights of the plain one", async () => {
  const path = join(fresh(), "a.json");
  writeFileSync(path, TEXT, { mode: 0o600 });
  utimesSync(path, 1_700_000_000, 1_700_000_000);
  const bytes = await packFile(path, along);
  expect(readdirSync(join(path, ".."))).toEqual(["a.json.zst"]);
  const found = statSync(`${path}.zst`);
  expect(found).toMatchObject({ size: bytes ?? -1, mtimeMs: 1_700_000_000_000 });
  expect(found.mode & 0o777).toBe(0o600);
  expect(zstdDecompressSync(readFileSync(`${path}.zst`)).toString()).toBe(TEXT);
  expect(await packFile(path, along)).toBe(null);
});

test("V3: what cannot be finished leaves the plain file and nothing beside it", async () => {
  const path = join(fresh(), "a.json");
  writeFileSync(path, TEXT);
  // Nothing can be renamed over a folder.
  mkdirSync(`${path}.zst`);
  await expect(packFile(path, along)).rejects.toThrow();
  const stop = new AbortController();
  const onProgress = (): void => stop.abort();
  await expect(packFile(path, { onProgress, signal: stop.signal })).rejects.toThrow();
  expect(readdirSync(join(path, "..")).toSorted()).toEqual(["a.json", "a.json.zst"]);
  expect(readFileSync(path, "utf8")).toBe(TEXT);
});

test("V3: who died before the plain one went is followed by one who packs it again", async () => {
  const path = join(fresh(), "a.json");
  writeFileSync(path, TEXT);
  writeFileSync(`${path}.zst`, "half");
  writeFileSync(`${path}.zst.part`, "half");
  await packFile(path, along);
  expect(readdirSync(join(path, ".."))).toEqual(["a.json.zst"]);
  expect(zstdDecompressSync(readFileSync(`${path}.zst`)).toString()).toBe(TEXT);
});

test("old checkpoints are packed, reports and exports go where the policy says so, the index stays", async () => {
  const home = oldHome();
  writeFileSync(
    join(home, "retention.json"),
    '{ "remove_exports_after_days": 9, "remove_reports_after_days": 9 }',
  );
  const done = await retain(openHome(home, noJournal, "test"), { dryRun: false, ...along });
  expect(done.failed).toBe(0);
  expect(readdirSync(join(home, "checkpoints")).toSorted()).toEqual([
    "20260101_000000_daily.json.zst",
    "index.json",
    "writer.lock",
  ]);
  expect(readdirSync(join(home, "reports"))).toEqual([]);
  expect(readdirSync(join(home, "exports"))).toEqual([]);
  const again = await retain(openHome(home, noJournal, "test"), { dryRun: false, ...along });
  expect(again.steps).toEqual([]);
});

test("while somebody writes checkpoints none is packed, and it says who", async () => {
  const home = oldHome();
  const lock = takeLock(join(home, "checkpoints/writer.lock"), {
    program: "workers",
    pid: 1,
    since: "",
  });
  const done = await retain(openHome(home, noJournal, "test"), { dryRun: false, ...along });
  lock?.release();
  expect(done.steps[0]?.why).toContain("workers writes checkpoints now");
  expect(readdirSync(join(home, "checkpoints"))).toContain("20260101_000000_daily.json");
});

test("sizes are those of the files that are there", async () => {
  const home = oldHome();
  expect(await homeSizes(home, noJournal, Date.now())).toMatchObject({
    checkpoints_bytes: 2 * TEXT.length,
    exports_bytes: TEXT.length,
    reports_bytes: TEXT.length,
    redis_bytes: null,
    postgres_bytes: null,
    journal: { segments: 0, bytes: 0 },
  });
});
