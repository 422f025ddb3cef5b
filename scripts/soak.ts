/**
 * `bun run soak [rounds]`: the crash test for hours instead of seconds. Each
 * round kills processes at random for a while and then accounts for everything;
 * every tenth round also rebuilds both stores. Prints a line a round and stops
 * at the first difference, leaving the folder to look at. `--bus` harms the bus
 * instead (soak-bus.ts); `--damage` changes single bytes at rest, a thousand times
 * when nothing else is said, and looks whether `verify` finds each; `--kills` kills
 * every command that keeps or makes files before every single change.
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { accountFor, harmFor, harmOf } from "../tests/world/chaos.ts";
import { systemAt } from "../tests/world/system.ts";
import { transcriptOf } from "../tests/world/transcripts.ts";
import { soakBus } from "./soak-bus.ts";
import { soakDamage } from "./soak-damage.ts";

if (process.argv[2] === "--bus") {
  await soakBus(Number(process.argv[3] ?? 20));
  process.exit(0);
}

if (process.argv[2] === "--damage") {
  process.exit(await soakDamage(Number(process.argv[3] ?? 1000)));
}

if (process.argv[2] === "--kills") {
  const tests = [
    "test",
    "tests/killed.int.test.ts",
    "tests/forget-kills.e2e.test.ts",
    "tests/rebuild-kills.e2e.test.ts",
    "tests/rebuild-half.int.test.ts",
    "tests/repair-kills.int.test.ts",
  ];
  const env = { ...process.env, VERBATIM_TEST_KILLS: "all" };
  const ran = Bun.spawn([process.execPath, ...tests], {
    env,
    stdio: ["ignore", "inherit", "inherit"],
  });
  process.exit(await ran.exited);
}

const ROUNDS = Number(process.argv[2] ?? 200);
const ROUND_MS = 2500;
const REBUILD_EVERY = 10;

const place = await mkdtemp(join(tmpdir(), "vb-soak-"));
const folder = join(place, "projects");
await mkdir(join(place, "home"), { recursive: true });
await mkdir(join(folder, "-home-ada-engine"), { recursive: true });
for (let seed = 1; seed <= 20; seed += 1) {
  await writeFile(join(folder, "-home-ada-engine", `old-${seed}.jsonl`), transcriptOf(seed, 500));
}

const system = await systemAt(join(place, "home"), folder);
const harm = harmOf(system, folder, Date.now() % 100_000);
const started = Date.now();
let done = 0;
try {
  await system.start();
  for (let round = 1; round <= ROUNDS; round += 1) {
    await harmFor(harm, ROUND_MS, round);
    if (round % REBUILD_EVERY === 0) {
      const rebuilt = await system.cli("rebuild");
      if (rebuilt.code !== 0) throw new Error(`rebuild: ${rebuilt.err}`);
    }
    await accountFor(harm, join(place, "restored"));
    await rm(join(place, "restored-1"), { recursive: true, force: true });
    done = round;
    const { heard, stored, aside } = await system.counts();
    process.stdout.write(
      `round ${round}/${ROUNDS}: ${harm.report.kills} kills, ${harm.acknowledged.size} posts and ${harm.report.appended} lines acknowledged, heard ${heard} = stored ${stored} + aside ${aside}\n`,
    );
  }
  await system.stop();
  await rm(place, { recursive: true, force: true });
} catch (error) {
  process.stderr.write(`${error}\nleft to look at: ${place}\n`);
  await system.killUp();
  process.exitCode = 1;
}
process.stdout.write(`${done} rounds in ${Math.round((Date.now() - started) / 1000)} s\n`);
