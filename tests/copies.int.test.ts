/** A home with its second copy, in a folder and in a real S3-compatible server: made, proved, damaged, away, fetched. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { aHeard } from "../packages/core/src/testing/index.ts";
import { openJournal } from "../packages/drivers/src/journal/index.ts";
import { BUCKET, type TestS3, testS3 } from "../packages/drivers/test/s3.ts";

const MAIN = join(import.meta.dir, "../packages/cli/src/main.ts");
const root = mkdtempSync(join(tmpdir(), "vb-copies-"));
let s3: TestS3;

beforeAll(async () => {
  s3 = await testS3();
}, 60_000);
afterAll(async () => {
  await s3[Symbol.asyncDispose]();
  rmSync(root, { recursive: true, force: true });
});

/** A home of three sealed segments and a checkpoint. */
async function homeOf(name: string, copyTo: string): Promise<string> {
  const home = join(root, name);
  for (let day = 1; day <= 3; day += 1) {
    const now = (): Date => new Date(Date.UTC(2026, 0, day));
    const journal = await openJournal({ dir: join(home, "journal"), program: "test", now });
    await journal.append(Array.from({ length: 50 }, (_, at) => aHeard(day * 100 + at)));
    await journal.close();
  }
  writeFileSync(join(home, "retention.json"), JSON.stringify({ copy_to: copyTo }));
  expect((await ran(home, "checkpoint")).code).toBe(0);
  return home;
}

async function ran(home: string, ...args: string[]) {
  const env = { ...Bun.env, ...s3.env, NO_COLOR: "1" };
  const one = Bun.spawn([process.execPath, MAIN, "--home", home, ...args], {
    ...{ stdout: "pipe", stderr: "pipe", env },
  });
  const [out, err] = await Promise.all([
    new Response(one.stdout).text(),
    new Response(one.stderr).text(),
  ]);
  return { out, err, code: await one.exited };
}

/** Name and bytes of everything sealed in a home. */
function sealedIn(home: string): Readonly<Record<string, string>> {
  const names = ["journal/archive", "checkpoints"].flatMap((folder) =>
    readdirSync(join(home, folder)).map((name) => `${folder}/${name}`),
  );
  return Object.fromEntries(
    names
      .filter((name) => !name.endsWith(".lock"))
      .map((name) => [name, readFileSync(join(home, name), "base64")]),
  );
}

for (const [what, placeOf] of [
  ["another folder", () => join(root, "disk")],
  ["S3", () => `s3://${BUCKET}/ada`],
] as const) {
  test(`C50: ${what}: what is sealed is copied once, proved, and is a home again when it is fetched`, async () => {
    if (what === "another folder") mkdirSync(placeOf());
    const home = await homeOf(what.replace(" ", "-"), placeOf());
    const dry = JSON.parse((await ran(home, "retention", "--dry-run", "--json")).out);
    expect(dry.steps.some((one: { do: string }) => one.do === "copy")).toBe(true);
    const first = JSON.parse((await ran(home, "retention", "--json")).out);
    expect(first).toMatchObject({ failed: 0 });
    expect((await ran(home, "retention")).out).toContain("it is time for nothing");
    expect((await ran(home, "copies", "--verify")).out).toContain("as it was made");
    expect((await ran(home, "status")).out).toContain("everything sealed at");
    const again = join(root, `again-${crypto.randomUUID()}`);
    expect((await ran(home, "copies", "fetch", "--out", again)).code).toBe(0);
    expect(sealedIn(again)).toEqual(sealedIn(home));
    expect((await ran(again, "verify")).out).toContain("150 entries in 3 segments");
    expect((await ran(home, "copies", "fetch", "--out", again)).code).toBe(65);
  }, 120_000);
}

test("C50: a copy that was changed is found", async () => {
  const disk = join(root, "disk-2");
  mkdirSync(disk);
  const home = await homeOf("changed", disk);
  await ran(home, "retention");
  const [name = ""] = readdirSync(join(disk, "journal/archive"));
  const path = join(disk, "journal/archive", name);
  chmodSync(path, 0o600);
  const bytes = readFileSync(path);
  bytes[9] = (bytes[9] ?? 0) ^ 1;
  writeFileSync(path, bytes);
  const found = await ran(home, "copies", "--verify");
  expect(found).toMatchObject({ code: 1, out: expect.stringContaining("other bytes") });
}, 60_000);

test("C51: a place that is away is said by retention, status and doctor, and keeps no checkpoint from being made", async () => {
  const home = await homeOf("away", join(root, "not-mounted"));
  expect((await ran(home, "retention")).code).toBe(74);
  expect((await ran(home, "status")).out).toContain("the rest waits: ");
  expect((await ran(home, "doctor")).out).toMatch(/PROBLEM +copies/);
  const journal = await openJournal({ dir: join(home, "journal"), program: "test" });
  await journal.append([aHeard(999)]);
  await journal.close();
  expect((await ran(home, "checkpoint")).code).toBe(0);
  mkdirSync(join(root, "not-mounted"));
  expect((await ran(home, "retention")).code).toBe(0);
  expect((await ran(home, "status")).out).toContain("everything sealed at");
}, 60_000);

/** One bit of the middle of a file, turned. */
function harm(path: string): void {
  chmodSync(path, 0o600);
  const bytes = readFileSync(path);
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
  writeFileSync(path, bytes);
}

test("C52: what was damaged here takes no good copy's place, in whichever form it lies, and is said until it is put right", async () => {
  const disk = join(root, "disk-3");
  mkdirSync(disk);
  const home = await homeOf("harmed", disk);
  expect((await ran(home, "retention")).code).toBe(0);
  const good = sealedIn(disk);
  const whole = Object.keys(good).map((name) => [name, readFileSync(join(home, name))] as const);
  for (const [name] of whole) harm(join(home, name));
  const { code, out } = await ran(home, "retention");
  expect(code).toBe(74);
  for (const [name] of whole) expect(out).toContain(`${name}: its copy in ${disk} stays: `);
  expect(sealedIn(disk)).toEqual(good);
  expect((await ran(home, "status")).out).toContain("is not as it was sealed");
  for (const [name, bytes] of whole) writeFileSync(join(home, name), bytes);
  expect((await ran(home, "retention")).code).toBe(0);
  // Compressed, and damaged before it is copied: then the copy of the other form stays.
  expect((await ran(home, "compact")).code).toBe(0);
  const [segment = ""] = readdirSync(join(home, "journal/archive"));
  harm(join(home, "journal/archive", segment));
  expect((await ran(home, "retention")).code).toBe(74);
  const plain = `journal/archive/${segment.replace(".zst", "")}`;
  expect(sealedIn(disk)[plain]).toBe(good[plain] ?? "");
}, 60_000);
