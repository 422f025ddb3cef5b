/**
 * `bun run soak --damage [rounds]`: single bytes changed at random in the journal,
 * the checkpoints and the raw bytes of Postgres, one at a time, each looked for by `verify`.
 * Prints how many were found where they were done; gives the exit code.
 */
import { rm } from "node:fs/promises";
import { damageAndLook } from "../tests/world/damage.ts";
import { checkpointed, proofHome } from "../tests/world/proof.ts";
import { numbersFrom } from "../tests/world/transcripts.ts";

const ENTRIES = 300;
const TOLD_EVERY = 100;

export async function soakDamage(rounds: number): Promise<number> {
  const seed = Date.now() % 100_000;
  const started = Date.now();
  const home = await proofHome(ENTRIES);
  await checkpointed(home);
  const missed = await damageAndLook(home, rounds, numbersFrom(seed), (round) => {
    if (round % TOLD_EVERY === 0) process.stdout.write(`${round} of ${rounds}\n`);
  });
  for (const one of missed) process.stdout.write(`MISSED ${one}\n`);
  await rm(home.home, { recursive: true, force: true });
  const seconds = Math.round((Date.now() - started) / 1000);
  process.stdout.write(
    `${rounds - missed.length} of ${rounds} changed bytes found and placed, seed ${seed}, ${seconds} s\n`,
  );
  return missed.length === 0 ? 0 : 1;
}
