/**
 * Every command that keeps or makes files, killed before every single thing it
 * changes and then run again: what is there afterwards is, byte for byte, what
 * one run without a kill leaves, with nothing beside it.
 *
 * A few steps of each are tried; all of them by `bun run soak --kills`.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openJournal } from "../packages/drivers/src/journal/index.ts";
import {
  changesOf,
  type Dying,
  filesIn,
  ran,
  ranUntil,
  stepsOf,
} from "../packages/drivers/test/die.ts";
import { transcriptOf } from "./world/transcripts.ts";

const FEW = 2;
const TEST_MS = 1_800_000;
/** Who holds something, what is kept of half a write, and what only makes reading quick. */
const SKIP: RegExp = /[.]lock$|quarantine|journal[/]index/;
/** What was killed had done it all. */
const DONE_BEFORE = 65;
const NOW = "2026-12-01T00:00:00.000Z";
const CLOCK = { VERBATIM_TEST_NOW: NOW };
let place: string;

type Family = {
  /** Makes the home ready for it. */
  readonly ready?: (at: string) => Promise<void>;
  /** The command. */
  readonly args: readonly string[];
};

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), "vb-killed-"));
  const folder = join(place, "base", "projects", "-home-ada-boats");
  mkdirSync(folder, { recursive: true });
  for (const one of [1, 2, 3]) writeFileSync(join(folder, `s-${one}.jsonl`), transcriptOf(one, 12));
  const home = join(place, "base", "home");
  const done = await ran(["--home", home, "import", join(place, "base", "projects")]);
  if (done.code !== 0) throw new Error(done.err);
  await one(join(place, "base"), "rotate");
  await one(join(place, "base"), "checkpoint", "--label", "first");
  await recorded(join(place, "base"), 30);
}, 60_000);

afterAll(async () => {
  await rm(place, { recursive: true, force: true });
});

/** More in the journal, in a current segment as a kill leaves it. */
async function recorded(at: string, entries: number): Promise<void> {
  const dir = join(at, "home", "journal");
  const aside = join(at, "aside");
  cpSync(dir, aside, { recursive: true });
  const journal = await openJournal({ dir: aside, program: "test" });
  for (let one = 0; one < entries; one += 1) {
    const item = { id: `m-${one}`, session_id: "s", author: { name: "a", role: "user" } };
    const raw = new TextEncoder().encode(JSON.stringify({ ...item, text: `number ${one}` }));
    await journal.append([{ source: "api", key: `k-${one}`, at: NOW, raw }]);
  }
  rmSync(dir, { recursive: true });
  cpSync(aside, dir, { recursive: true });
  await journal.close();
  rmSync(aside, { recursive: true });
}

async function one(at: string, ...args: string[]): Promise<string> {
  const done = await ran(["--home", join(at, "home"), ...args]);
  if (done.code !== 0) throw new Error(`${args.join(" ")}: ${done.code} ${done.out} ${done.err}`);
  return done.out;
}

async function readied(name: string, { ready }: Family): Promise<string> {
  const at = join(place, name);
  cpSync(join(place, "base"), at, { recursive: true, preserveTimestamps: true });
  await ready?.(at);
  return at;
}

/** A folder of this name with a fresh copy of what was made ready. */
function copyOf(from: string): string {
  const at = join(place, "now");
  rmSync(at, { recursive: true, force: true });
  cpSync(from, at, { recursive: true, preserveTimestamps: true });
  return at;
}

/** Kills it at its steps; each time it is run again and everything is as without a kill. */
async function killed(name: string, family: Family): Promise<number> {
  const from = await readied(name.replaceAll(" ", "-"), family);
  const at = copyOf(from);
  const args = ["--home", join(at, "home"), ...family.args.map((one) => one.replace("AT", at))];
  const dying: Dying = { args, kinds: ["files"], arm: join(place, "arm"), env: CLOCK };
  const { changes, ...first } = await changesOf(dying);
  expect(first).toMatchObject({ code: 0 });
  const expected = filesIn(at, SKIP);
  for (const nth of stepsOf(changes, FEW)) {
    copyOf(from);
    const died = await ranUntil(nth, dying);
    expect([name, nth, died.code, died.err]).toEqual([name, nth, null, ""]);
    await looksWhole(at, [name, nth]);
    if (isSame(filesIn(at, SKIP), expected)) continue;
    const again = await ranUntil(changes + 1000, dying);
    const isDone = again.code === DONE_BEFORE && again.err.includes("is there already");
    expect([name, nth, isDone ? 0 : again.code, again.err]).toEqual([name, nth, 0, again.err]);
    expect((await verify(at)).code).toBe(0);
    const found = filesIn(at, SKIP);
    expect([name, nth, Object.keys(found)]).toEqual([name, nth, Object.keys(expected)]);
    expect([name, nth, isSame(found, expected)]).toEqual([name, nth, true]);
  }
  return changes;
}

const verify = (at: string) => ran(["--home", join(at, "home"), "verify"]);

/** Half a write at the end of what is written to is told, as such: nobody was told of it before. */
async function looksWhole(at: string, when: readonly [string, number]): Promise<void> {
  const { code, out } = await verify(at);
  const isTorn = out.includes("torn by a crash before anybody was told");
  expect([...when, isTorn ? 0 : code, out]).toEqual([...when, 0, out]);
}

function isSame(one: Readonly<Record<string, string>>, other: typeof one): boolean {
  return JSON.stringify(Object.entries(one)) === JSON.stringify(Object.entries(other));
}

const DAYS_0 = {
  compress_segments_after_days: 0,
  compress_checkpoints_after_days: 0,
  remove_reports_after_days: 0,
  remove_exports_after_days: 0,
};

/** Everything is old enough, and there is an export. */
async function oldHome(at: string): Promise<void> {
  writeFileSync(join(at, "home", "retention.json"), JSON.stringify(DAYS_0));
  await one(at, "export", "--all");
}

const FAMILIES: Readonly<Record<string, Family>> = {
  rotate: { args: ["rotate"] },
  compact: { args: ["compact"] },
  checkpoint: { args: ["checkpoint"] },
  retention: { ready: oldHome, args: ["retention"] },
  restore: { args: ["restore", "--all", "--out", "AT/back", "--force"] },
  "export of all": { args: ["export", "--all", "--out", "AT/out"] },
  "export under home": { args: ["export", "--all", "--format", "json"] },
  "export of one": { args: ["export", "s", "--out", "AT/one.md", "--force"] },
  "export as a table": { args: ["export", "--all", "--out", "AT/all.parquet"] },
};

for (const [name, family] of Object.entries(FAMILIES)) {
  const title = `J20: killed at any step of ${name} and run again, it is as if never killed`;
  const proof = async (): Promise<void> => expect(await killed(name, family)).toBeGreaterThan(4);
  test(title, proof, TEST_MS);
}
