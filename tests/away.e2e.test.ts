/**
 * Redis away, Postgres away, Redis flushed, the database dropped: recording goes
 * on and is acknowledged, and everything catches up by itself.
 *
 * A server that is away is one that is stopped with SIGSTOP: its sockets accept
 * and never answer, which is the hardest kind of away.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { leave, systemIn } from "./world/place.ts";
import { jsonOf, type System, until } from "./world/system.ts";
import { transcriptOf } from "./world/transcripts.ts";

const LINES = 400;
let place: string;
let system: System;
let posted = 0;

beforeAll(async () => {
  ({ place, system } = await systemIn("away"));
  await mkdir(join(place, "projects", "-home-ada"), { recursive: true });
  await writeFile(join(place, "projects", "-home-ada", "s.jsonl"), transcriptOf(5, LINES));
  await system.start();
  await system.settled(LINES);
}, 120_000);

afterAll(async () => await leave(place, system), 60_000);

for (const server of ["redis-server", "postgres"] as const) {
  test(`${server} away: messages are acknowledged meanwhile and settled afterwards`, async () => {
    const pids = await serverPids(server);
    expect(pids.length).toBeGreaterThan(0);
    for (const pid of pids) process.kill(pid, "SIGSTOP");
    try {
      for (let turn = 0; turn < 5; turn += 1) expect(await post()).toBe(201);
      const status = await fetch(`${system.url}/health/live`, {
        signal: AbortSignal.timeout(5000),
      });
      expect(status.status).toBe(200);
      const ready = await fetch(`${system.url}/health/ready`, {
        signal: AbortSignal.timeout(10_000),
      });
      expect(ready.status).toBe(503);
    } finally {
      for (const pid of pids) process.kill(pid, "SIGCONT");
    }
    const counts = await system.settled(LINES + posted);
    expect(counts.heard).toBe(LINES + posted);
    await until("ready again", 60_000, async () => (await fetch(`${system.url}/health/ready`)).ok);
  }, 200_000);
}

test("Redis flushed: the window is made again from the journal", async () => {
  await until("current.json knows all", 30_000, async () => (await currentIds()).length > 300);
  const before = await currentIds();
  const { redis_url } = JSON.parse(await readFile(join(place, "home/run/urls.json"), "utf8"));
  const url = new URL(redis_url);
  const flushed = Bun.spawnSync(["redis-cli", "-s", decodeURIComponent(url.pathname), "FLUSHALL"], {
    env: { ...Bun.env, REDISCLI_AUTH: url.searchParams.get("password") ?? "" },
  });
  expect(flushed.stdout.toString().trim()).toBe("OK");
  expect(await post()).toBe(201);
  await until("the window is whole again", 60_000, async () => {
    const now = new Set(await currentIds());
    return before.every((id) => now.has(id)) && now.size > before.length;
  });
  await system.settled(LINES + posted);
}, 120_000);

test("the database dropped: it is made again from the journal", async () => {
  const before = await system.settled(LINES + posted);
  const { database_url } = JSON.parse(await readFile(join(place, "home/run/urls.json"), "utf8"));
  const sql = new Bun.SQL(database_url, { max: 1 });
  await sql.unsafe("DROP SCHEMA verbatim CASCADE");
  await sql.close();
  expect(await post()).toBe(201);
  const after = await system.settled(LINES + posted);
  expect(after).toEqual({ ...before, heard: before.heard + 1, stored: before.stored + 1 });
}, 200_000);

/** One message; gives the HTTP status. An answer that takes over 10 s is a failure. */
async function post(): Promise<number> {
  posted += 1;
  const answer = await fetch(`${system.url}/v1/messages`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      messages: [
        {
          id: `p-${posted}`,
          session_id: "chat",
          author: { name: "ada", role: "user" },
          text: "still here",
        },
      ],
    }),
    signal: AbortSignal.timeout(10_000),
  });
  await jsonOf<unknown>(answer);
  return answer.status;
}

async function currentIds(): Promise<readonly string[]> {
  const current = JSON.parse(await readFile(join(place, "home/current.json"), "utf8"));
  const ids: unknown[] = current.messages.map((one: { id?: unknown }) => one.id);
  return ids.filter((id) => typeof id === "string");
}

/** Pids of the real servers of this home, whoever started them. */
async function serverPids(program: string): Promise<readonly number[]> {
  const found: number[] = [];
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const line = await readFile(`/proc/${name}/cmdline`, "utf8").catch(() => "");
    const [path = ""] = line.split("\0");
    if (path.includes(program) && (await belongsHere(name, line))) found.push(Number(name));
  }
  return found;
}

async function belongsHere(pid: string, line: string): Promise<boolean> {
  if (line.includes(place)) return true;
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  const parent = /^PPid:\t(\d+)$/m.exec(status)?.[1] ?? "0";
  const above = await readFile(`/proc/${parent}/cmdline`, "utf8").catch(() => "");
  return above.includes(place) && above.includes("postgres");
}
