/** Single changed bytes, many times: `verify` finds each and says where it lies. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { damageAndLook, flip } from "./world/damage.ts";
import { checkpointed, type ProofHome, proofHome, verified } from "./world/proof.ts";
import { numbersFrom } from "./world/transcripts.ts";

const ROUNDS = 40;
let home: ProofHome;

beforeAll(async () => {
  home = await proofHome(120);
  await checkpointed(home);
}, 60_000);

afterAll(async () => {
  await rm(home.home, { recursive: true, force: true });
});

test("V13: a changed byte anywhere in the journal, in a checkpoint or in what Postgres keeps is found and placed", async () => {
  expect(await verified(home)).toMatchObject({ ok: true, failed: false });
  expect(await damageAndLook(home, ROUNDS, numbersFrom(6))).toEqual([]);
  expect(await verified(home)).toMatchObject({ ok: true, failed: false });
}, 120_000);

test("V13: a changed byte in the very last bytes is told when nobody is writing", async () => {
  const path = join(home.journal, "current_session.jsonl");
  const last = statSync(path).size - 20;
  flip(path, last, 1);
  const { failed, findings } = await verified(home);
  flip(path, last, 1);
  expect(failed).toBe(true);
  const [journal] = findings;
  const bytes = journal?.problems[0]?.bytes ?? { from: 0, to: 0 };
  expect(bytes.from <= last && last < bytes.to).toBe(true);
});

test("V13: words changed in a column, and in Redis, are found in their row", async () => {
  const database = new Bun.SQL(home.databaseUrl, { max: 1 });
  await database.unsafe("UPDATE verbatim.messages SET text = text || '.' WHERE seq = 5");
  const columns = (await verified(home)).findings.find(({ what }) => what === "postgres");
  await database.unsafe("UPDATE verbatim.messages SET text = rtrim(text, '.') WHERE seq = 5");
  await database.close();
  expect(columns?.problems).toEqual([{ table: "messages", seq: 5, what: "row 5.0: text differs" }]);
  const redis = new Bun.RedisClient(home.redisUrl);
  const json = (await redis.hget("verbatim:messages:data", "api/m-7")) ?? "";
  await redis.hset("verbatim:messages:data", {
    "api/m-7": json.replace("test number", "rest number"),
  });
  const hot = (await verified(home)).findings.find(({ what }) => what === "redis");
  await redis.hset("verbatim:messages:data", { "api/m-7": json });
  redis.close();
  expect(hot?.problems).toEqual([
    { key: "verbatim:messages:data", what: "message api/m-7 differs" },
  ]);
});

test("V15: repair puts the journal right from Postgres, and Postgres from the journal, byte for byte", async () => {
  const archive = readdirSync(join(home.journal, "archive")).map((name) => `archive/${name}`);
  const files = ["current_session.jsonl", ...archive].map((name) => join(home.journal, name));
  const before = files.map((path) => readFileSync(path));
  for (const [number, path] of files.entries())
    flip(path, Math.floor(statSync(path).size * (0.2 + number / 10)), 0x21);
  const { repaired, ok } = await verified(home, { repair: true });
  expect(repaired.length).toBe(files.length);
  expect(ok).toBe(true);
  expect(
    files.map((path) => readFileSync(path).equals(before[files.indexOf(path)] ?? new Uint8Array())),
  ).toEqual(files.map(() => true));
  expect(readdirSync(join(home.journal, "quarantine")).length).toBe(files.length);

  const database = new Bun.SQL(home.databaseUrl, { max: 1 });
  await database.unsafe("UPDATE verbatim.messages SET raw = 'x', text = 'no' WHERE seq IN (9, 11)");
  await database.unsafe("DELETE FROM verbatim.asides WHERE seq = 13");
  await database.unsafe("DELETE FROM verbatim.repeats WHERE seq = 20");
  await database.close();
  expect(await verified(home)).toMatchObject({ ok: false });
  const rows = await verified(home, { repair: true });
  expect(rows).toMatchObject({ ok: true, failed: false });
  expect(rows.repaired.join()).toContain("4 entries");
}, 60_000);
