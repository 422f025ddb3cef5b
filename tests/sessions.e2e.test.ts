/**
 * Sessions and conversations as a chat server meets them: the whole system, its
 * stores taken away, emptied and killed, and every acknowledged word there after.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Any, askAt, leave, systemIn } from "./world/place.ts";
import { jsonOf, type System, until } from "./world/system.ts";

/** Nobody waits so long for an answer, whatever stands still; far above our own bounds, because machines are busy. */
const GIVEN_UP_MS = 8000;

let place: string;
let system: System;

beforeAll(async () => {
  ({ place, system } = await systemIn("sessions"));
  await system.start();
}, 120_000);

afterAll(async () => await leave(place, system), 60_000);

type Answer = { readonly status: number; readonly body: Any };

async function ask(method: string, path: string, body?: object): Promise<Answer> {
  const answer = await askAt(system, method, path, body, GIVEN_UP_MS);
  return { status: answer.status, body: await jsonOf<Any>(answer) };
}

const talk = (id: string, verb: string, body: object = {}) =>
  ask("POST", `/v1/conversations/${encodeURIComponent(id)}/${verb}`, { user_id: "local", ...body });
const at = (session: unknown) => `/v1/users/local/sessions/${encodeURIComponent(String(session))}`;
const say = (session: unknown, message_id: string, content = message_id) =>
  ask("POST", `${at(session)}/messages`, { role: "user", content, message_id });

/** A conversation with something of everything in its session. */
async function aTalk(id: string): Promise<unknown> {
  const { session_id } = (await talk(id, "resolve")).body;
  for (const word of ["one", "two", "three"])
    expect((await say(session_id, `${id}-${word}`, `${word} <b>of</b> ${id}`)).status).toBe(201);
  for (const [path, body] of [
    ["emotion", { emotion: "anxious", intensity: 0.8 }],
    ["emotion", { emotion: "curious", intensity: 0.4 }],
    ["milestones", { description: "named it" }],
    ["breakthroughs", { insight: "it begins before" }],
    ["context", { current_theme: "calls" }],
  ] as const)
    expect((await ask("POST", `${at(session_id)}/${path}`, body)).status).toBe(201);
  return session_id;
}

/** The session as it is shown, without what asking changes. */
async function stateOf(session: unknown): Promise<Any> {
  const { body } = await ask("GET", at(session));
  const { degraded: _, ...state } = body;
  return state;
}

async function exportOf(session: unknown): Promise<Any> {
  const { body } = await ask("GET", `${at(session)}/export?format=json&transcript=all`);
  const { export_timestamp: _, ...rest } = body;
  return rest;
}

test("G6: fifty first messages at once are one session", async () => {
  const all = await Promise.all(
    Array.from({ length: 50 }, () => talk("telegram:1/ä", "resolve", { channel: "telegram" })),
  );
  expect(new Set(all.map(({ body }) => body["session_id"])).size).toBe(1);
  expect(all.filter(({ status }) => status === 201).length).toBe(1);
}, 60_000);

for (const server of ["redis-server", "postgres"] as const)
  test(`G1: ${server} stands still: conversations are answered, words are safe, and shown when it is back`, async () => {
    const id = `still-${server}`;
    const session = await aTalk(id);
    await system.settled();
    const pids = await serverPids(server);
    for (const pid of pids) process.kill(pid, "SIGSTOP");
    try {
      for (let turn = 0; turn < 4; turn += 1) {
        const answer = await talk(id, "resolve");
        expect(answer.body["session_id"]).toBe(session);
        const said = await say(session, `${id}-${turn}`);
        expect(said).toMatchObject({ status: 201, body: { stored: true } });
        if (server === "redis-server") expect(answer.body["degraded"]).toBe(true);
      }
      const resumed = await ask("POST", `${at(session)}/resume`);
      expect(resumed.body["recent_messages"]).toHaveLength(7);
    } finally {
      for (const pid of pids) process.kill(pid, "SIGCONT");
    }
    await system.settled();
    await until("both know it again", 60_000, async () => {
      const { body } = await ask("GET", at(session));
      return body["degraded"] === false;
    });
    const history = await ask("GET", `${at(session)}/messages`);
    expect(history.body["data"]).toHaveLength(7);
  }, 200_000);

