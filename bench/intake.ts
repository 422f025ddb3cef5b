/**
 * Durable 1 KB records from other processes: our intake against Redis streams
 * with `appendfsync always`, and against one open, append and fsync a message.
 *
 * Producers are processes of their own on both sides; the sides take turns;
 * medians. One record at a time is shown in units of a bare write and fdatasync
 * on the same disk in the same run. `bun bench/intake.ts`
 */
import {
  closeSync,
  fdatasyncSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { report } from "./report.ts";

const ROUNDS = 3;
const RECORD_BYTES = 1024;
const PATIENCE_MS = 10_000;

type Ran = { readonly rate: number; readonly p50: number; readonly p99: number };
type Shape = { readonly connections: number; readonly window: number; readonly count: number };

const PIPELINED: Shape = { connections: 1, window: 256, count: 100_000 };
const MANY: Shape = { connections: 16, window: 32, count: 100_000 };
const ALONE: Shape = { connections: 1, window: 1, count: 3000 };

const folder = mkdtempSync(join(process.env["VERBATIM_BENCH_DIR"] ?? tmpdir(), "verbatim-bench-"));
await using stack = new AsyncDisposableStack();
stack.defer(() => rmSync(folder, { recursive: true, force: true }));
const home = join(folder, "home");
const ours = join(home, "run/ingest.sock");
const redis = join(folder, "redis.sock");
const ingest = join(import.meta.dir, "../packages/ingest/src/main.ts");
await started([process.execPath, ingest], "ready", { VERBATIM_HOME: home });
const settings = ["--port", "0", "--unixsocket", redis, "--dir", folder, "--save", ""];
const durable = ["--appendonly", "yes", "--appendfsync", "always"];
await started(["redis-server", ...settings, ...durable], "ready to accept", {});

const runs = { pipelined: pair(), many: pair(), alone: pair() };
const bare: Ran[] = [];
const perMessage: Ran[] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  for (const [name, shape] of [
    ["pipelined", PIPELINED],
    ["many", MANY],
    ["alone", ALONE],
  ] as const) {
    runs[name].ours.push(await producers("ours", ours, shape));
    runs[name].redis.push(await producers("redis", redis, shape));
  }
  bare.push(timed(3000, openAppend(fdatasyncSync)));
  perMessage.push(timed(1000, reopened));
}

const rate = (of: readonly Ran[]): number => median(of.map((one) => one.rate));
const pipelined = { ours: rate(runs.pipelined.ours), redis: rate(runs.pipelined.redis) };
const unit = "rec/s";
report("Durable 1 KB records over the intake socket", [
  {
    what: "one producer, 256 on their way, against fsync per message",
    ours: pipelined.ours,
    theirs: rate(perMessage),
    unit,
    aim: 20,
    moonshot: 50,
  },
  {
    what: "one producer, 256 on their way, against Redis XADD",
    ours: pipelined.ours,
    theirs: pipelined.redis,
    unit,
    aim: 1.6,
    moonshot: 4,
  },
  {
    what: "16 producers, 32 on their way each, against Redis XADD",
    ours: rate(runs.many.ours),
    theirs: rate(runs.many.redis),
    unit,
    aim: 1.2,
    moonshot: 3,
  },
  ...(["p50", "p99"] as const).map((which) => ({
    what: `one at a time, ${which}, against Redis XADD`,
    ours: median(runs.alone.ours.map((one) => one[which])),
    theirs: median(runs.alone.redis.map((one) => one[which])),
    unit: "ms",
  })),
  ...(["p50", "p99"] as const).map((which) => ({
    what: `one at a time, ${which}, against three bare fdatasyncs`,
    ours: median(runs.alone.ours.map((one) => one[which])),
    theirs: 3 * median(bare.map((one) => one[which])),
    unit: "ms",
    aim: 1,
  })),
]);

function pair(): { ours: Ran[]; redis: Ran[] } {
  return { ours: [], redis: [] };
}

async function started(
  command: readonly string[],
  ready: string,
  env: Record<string, string>,
): Promise<void> {
  const path = { PATH: process.env["PATH"] ?? "" };
  const child = Bun.spawn([...command], {
    env: { ...path, ...env },
    stdin: "pipe",
    stdout: "pipe",
  });
  stack.defer(async () => {
    child.kill();
    await child.exited;
  });
  const reader = child.stdout.getReader();
  const timer = setTimeout(() => child.kill(), PATIENCE_MS);
  for (let said = ""; !said.includes(ready); ) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`${command[0]} did not start: ${said}`);
    said += Buffer.from(value).toString();
  }
  clearTimeout(timer);
}

async function producers(side: string, path: string, shape: Shape): Promise<Ran> {
  const script = join(import.meta.dir, "intake-producer.ts");
  const numbers = [shape.connections, shape.window, shape.count].map(String);
  const command = [process.execPath, script, side, path, ...numbers];
  const child = Bun.spawn(command, { stdout: "pipe", timeout: PATIENCE_MS * 6 });
  const ran: Ran = JSON.parse(await new Response(child.stdout).text());
  return ran;
}

function openAppend(sync: (file: number) => void): () => void {
  const file = openSync(join(folder, "bare"), "a");
  const body = Buffer.alloc(RECORD_BYTES, 120);
  return () => {
    writeSync(file, body);
    sync(file);
  };
}

/** What a recorder does that opens its log for each message. */
function reopened(): void {
  const file = openSync(join(folder, "log"), "a");
  writeSync(file, Buffer.alloc(RECORD_BYTES, 120));
  fsyncSync(file);
  closeSync(file);
}

function timed(count: number, once: () => void): Ran {
  const latencies = new Float64Array(count);
  const begun = performance.now();
  for (let number = 0; number < count; number += 1) {
    const at = performance.now();
    once();
    latencies[number] = performance.now() - at;
  }
  const seconds = (performance.now() - begun) / 1000;
  latencies.sort();
  const share = (part: number): number => latencies[Math.floor((count - 1) * part)] ?? 0;
  return { rate: count / seconds, p50: share(0.5), p99: share(0.99) };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
