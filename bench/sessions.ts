/**
 * Sessions of a chat server: 500 sessions, 16 clients over HTTP against
 * everything that `verbatim up` runs, beside a bare ioredis pipeline of the same
 * shape on the same Redis in the same run, which is neither durable nor checked.
 *
 * Ours answers when an event is fsynced and Redis shows it. The sides take
 * turns, each begun when nothing is left to settle; medians of three rounds.
 * `bun bench/sessions.ts`
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectRedis } from "../packages/drivers/src/redis/connect.ts";
import { type System, systemAt } from "../tests/world/system.ts";
import { report } from "./report.ts";

const ROUNDS = 3;
const SESSIONS = 500;
const CLIENTS = 16;
const BATCH = 10;
const RING = 100;
const DAYS_7 = 7 * 86_400;
const WORDS = "What the client said here is about as long as people write when they chat. ".repeat(
  3,
);

type Ran = { readonly rate: number; readonly p50: number; readonly p99: number };
/** One thing to do with a session by one client; `turn` is never the same. */
type Once = (session: number, turn: number, client: number) => Promise<unknown>;
type Sides = { readonly ours: Once; readonly bare: Once };
type Shape = Sides & { readonly what: string; readonly count: number; readonly clients: number };

const folder = mkdtempSync(join(process.env["VERBATIM_BENCH_DIR"] ?? tmpdir(), "vb-bench-"));
await using stack = new AsyncDisposableStack();
stack.defer(() => rmSync(folder, { recursive: true, force: true }));
const home = join(folder, "home");
for (const one of [home, join(folder, "watched")]) mkdirSync(one);
const system: System = await systemAt(home, join(folder, "watched"));
stack.defer(async () => void (await system.stop()));
await system.start();
const { redis_url } = JSON.parse(readFileSync(join(home, "run/urls.json"), "utf8"));
const connections = Array.from({ length: CLIENTS }, () => connectRedis(redis_url, "reader"));
stack.defer(() => {
  for (const one of connections) one.disconnect();
});

let degraded = 0;
let turns = 0;

const append: Sides = {
  ours: (session, turn) => post(session, "messages", said(turn)),
  bare: (session, turn, client) => {
    const { content } = said(turn);
    return pipeline(client)
      .rpush(key(session, "messages"), JSON.stringify({ role: "user", content, turn }))
      .ltrim(key(session, "messages"), -RING, -1)
      .expire(key(session, "messages"), DAYS_7)
      .hset(key(session, "metadata"), "last_updated", new Date().toISOString())
      .exec();
  },
};
const emotion: Sides = {
  ours: (session) => post(session, "emotion", { emotion: "curious", intensity: 0.4 }),
  bare: (session, turn, client) =>
    pipeline(client)
      .hset(key(session, "emotion"), "current", "curious", "intensity", 0.4)
      .zadd(key(session, "emotions"), String(turn), JSON.stringify({ emotion: "curious", turn }))
      .expire(key(session, "emotion"), DAYS_7)
      .hset(key(session, "metadata"), "last_updated", new Date().toISOString())
      .exec(),
};
const milestone: Sides = {
  ours: (session) => post(session, "milestones", { description: "named it" }),
  bare: (session, turn, client) =>
    pipeline(client)
      .zadd(
        key(session, "milestones"),
        String(turn),
        JSON.stringify({ description: "named it", turn }),
      )
      .expire(key(session, "milestones"), DAYS_7)
      .hset(key(session, "metadata"), "last_updated", new Date().toISOString())
      .exec(),
};
const resume: Sides = {
  ours: (session) => post(session, "resume", {}),
  bare: (session, _, client) =>
    pipeline(client)
      .hgetall(key(session, "metadata"))
      .hgetall(key(session, "emotion"))
      .hgetall(key(session, "context"))
      .lrange(key(session, "messages"), -20, -1)
      .zrange(key(session, "milestones"), "-5", "-1")
      .zrange(key(session, "breakthroughs"), "-1", "-1")
      .exec(),
};
const batch: Sides = {
  ours: (session, turn) =>
    post(session, "messages", { messages: Array.from({ length: BATCH }, () => said(turn)) }),
  bare: async (session, turn, client) => {
    for (let at = 0; at < BATCH; at += 1) await append.bare(session, turn, client);
  },
};
const shapes: readonly Shape[] = [
  { what: "append", count: 1500, clients: CLIENTS, ...append },
  { what: "emotion", count: 300, clients: CLIENTS, ...emotion },
  { what: "milestone", count: 300, clients: CLIENTS, ...milestone },
  { what: "resume", count: 300, clients: CLIENTS, ...resume },
  { what: `append of ${BATCH} at once`, count: 300, clients: CLIENTS, ...batch },
  { what: "append by one client alone", count: 200, clients: 1, ...append },
  { what: "resume by one client alone", count: 200, clients: 1, ...resume },
];

