/**
 * `bun run soak --bus [rounds]`: the crash test of the bus for as long as one likes.
 * Each round sends 100,000 messages while bus, ingest and Redis are killed at random,
 * and then accounts for everything. Prints a line a round and stops at the first
 * difference, leaving the folder to look at.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { harmDone, harmTheBus } from "../tests/world/bus-harm.ts";

const ROUND = { messages: 100_000, seconds: 60, killEveryMs: [300, 2500] } as const;

/** Runs them. Throws at the first round in which something is wrong. */
export async function soakBus(rounds: number): Promise<void> {
  for (let round = 1; round <= rounds; round += 1) {
    const place = await mkdtemp(join(tmpdir(), "vb-soak-bus-"));
    const started = Date.now();
    const seed = started % 100_000;
    try {
      const harm = await harmTheBus({ ...ROUND, place, seed });
      const { kills, confirmed, confirmedLost, confirmedTwice } = harm;
      const seconds = Math.round((Date.now() - started) / 1000);
      process.stdout.write(
        `round ${round}/${rounds}: killed bus ${kills.bus}, ingest ${kills.ingest}, redis ${kills.redis} times; ${confirmed} confirmed, ${confirmedLost} lost, ${confirmedTwice} twice; ${harm.pushed} pushed, ${harm.pushedLost} lost, ${harm.pushedTwice} twice; ${harm.damaged} damaged; ${Math.round(harm.bytes / 1e6)} MB in ${seconds} s\n`,
      );
      const wrong = harmDone(harm);
      if (wrong !== null) throw new Error(wrong);
    } catch (error) {
      throw new Error(`seed ${seed}, left to look at: ${place}`, { cause: error });
    }
    await rm(place, { recursive: true, force: true });
  }
}