test("G5: Redis emptied, the server started anew: the session and its export are the same", async () => {
  const session = await aTalk("kept");
  await system.settled();
  const [state, document] = [await stateOf(session), await exportOf(session)];
  await flushRedis();
  expect(await exportOf(session)).toEqual(document);
  expect(await stateOf(session)).toEqual(state);
  expect((await talk("kept", "resolve")).body["session_id"]).toBe(session);
  await system.stop();
  await system.start();
  expect(await exportOf(session)).toEqual(document);
  const resumed = await ask("POST", `${at(session)}/resume`);
  expect(resumed.body["recent_messages"]).toHaveLength(3);
}, 200_000);

test("G7: the server killed in the middle of compacting: the old session or the new one, linked, and nothing lost", async () => {
  for (let turn = 0; turn < 3; turn += 1) {
    const id = `compact-${turn}`;
    const session = await aTalk(id);
    const pid = (await system.processes()).get("api") ?? 0;
    const asked = talk(id, "compact").catch(() => null);
    const said = say(session, `${id}-late`).catch(() => null);
    // A different moment of the work each turn.
    for (let tick = 0; tick < turn * 200; tick += 1) await Promise.resolve();
    process.kill(pid, "SIGKILL");
    const [compacted, late] = await Promise.all([asked, said]);
    await until("the server is back", 60_000, async () => {
      const now = (await system.processes()).get("api");
      return now !== pid && (await fetch(`${system.url}/health/live`)).ok;
    });
    await system.settled();
    const { body } = await ask("GET", `/v1/conversations/${id}`);
    if (compacted !== null) expect(body["session_id"]).toBe(compacted.body["session_id"]);
    if (body["session_id"] !== session)
      expect(body["history"]).toMatchObject([
        { session_id: session },
        { session_id: body["session_id"], reason: "compacted", previous_session_id: session },
      ]);
    const history = await ask("GET", `${at(session)}/messages`);
    const words = JSON.stringify(history.body["data"]);
    for (const word of ["one", "two", "three"]) expect(words).toContain(`${id}-${word}`);
    if (late?.status === 201) expect(words).toContain(`${id}-late`);
  }
}, 200_000);

test("G20: the server killed and Redis emptied: nothing is degraded, and what was acknowledged is there", async () => {
  const id = "killed";
  const session = await aTalk(id);
  const pid = (await system.processes()).get("api") ?? 0;
  const moved = await talk(id, "clear");
  expect(moved.body).toMatchObject({ generation: 2, previous_session_id: session });
  await flushRedis();
  process.kill(pid, "SIGKILL");
  await until("the server is back", 60_000, async () => {
    const now = (await system.processes()).get("api");
    return now !== pid && (await fetch(`${system.url}/health/live`)).ok;
  });
  const resolved = await talk(id, "resolve");
  const { session_id } = moved.body;
  expect(resolved.body).toMatchObject({ session_id, generation: 2, degraded: false });
  for (const path of [at(session), `${at(session)}/messages`, "/v1/citations?user=local"])
    expect([path, (await ask("GET", path)).body["degraded"]]).toEqual([path, false]);
  expect((await talk(id, "clear")).body).toMatchObject({ generation: 3 });
}, 120_000);

test("G9: another user's conversation and session are not there", async () => {
  const session = await aTalk("mine");
  expect((await ask("GET", "/v1/conversations/mine?user=bob")).status).toBe(404);
  const path = `/v1/users/bob/sessions/${session}`;
  expect((await ask("GET", path)).status).toBe(404);
  expect((await ask("POST", `${path}/messages`, { role: "user", content: "x" })).status).toBe(404);
  const other = await talk("mine", "resolve", { user_id: "bob" });
  expect(other.status).toBe(201);
  expect(other.body["session_id"]).not.toBe(session);
}, 60_000);

async function flushRedis(): Promise<void> {
  const { redis_url } = JSON.parse(await readFile(join(place, "home/run/urls.json"), "utf8"));
  const url = new URL(redis_url);
  const flushed = Bun.spawnSync(["redis-cli", "-s", decodeURIComponent(url.pathname), "FLUSHALL"], {
    env: { ...Bun.env, REDISCLI_AUTH: url.searchParams.get("password") ?? "" },
  });
  expect(flushed.stdout.toString().trim()).toBe("OK");
}

/** Pids of the server that `up` runs; of Postgres all its processes. */
async function serverPids(name: "redis-server" | "postgres"): Promise<readonly number[]> {
  const processes = await system.processes();
  const own = [...processes].find(([program]) => program.includes(name.slice(0, 5)))?.[1];
  expect(own).toBeDefined();
  const pids = own === undefined ? [] : [own];
  for (const entry of await readdir("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    const stat = await readFile(`/proc/${entry}/stat`, "utf8").catch(() => "");
    const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
    if (own !== undefined && parent === own) pids.push(Number(entry));
  }
  return pids;
}
