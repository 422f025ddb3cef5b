/**
 * A rebuild of Postgres whose workers are killed before their n-th statement, and
 * a repair that is killed before its n-th change: asked for again, each leaves
 * what one without a kill leaves, and no schema beside the one in use.
 *
 * All steps are tried by `bun run soak --kills`.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  changesOf,
  type Dying,
  mortal,
  ran,
  ranUntil,
  stepsOf,
} from "../packages/drivers/test/die.ts";
import { type System, systemAt, until } from "./world/system.ts";
import { transcriptOf } from "./world/transcripts.ts";

const LINES = 60;
/** About how many statements and files the workers send and write for one rebuild. */
const REBUILD_STEPS = 60;
const FEW = 2;
/** For all of them: who dies over and over is started again after half a minute each time. */
const ALL_MS = 3 * 3_600_000;

let place: string;
let system: System;
let arm: string;

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), "vb-rebuild-kills-"));
  const folder = join(place, "projects", "-home-ada-boats");
  await mkdir(join(place, "home"), { recursive: true });
  await mkdir(folder, { recursive: true });
  for (const one of [1, 2])
    await writeFile(join(folder, `s-${one}.jsonl`), transcriptOf(one, LINES));
  arm = join(place, "arm");
  system = await systemAt(join(place, "home"), join(place, "projects"), ["--no-bus"], mortal(arm));
  await system.start();
  await system.settled(2 * LINES);
}, 240_000);

afterAll(async () => {
  await system.stop();
  await rm(place, { recursive: true, force: true });
}, 60_000);

async function sql(text: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const urls = JSON.parse(readFileSync(join(system.home, "run/urls.json"), "utf8"));
  const database = new Bun.SQL(urls.database_url, { max: 1 });
  const found = await database.unsafe(text);
  await database.close();
  return [...found];
}

const schemas = async (): Promise<readonly unknown[]> =>
  (
    await sql("SELECT nspname AS name FROM pg_namespace WHERE nspname LIKE 'verbatim%' ORDER BY 1")
  ).map(({ name }) => name);

const rows = () =>
  sql(
    "SELECT count(*)::int AS n, sum(seq)::int AS seqs, md5(string_agg(text, '' ORDER BY seq, sub)) AS words FROM verbatim.messages",
  );

async function rebuilt(): Promise<boolean> {
  return (await system.cli("rebuild", "--deep")).code === 0;
}

async function isWhole(): Promise<void> {
  await system.settled(2 * LINES);
  const { code, out } = await system.cli("verify");
  expect([code, out]).toEqual([0, out]);
}

test(
  "W12: killed before any statement of a rebuild and asked for again, Postgres is as if never killed",
  async () => {
    expect(await rebuilt()).toBe(true);
    const [before, only] = [await rows(), await schemas()];
    let deaths = 0;
    for (const nth of stepsOf(REBUILD_STEPS, FEW)) {
      writeFileSync(arm, JSON.stringify({ program: "packages/workers/", nth, kinds: ["sql"] }));
      await rebuilt();
      if (!existsSync(arm)) deaths += 1;
      rmSync(arm, { force: true });
      // Until the one that died is given up, another is told that it still runs.
      await until("it is made again", 120_000, rebuilt);
      await isWhole();
      expect([nth, await schemas(), await rows()]).toEqual([nth, only, before]);
    }
    expect(deaths).toBeGreaterThan(1);
  },
  ALL_MS,
);

test(
  "V15: killed before any change of a repair and run again, everything is as before the damage",
  async () => {
    const before = await rows();
    const args = ["--home", system.home, "verify", "--repair"];
    const dying: Dying = { args, kinds: ["files", "sql", "redis"], arm: join(place, "arm-repair") };
    const damage = () => sql("UPDATE verbatim.messages SET text = 'no' WHERE seq IN (9, 11)");
    await damage();
    const { code, changes } = await changesOf(dying);
    expect(code).toBe(0);
    for (const nth of stepsOf(changes, FEW)) {
      await damage();
      await ranUntil(nth, dying);
      const again = await ran(args);
      expect([nth, again.code, again.out]).toEqual([nth, 0, again.out]);
      await isWhole();
      expect([nth, await rows()]).toEqual([nth, before]);
    }
  },
  ALL_MS,
);
