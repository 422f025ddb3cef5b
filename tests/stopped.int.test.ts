/** `verify` and `verify --repair` stopped by Ctrl-C: heard soon, and nothing is half done. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { rm } from "node:fs/promises";
import { verify } from "../packages/cli/src/wire/verify.ts";
import { aHeard } from "../packages/core/src/testing/index.ts";
import { openJournal } from "../packages/drivers/src/journal/index.ts";
import { checkpointed, type ProofHome, proofHome, silentSurface, verified } from "./world/proof.ts";

/** Repair makes the rows of two hundred entries again in one transaction. */
const ENTRIES = 540;
let home: ProofHome;

beforeAll(async () => {
  home = await proofHome(ENTRIES);
  await checkpointed(home);
  const journal = await openJournal({ dir: home.journal, program: "test" });
  await journal.append([aHeard(1)]);
  await journal.close();
  await checkpointed(home);
}, 60_000);

afterAll(async () => {
  await rm(home.home, { recursive: true, force: true });
});

/** What `verify` ends with when it is stopped, and what it looked at before that; `looked` may stop it. */
async function stopped(repair: boolean, looked: (stop: () => void, note: string) => void) {
  const stopping = new AbortController();
  const notes: string[] = [];
  const update = ({ note = "" }): void => {
    notes.push(note);
    looked(() => stopping.abort(), note);
  };
  const surface = silentSurface({ REDIS_URL: home.redisUrl, DATABASE_URL: home.databaseUrl });
  const bar = () => ({ update, end: () => {} });
  const screen = { ...surface.screen, bar };
  const why = await verify(
    { home: home.home, repair },
    { ...surface, screen, signal: stopping.signal },
  ).catch((error: unknown) => String(error));
  return { why, notes };
}

test("V47: who stops verify at the first segment is heard before the next", async () => {
  const { why, notes } = await stopped(false, (stop) => stop());
  expect(why).toContain("stopped before everything was looked at");
  expect(notes).toEqual(["journal"]);
});

test("V47: who stops verify at the first checkpoint is heard before the second", async () => {
  const { why, notes } = await stopped(false, (stop, note) => {
    if (note === "checkpoints") stop();
  });
  expect(why).toContain("stopped before everything was looked at");
  // Both files of the first.
  expect(notes.filter((note) => note !== "journal")).toEqual(["checkpoints", "checkpoints"]);
});

test("V47: who stops a repair is heard before the next rows, and those that were made again are whole", async () => {
  const damaged = (): Promise<readonly { readonly n: number }[]> =>
    sql.unsafe("SELECT count(*)::int AS n FROM verbatim.messages WHERE text = 'no'");
  const sql = new Bun.SQL(home.databaseUrl, { max: 1 });
  const other = new Bun.SQL(home.databaseUrl, { max: 1 });
  await sql.unsafe("UPDATE verbatim.messages SET text = 'no'");
  const [all] = await damaged();
  // Somebody holds a row of the second two hundred.
  await other.unsafe("BEGIN");
  await other.unsafe("SELECT 1 FROM verbatim.messages WHERE seq = 301 FOR UPDATE");
  let stop = (): void => {};
  const repairing = stopped(true, (stopIt) => {
    stop = stopIt;
  });
  const waits =
    "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
  while ((await sql.unsafe(waits)).length === 0);
  stop();
  await other.unsafe("COMMIT");
  expect((await repairing).why).toContain("stopped while it was putting right");
  const [left] = await damaged();
  expect(left?.n).toBeGreaterThan(20);
  expect(left?.n).toBeLessThan((all?.n ?? 0) - 150);
  await sql.close();
  await other.close();
  expect(await verified(home, { repair: true })).toMatchObject({ ok: true });
}, 60_000);
