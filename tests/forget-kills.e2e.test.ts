/**
 * Sessions are forgotten while one process after another is killed in the middle
 * of it, before its n-th change: each ends, with one receipt, and the word that
 * was said in them is in no file of the home, no row of Postgres and no key of
 * Redis; what others said is there, and what went on from them too.
 *
 * All steps are tried by `bun run soak --kills`.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectRedis } from "../packages/drivers/src/redis/index.ts";
import { type Armed, filesIn, mortal, stepsOf } from "../packages/drivers/test/die.ts";
import { jsonOf, type System, systemAt, until } from "./world/system.ts";

const WORD = "zanzibar";
/** About how many changes each process makes of one forget, and how many kills are tried of it. */
const KILLS: readonly (readonly [string, number, number])[] = [
  ["packages/workers/", 110, 3],
  ["packages/ingest/", 8, 1],
  ["packages/api/", 2, 1],
];

/** For all of them: who dies over and over is started again after half a minute each time. */
const ALL_MS = 3 * 3_600_000;

let place: string;
let system: System;
let arm: string;

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), "vb-forget-kills-"));
  await mkdir(join(place, "home"), { recursive: true });
  await mkdir(join(place, "projects"), { recursive: true });
  arm = join(place, "arm");
  system = await systemAt(join(place, "home"), join(place, "projects"), ["--no-bus"], mortal(arm));
  await system.start();
}, 240_000);

afterAll(async () => {
  await system.stop();
  await rm(place, { recursive: true, force: true });
}, 60_000);

type Any = Readonly<Record<string, unknown>>;

