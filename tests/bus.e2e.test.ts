/**
 * The bus as agents know it: stock libzmq clients of another language talk to a
 * running Verbatim, go away, come back, are slow, and find everything on record.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { freeBusPort, type Line, python, pythonClient } from "./world/bus.ts";
import { leave, systemIn } from "./world/place.ts";
import { jsonOf, type System, until } from "./world/system.ts";

let place: string;
let system: System;
let port: number;

beforeAll(async () => {
  port = await freeBusPort();
  ({ place, system } = await systemIn("bus", ["--bus-port", String(port)]));
  await system.start();
}, 120_000);

afterAll(async () => await leave(place, system), 60_000);

type Message = {
  readonly seq: number;
  readonly text: string;
  readonly topic?: string;
  readonly meta: Line;
};

/** Messages of the record that were heard in one way, oldest first. */
async function recorded(way: string, topic?: string): Promise<readonly Message[]> {
  const found: Message[] = [];
  let cursor: string | null = null;
  do {
    const after: string = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const page: { data: readonly Message[]; next_cursor: string | null } = await jsonOf(
      await fetch(`${system.url}/v1/messages?source=bus&limit=500${after}`),
    );
    found.push(...page.data);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return found.filter(
    (one) => one.meta["way"] === way && (topic === undefined || one.topic === topic),
  );
}

const seqsOf = (lines: readonly Line[]): number[] => {
  const last = lines.at(-1)?.["seqs"];
  return Array.isArray(last) ? last.map(Number) : [];
};
const numbers = (count: number): string[] =>
  Array.from({ length: count }, (_, at) => `number ${at}`);

test("100 of 100 on each port: forwarded, recorded, confirmed, in order", async () => {
  const ear = pythonClient(port, { do: "subscribe", topics: ["ada"], count: 200 });
  await ear.line();
  await until(
    "the subscription has arrived",
    20_000,
    async () => (await stats()).subscriptions > 0,
  );
  await python(port, { do: "publish", topic: "ada", count: 100, name: "p" });
  await python(port, { do: "push", count: 100, name: "q" });
  const confirmed = await python(port, { do: "confirm", topic: "ada", count: 100, name: "c" });
  expect(seqsOf(confirmed).filter((seq) => seq > 0).length).toBe(100);
  const heard = await ear.rest();
  expect(heard.length).toBe(200);
  expect(
    heard.slice(0, 100).map((one) => JSON.parse(String(one["payload"])).content.message),
  ).toEqual(numbers(100));
  await system.settled(300);
  expect((await recorded("pub", "ada")).map((one) => one.text)).toEqual(numbers(100));
  expect((await recorded("push")).map((one) => one.text)).toEqual(numbers(100));
  expect((await recorded("sure", "ada")).map((one) => one.text)).toEqual(numbers(100));
}, 90_000);

test("a subscriber that was away gets 5,000 messages in order and then goes live without a gap", async () => {
  const [first] = seqsOf(await python(port, { do: "confirm", topic: "bob", count: 1, name: "b0" }));
  const { heard } = await totals();
  await python(port, { do: "publish", topic: "bob", count: 5000, name: "b1" });
  await until("they are recorded", 30_000, async () => (await totals()).heard >= heard + 5000);
  const back = pythonClient(port, {
    ...{ do: "replay", topic: "bob", after: first, follow: true, count: 5200 },
  });
  expect(await back.line()).toMatchObject({ so_far: 5000 });
  await python(port, { do: "publish", topic: "bob", count: 100, name: "b2" });
  await python(port, { do: "confirm", topic: "bob", count: 100, name: "b3" });
  const seqs = seqsOf(await back.rest());
  expect(seqs.length).toBe(5200);
  expect(seqs).toEqual([...new Set(seqs)].toSorted((a, b) => a - b));
}, 90_000);

test("ten subscribers each hear all of it, and one that reads nothing harms nobody", async () => {
  const deaf = pythonClient(port, { do: "deaf" });
  await deaf.line();
  const ears = Array.from({ length: 10 }, () =>
    pythonClient(port, { do: "subscribe", topics: ["eve"], until: "eve.end" }),
  );
  for (const ear of ears) await ear.line();
  const arrived = Promise.all(ears.map((ear) => ear.line()));
  await until("all of them hear", 30_000, async () => {
    await python(port, { do: "publish", topic: "eve.hello", count: 1, name: "hello" });
    return await Promise.race([arrived.then(() => true), Bun.sleep(50).then(() => false)]);
  });
  await python(port, { do: "confirm", topic: "eve", count: 2500, name: "e" });
  // Behind the others: what is confirmed is forwarded in its order.
  await python(port, { do: "confirm", topic: "eve.end", count: 1, name: "end" });
  for (const ear of ears) {
    const heard = (await ear.rest()).filter((one) => one["topic"] === "eve");
    expect(heard.length).toBe(2500);
  }
  deaf.go();
  await deaf.rest();
}, 90_000);

test("the same message from both ends is one message, and both observations are kept", async () => {
  const inner = {
    ...{ message_id: "ada_1700000000000", from: "ada", to: "bob", type: "request" },
    ...{ priority: "NORMAL", content: { message: "could you look at the engine?" } },
  };
  await system.settled();
  const before = await totals();
  for (const [agent, event_type] of [
    ["ada", "sent"],
    ["bob", "received"],
  ])
    await python(port, {
      ...{ do: "req" },
      requests: [
        {
          ...{ op: "publish", topic: "wrapped" },
          message: { event_type, agent, timestamp: "2026-11-21T10:00:00", message: inner },
        },
      ],
    });
  await system.settled(before.heard + 2);
  const after = await totals();
  expect(after.messages - before.messages).toBe(1);
  expect(after.repeats - before.repeats).toBe(1);
  const [seen] = (await recorded("sure", "wrapped")).slice(-1);
  expect(seen).toMatchObject({
    text: "could you look at the engine?",
    meta: { type: "request", message_id: "ada_1700000000000", observed: { by: "ada", as: "sent" } },
  });
  const others: { readonly data: readonly Message[] } = await jsonOf(
    await fetch(`${system.url}/v1/messages/${seen?.seq}/repeats`),
  );
  expect(others.data).toMatchObject([
    { text: "could you look at the engine?", meta: { observed: { by: "bob", as: "received" } } },
  ]);
}, 60_000);

test("a double handshake is four messages in order, and a mesh's greeting is recorded unanswered", async () => {
  const phases = ["init", "ack", "confirm", "complete"];
  const requests = phases.map((phase, at) => ({
    ...{ op: "publish", topic: at % 2 === 0 ? "gemini_cli" : "claude_code" },
    message: {
      ...{ message_id: `handshake_${phase}`, type: "handshake" },
      ...{ from: at % 2 === 0 ? "claude_code" : "gemini_cli" },
      content: { message: `shake ${phase}`, phase },
    },
  }));
  await python(port, { do: "req", requests });
  const { heard } = await totals();
  await system.settled(heard);
  const shaken = (await recorded("sure")).filter((one) => one.text.startsWith("shake "));
  expect(shaken.map((one) => one.text)).toEqual(phases.map((phase) => `shake ${phase}`));
}, 60_000);

test("rubbish on 5558 is answered with what would be right, and the next request is served", async () => {
  const answers = await python(port, {
    ...{ do: "req" },
    requests: [
      ["not an object"],
      { op: "dance" },
      { op: "publish", topic: "ada" },
      { op: "publish", topic: "ada", message: "fine" },
    ],
  });
  expect(answers.map((one) => one["answer"])).toMatchObject([
    { ok: false, code: "input_invalid" },
    { ok: false, code: "input_invalid" },
    { ok: false, code: "input_invalid" },
    { ok: true, durability: "fsync" },
  ]);
}, 60_000);

test("a bus that was killed offers what was said before, and a plain subscriber can ask for it", async () => {
  const pid = (await system.processes()).get("bus") ?? 0;
  process.kill(pid, "SIGKILL");
  await until("the bus is back", 30_000, async () => {
    const now = (await system.processes()).get("bus");
    return now !== undefined && now !== pid && (await stats()).pid === now;
  });
  const count = 100;
  const asked = await python(port, { do: "subscribe", topics: ["replay:ada"], count: count * 2 });
  expect(asked.slice(1, count + 1).map((one) => one["topic"])).toEqual(
    Array.from({ length: count }, () => "replay:ada"),
  );
  const replayed = await python(port, { do: "replay", topic: "bob", after: 0, count: 5201 });
  expect(seqsOf(replayed).length).toBe(5201);
}, 90_000);

test("health hears the canary, and turns red when the bus stands still", async () => {
  await until(
    "the canary came through",
    30_000,
    async () => ((await stats()).canary?.seq ?? 0) > 0,
  );
  expect(await part()).toEqual({ ok: true, state: "ok", problem: null });
  const pid = (await system.processes()).get("bus") ?? 0;
  process.kill(pid, "SIGSTOP");
  try {
    await until("health is red", 30_000, async () => !(await part()).ok);
  } finally {
    process.kill(pid, "SIGCONT");
  }
  await until("health is green again", 30_000, async () => (await part()).ok);
}, 120_000);

test("verbatim bus sends, listens, replays and counts", async () => {
  const sent = await system.cli("bus", "send", "cli", "a word", "--id", "w-1", "--json");
  expect(JSON.parse(sent.out)).toMatchObject({ ok: true, status: "created", id: "w-1" });
  const again = await system.cli("bus", "send", "cli", "a word", "--id", "w-1", "--json");
  expect(JSON.parse(again.out)).toMatchObject({ ok: true, status: "known" });
  const replayed = await system.cli("bus", "replay", "cli");
  expect(replayed.out).toMatch(/^#\d+ {2}cli {2}a word\n$/);
  const listening = system.cli("bus", "listen", "cli", "--count", "1");
  await until("somebody heard it", 20_000, async () => {
    await system.cli("bus", "send", "cli", "another");
    return await Promise.race([listening.then(() => true), Bun.sleep(200).then(() => false)]);
  });
  expect((await listening).out).toBe("cli  another\n");
  const counted = await system.cli("bus", "stats", "--json");
  expect(JSON.parse(counted.out)).toMatchObject({ ok: true, waiting: 0 });
}, 90_000);

type Stats = {
  readonly pid: number;
  readonly subscriptions: number;
  readonly canary: { readonly seq: number | null } | null;
};

async function stats(): Promise<Stats> {
  return JSON.parse(await readFile(join(system.home, "run/bus.json"), "utf8"));
}

async function part(): Promise<{
  readonly ok: boolean;
  readonly state: string;
  readonly problem: string | null;
}> {
  const answer: { parts: { bus: { ok: boolean; state: string; problem: string | null } } } =
    await jsonOf(await fetch(`${system.url}/v1/status`));
  return answer.parts.bus;
}

async function totals(): Promise<{ heard: number; messages: number; repeats: number }> {
  return await jsonOf(await fetch(`${system.url}/v1/status`));
}
