/**
 * SIGKILL to anything, at any moment, while transcripts grow and a chat server
 * posts: what was acknowledged is there afterwards, once; and again after a
 * rebuild. A few rounds here; two hundred by `bun run soak`.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { accountFor, type Harm, harmFor, harmOf } from "./world/chaos.ts";
import { leave, systemIn } from "./world/place.ts";
import type { System } from "./world/system.ts";
import { transcriptOf } from "./world/transcripts.ts";

const ROUNDS = 2;
let place: string;
let system: System;
let harm: Harm;

beforeAll(async () => {
  ({ place, system } = await systemIn("crash"));
  const folder = join(place, "projects");
  await mkdir(join(folder, "-home-ada-engine"), { recursive: true });
  for (let seed = 1; seed <= 10; seed += 1) {
    await writeFile(join(folder, "-home-ada-engine", `old-${seed}.jsonl`), transcriptOf(seed, 300));
  }
  harm = harmOf(system, folder, 7);
  await system.start();
}, 120_000);

afterAll(async () => await leave(place, system), 60_000);

for (let round = 1; round <= ROUNDS; round += 1) {
  test(`round ${round}: killed at random, nothing acknowledged is lost or doubled`, async () => {
    await harmFor(harm, 5000, round);
    await accountFor(harm, join(place, `restored-${round}`));
    expect(harm.report.kills).toBeGreaterThan(0);
    expect(harm.acknowledged.size).toBeGreaterThan(0);
  }, 240_000);
}

test("after a rebuild of both stores the same is there again", async () => {
  const before = await system.settled();
  const rebuilt = await system.cli("rebuild");
  expect(`${rebuilt.code} ${rebuilt.err}`).toStartWith("0");
  expect(await system.settled(before.heard)).toEqual(before);
  await accountFor(harm, join(place, "restored-rebuilt"));
}, 240_000);