async function ask(method: string, path: string, body?: object): Promise<Any> {
  const answer = await fetch(system.url + path, {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return await jsonOf<Any>(answer);
}

const served = (session: string): string => `/v1/users/ada/sessions/${encodeURIComponent(session)}`;

async function say(session: string, message_id: string, content: string): Promise<void> {
  await ask("POST", `${served(session)}/messages`, { role: "user", content, message_id });
}

/** A conversation that is summed up and goes on: the session with the word, and the one after it. */
async function conversation(name: string): Promise<readonly [string, string]> {
  const first = await ask("POST", `/v1/conversations/${name}/resolve`, { user_id: "ada" });
  const session = String(first["session_id"]);
  await say(session, `${name}-1`, `Should we sail to ${WORD} tomorrow?`);
  await say(session, `${name}-2`, `We decided to sail to ${WORD}.`);
  for (let one = 10; one < 20; one += 1) await say(session, `${name}-${one}`, `Wave ${one}.`);
  const next = await ask("POST", `/v1/conversations/${name}/compact?user=ada`, { user_id: "ada" });
  expect(next["session_id"]).not.toBe(session);
  await say(String(next["session_id"]), `${name}-3`, "The boats are fine.");
  return [session, String(next["session_id"])];
}

async function receipts(): Promise<readonly Any[]> {
  return (await ask("GET", "/v1/forgets"))["data"] as readonly Any[];
}

/** Asks until somebody says yes, or more is heard than before: whoever took it died before saying so. */
async function askedFor(what: object, heard: number): Promise<void> {
  await until("it is asked for", 60_000, async () => {
    if ((await system.counts()).heard > heard) return true;
    await ask("POST", "/v1/forgets", what);
    return true;
  });
}

/** Asks for it with a process that dies over it, and waits for the end; false when nobody died. */
async function forgotten(what: object, armed: Armed): Promise<boolean> {
  const before = (await receipts()).length;
  const { heard } = await system.counts();
  writeFileSync(arm, JSON.stringify(armed));
  await askedFor(what, heard);
  let now: readonly Any[] = [];
  await until(
    `it is forgotten although ${armed.program} dies at its ${armed.nth}. change`,
    180_000,
    async () => {
      now = await receipts();
      return now.length > before && now.every(({ state }) => state === "done");
    },
    () => JSON.stringify(now[0]),
  );
  expect(now.length).toBe(before + 1);
  const died = !existsSync(arm);
  rmSync(arm, { force: true });
  return died;
}

/** Where the word still is. */
async function holders(): Promise<readonly string[]> {
  const files = filesIn(system.home, /^(redis|postgres|logs)\b/);
  const found = Object.keys(files).filter((name) => files[name]?.includes(WORD) === true);
  const urls = JSON.parse(readFileSync(join(system.home, "run/urls.json"), "utf8"));
  return [...found, ...(await inPostgres(urls.database_url)), ...(await inRedis(urls.redis_url))];
}

async function inPostgres(url: string): Promise<readonly string[]> {
  const database = new Bun.SQL(url, { max: 1 });
  const tables = await database.unsafe(
    "SELECT schemaname || '.' || tablename AS name FROM pg_tables WHERE schemaname LIKE 'verbatim%'",
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const [row] = await database.unsafe(
      `SELECT count(*)::int AS rows FROM ${name} t WHERE t::text LIKE '%${WORD}%' OR t::text LIKE '%${Buffer.from(WORD).toString("hex")}%'`,
    );
    if (row.rows > 0) found.push(`${name}: ${row.rows} rows`);
  }
  await database.close();
  return found;
}

const READS: Readonly<Record<string, readonly string[]>> = {
  string: ["GET"],
  hash: ["HGETALL"],
  set: ["SMEMBERS"],
  zset: ["ZRANGE", "0", "-1"],
  list: ["LRANGE", "0", "-1"],
  stream: ["XRANGE", "-", "+"],
};

async function inRedis(url: string): Promise<readonly string[]> {
  const redis = connectRedis(url, "reader");
  const found: string[] = [];
  for (const key of await redis.keys("*")) {
    const [command = "GET", ...rest] = READS[await redis.type(key)] ?? [];
    if (JSON.stringify(await redis.call(command, key, ...rest)).includes(WORD)) found.push(key);
  }
  redis.disconnect();
  return found;
}

/** What went on from it is there, without the words. */
async function goesOn(session: string): Promise<void> {
  const { opened } = await ask("GET", served(session));
  expect(JSON.stringify(opened)).not.toContain(WORD);
  const { data } = await ask("GET", `${served(session)}/messages`);
  expect(JSON.stringify(data)).toContain("The boats are fine.");
}

test(
  "Y13: whichever process dies over it, a forget ends, once, and its words are nowhere",
  async () => {
    let deaths = 0;
    const next: string[] = [];
    for (const [program, most, few] of KILLS) {
      for (const nth of stepsOf(most, few)) {
        const [session, after] = await conversation(`c-${next.length}`);
        await system.settled();
        expect((await holders()).length).toBeGreaterThan(2);
        const what = { user_id: "ada", session_id: session };
        if (await forgotten(what, { program, nth, kinds: ["files", "sql"] })) deaths += 1;
        next.push(after);
        await until("it is nowhere", 60_000, async () => (await holders()).length === 0);
      }
    }
    expect(deaths).toBeGreaterThan(2);
    for (const one of next) await goesOn(one);
    const { code, out } = await system.cli("verify");
    expect([code, out]).toEqual([0, out]);
  },
  ALL_MS,
);

test("Y22: one message is erased alone, and what is left of its session is as before", async () => {
  const [session, after] = await conversation("alone");
  await system.settled();
  await ask("DELETE", `${served(session)}/messages/alone-2?erase=true`);
  const { data } = await ask("GET", `${served(session)}/messages`);
  expect(JSON.stringify(data)).toContain(`sail to ${WORD} tomorrow`);
  expect(JSON.stringify(data)).not.toContain("We decided");
  await ask("POST", "/v1/forgets", { user_id: "ada", session_id: session, message_id: "alone-1" });
  await until("both are gone", 120_000, async () =>
    (await receipts()).every(({ state }) => state === "done"),
  );
  await until("it is nowhere", 60_000, async () => (await holders()).length === 0);
  await goesOn(after);
  expect((await ask("GET", served(session)))["session_metadata"]).toBeDefined();
  await system.settled();
  const { code, out } = await system.cli("verify");
  expect([code, out]).toEqual([0, out]);
}, 300_000);