await ran(SESSIONS, CLIENTS, (session) => send("", { session_id: `s-${session}` }));
await ran(2 * SESSIONS, CLIENTS, append.ours);
const runs = shapes.map(() => ({ ours: [] as Ran[], bare: [] as Ran[] }));
for (let round = 0; round < ROUNDS; round += 1) {
  for (const [at, { count, clients, ours, bare }] of shapes.entries()) {
    await system.settled();
    runs[at]?.bare.push(await ran(count, clients, bare));
    runs[at]?.ours.push(await ran(count, clients, ours));
  }
}

const of = (what: string, side: "ours" | "bare", figure: keyof Ran): number =>
  median(
    runs[shapes.findIndex((one) => one.what === what)]?.[side].map((one) => one[figure]) ?? [],
  );
const AIMS: Readonly<Record<string, number>> = { append: 0.33, resume: 0.5 };
report(
  `${SESSIONS} sessions, ${CLIENTS} clients, over HTTP and fsynced, against a bare ioredis pipeline`,
  shapes.flatMap(({ what }) =>
    (["p50", "p99"] as const).map((figure) => {
      const aim = figure === "p50" ? AIMS[what] : undefined;
      const row = { ours: of(what, "ours", figure), theirs: of(what, "bare", figure), unit: "ms" };
      return { what: `${what}, ${figure}`, ...row, ...(aim === undefined ? {} : { aim }) };
    }),
  ),
);
const APPENDS_AIMED = 5000;
report(
  `Durable appends a second, against ${APPENDS_AIMED} (the aim)`,
  [
    { what: "one a request", ours: of("append", "ours", "rate"), theirs: APPENDS_AIMED, aim: 1 },
    {
      what: `${BATCH} a request`,
      ours: BATCH * of(`append of ${BATCH} at once`, "ours", "rate"),
      theirs: APPENDS_AIMED,
      aim: 1,
    },
  ].map((row) => ({ ...row, unit: "appends/s" })),
);
process.stdout.write(`  answers that said degraded: ${degraded} of ${turns}\n`);

function said(turn: number): { readonly role: string; readonly content: string } {
  return { role: turn % 2 === 0 ? "user" : "assistant", content: `${turn} ${WORDS}` };
}

function key(session: number, name: string): string {
  return `bare:${session}:${name}`;
}

function pipeline(client: number) {
  const redis = connections[client];
  if (redis === undefined) throw new Error(`there is no client ${client}`);
  return redis.pipeline();
}

function post(session: number, verb: string, body: object): Promise<void> {
  return send(`/s-${session}/${verb}`, body);
}

async function send(path: string, body: object): Promise<void> {
  const answer = await fetch(`${system.url}/v1/users/local/sessions${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
  turns += 1;
  if (text.includes('"degraded":true')) degraded += 1;
}

/** So many, as fast as the clients can, each session in its turn. */
async function ran(count: number, clients: number, once: Once): Promise<Ran> {
  const latencies = new Float64Array(count);
  let next = 0;
  const begun = performance.now();
  const client = async (_: unknown, number: number): Promise<void> => {
    while (next < count) {
      const turn = next;
      next += 1;
      const at = performance.now();
      await once(turn % SESSIONS, turn, number);
      latencies[turn] = performance.now() - at;
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  const seconds = (performance.now() - begun) / 1000;
  latencies.sort();
  const share = (part: number): number => latencies[Math.floor((count - 1) * part)] ?? 0;
  return { rate: count / seconds, p50: share(0.5), p99: share(0.99) };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
