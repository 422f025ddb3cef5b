/** The sides of bench/bus.ts: our system, a bare broker, Redis, NATS; each process ends with the bench. */
import { once } from "node:events";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type BusSystem,
  busSystemAt,
  type Client,
  freePorts,
  needPythonZmq,
  pythonClient,
} from "../tests/world/bus-system.ts";
import { until } from "../tests/world/system.ts";

const CLIENTS = join(import.meta.dir, "bus");
const WRITER = join(import.meta.dir, "bus-writer.ts");
/** No single measurement takes so long; what does is stuck. */
const PATIENCE_MS = 90_000;

export type Sides = AsyncDisposable & {
  readonly ours: BusSystem;
  /** The same with VERBATIM_BUS_SAFE=1. */
  readonly safe: BusSystem;
  /** First port of a bare zmq.proxy. */
  readonly broker: number;
  readonly redis: string;
  readonly nats: string;
  /** A file on the disk that all sides use. */
  readonly file: string;
};

/** Starts all of them, on one disk. */
export async function openSides(): Promise<Sides> {
  needPythonZmq();
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(process.env["VERBATIM_BENCH_DIR"] ?? tmpdir(), "vb-bench-"));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  stack.defer(async () => {
    for (const one of clients) await ended(one);
  });
  const started = async (name: string, safe: "0" | "1"): Promise<BusSystem> => {
    const system = await busSystemAt(join(folder, name, "home"));
    stack.defer(() => system.stop());
    await system.start("ingest");
    await system.start("bus", { VERBATIM_BUS_SAFE: safe });
    return system;
  };
  const ours = await started("ours", "0");
  const safe = await started("safe", "1");
  const broker = await freePorts();
  const bare = client("broker.py", [broker]);
  await lineOf(bare);
  const redis = await startRedis(folder, stack);
  const nats = await startNats(folder, stack);
  const all = stack.move();
  const file = join(folder, "log");
  let disposed: Promise<void> | null = null;
  const dispose = (): Promise<void> => {
    disposed ??= all.disposeAsync();
    return disposed;
  };
  return { ours, safe, broker, redis, nats, file, [Symbol.asyncDispose]: dispose };
}

async function startRedis(folder: string, stack: AsyncDisposableStack): Promise<string> {
  const socket = join(folder, "redis.sock");
  const settings = ["--port", "0", "--unixsocket", socket, "--dir", folder, "--save", ""];
  const durable = ["--appendonly", "yes", "--appendfsync", "always"];
  start(["redis-server", ...settings, ...durable], stack);
  await until("Redis listens", 10_000, async () => await isOpen(socket));
  return socket;
}

/** Its file storage is synced every two minutes: an answer of it is less than one of ours. */
async function startNats(folder: string, stack: AsyncDisposableStack): Promise<string> {
  const port = await freePorts();
  const config = join(folder, "nats.conf");
  const store = join(folder, "nats");
  mkdirSync(store);
  writeFileSync(config, `listen: "127.0.0.1:${port}"\njetstream { store_dir: "${store}" }\n`);
  start(["nats-server", "-c", config], stack);
  await until("NATS listens", 10_000, async () => await isOpen(port));
  return `127.0.0.1:${port}`;
}

function start(command: readonly string[], stack: AsyncDisposableStack): void {
  const path = `${process.env["PATH"] ?? ""}:/usr/sbin`;
  const program = Bun.which(command[0] ?? "", { PATH: path });
  if (program === null) throw new Error(`${command[0]} is missing: apt-get install ${command[0]}`);
  const child = Bun.spawn([program, ...command.slice(1)], { stdout: "ignore", stderr: "ignore" });
  stack.defer(() => ended(child));
}

async function isOpen(where: string | number): Promise<boolean> {
  const socket = typeof where === "string" ? connect(where) : connect(where, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } finally {
    socket.destroy();
  }
}

async function ended(child: Pick<Bun.Subprocess, "kill" | "exited">): Promise<void> {
  child.kill("SIGKILL");
  await child.exited;
}

/** Those under way, to be ended with the bench. */
const clients = new Set<Client>();

function kept(started: Client): Client {
  clients.add(started);
  void started.exited.then(() => clients.delete(started));
  return started;
}

function client(script: string, args: readonly (string | number)[]): Client {
  return kept(pythonClient(join(CLIENTS, script), args));
}

export type Ran = {
  readonly rate: number;
  readonly p50: number;
  readonly p99: number;
  readonly heard: number;
};

/** A Python client's figures. */
export async function ran(script: string, args: readonly (string | number)[]): Promise<Ran> {
  return await figuresOf(client(script, args));
}

/** The figures of acknowledged writers to a rival. */
export async function wrote(
  side: "redis" | "nats",
  address: string,
  shape: readonly [connections: number, window: number, count: number],
): Promise<Ran> {
  const command = [process.execPath, WRITER, side, address, ...shape.map(String)];
  const writer = Bun.spawn(command, { stdin: "pipe", stdout: "pipe", stderr: "inherit" });
  return await figuresOf(kept(writer));
}

/** One publisher through a broker to one subscriber; rate 0 is as fast as it may. */
export async function forwarded(port: number, count: number, rate: number): Promise<Ran> {
  const ear = client("hear.py", [port]);
  const voice = client("publish.py", [port, count, rate]);
  try {
    await lineOf(ear);
    voice.stdin.write("go\n");
    await voice.stdin.flush();
    return await figuresOf(ear);
  } finally {
    await ended(voice);
  }
}

async function figuresOf(asked: Client): Promise<Ran> {
  const said = await lineOf(asked);
  const code = await asked.exited;
  if (code !== 0) throw new Error(`a client ended with ${code}`);
  const figures: Ran = JSON.parse(said);
  return figures;
}

const heard = new WeakMap<Client, AsyncGenerator<string>>();

/** The next line a client says; it is killed when it says none in time. */
async function lineOf(asked: Client): Promise<string> {
  const lines = heard.get(asked) ?? linesOf(asked);
  heard.set(asked, lines);
  const timer = setTimeout(() => asked.kill("SIGKILL"), PATIENCE_MS);
  const { value } = await lines.next();
  clearTimeout(timer);
  if (typeof value !== "string") throw new Error("a client ended without a word");
  return value;
}

async function* linesOf(asked: Client): AsyncGenerator<string> {
  let rest = "";
  for await (const bytes of asked.stdout) {
    const lines = (rest + Buffer.from(bytes).toString()).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}
