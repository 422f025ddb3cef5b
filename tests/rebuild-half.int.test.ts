/**
 * A rebuild of Redis, and one of the numbers, killed before their n-th command or
 * statement: whoever does it again, as the queue lets the next worker, leaves what
 * one without a kill leaves.
 *
 * All steps are tried by `bun run soak --kills`.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { aHappened, aHeard, anEventEntry } from "../packages/core/src/testing/index.ts";
import { openHotStore } from "../packages/drivers/src/hot/index.ts";
import { changesOf, type Dying, ran, ranUntil, stepsOf } from "../packages/drivers/test/die.ts";
import { homeWith, type ProofHome, verified } from "./world/proof.ts";

const PROGRAM = join(import.meta.dir, "world/rebuild-once.ts");
const FEW = 4;
const MESSAGES = 40;
let home: ProofHome;

beforeAll(async () => {
  home = await homeWith(async (journal) => {
    const events = [
      aHappened(1, "session_started", { model: "opus" }),
      aHappened(2, "message_said", { message_id: "m-2", role: "user", content: "oh" }),
      aHappened(3, "note_written", { text: "a note" }),
    ];
    await journal.append(events.map((one) => anEventEntry(one)));
    await journal.append(Array.from({ length: MESSAGES }, (_, at) => aHeard(at)));
  });
}, 60_000);

afterAll(async () => {
  await rm(home.home, { recursive: true, force: true });
});

/** Everything that is shown of Redis and of the numbers. */
async function shown(): Promise<unknown> {
  await using hot = openHotStore(home.redisUrl);
  await using sql = new Bun.SQL(home.databaseUrl, { max: 1 });
  return {
    window: await hot.window(1000),
    cursor: await hot.cursor(),
    counted: [...(await sql.unsafe("SELECT counted_to FROM verbatim.cursors"))],
    tallies: [...(await sql.unsafe("SELECT * FROM verbatim.tallies ORDER BY 1, 2, 3"))],
    threads: [...(await sql.unsafe("SELECT uid, thread FROM verbatim.threads ORDER BY 1"))],
  };
}

for (const [what, kind] of [
  ["hot", "redis"],
  ["numbers", "sql"],
] as const)
  test(`W12: killed half way through rebuild --${what} and done again, it is as if never killed`, async () => {
    const args = [home.home, home.redisUrl, home.databaseUrl, what];
    const arm = join(home.home, "arm");
    const dying: Dying = { args, kinds: [kind], arm, path: PROGRAM };
    const { changes, code, err } = await changesOf(dying);
    expect([code, err]).toEqual([0, ""]);
    const whole = await shown();
    expect(await verified(home)).toMatchObject({ ok: true });
    let halves = 0;
    for (const nth of stepsOf(changes, FEW)) {
      expect([nth, (await ranUntil(nth, dying)).code]).toEqual([nth, null]);
      if (!Bun.deepEquals(await shown(), whole)) halves += 1;
      const again = await ran(args, {}, PROGRAM);
      expect([nth, again.code, again.err]).toEqual([nth, 0, ""]);
      expect([nth, await shown()]).toEqual([nth, whole]);
    }
    expect(halves).toBeGreaterThan(0);
    expect(await verified(home)).toMatchObject({ ok: true });
  }, 600_000);
