/**
 * The recording part of the system alone: ingest and the bus, as processes that
 * a test may kill and start again. Spoken to by other processes, over ZeroMQ.
 */
import { readFileSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { until } from "./system.ts";

const ROOT = join(import.meta.dir, "../..");
const BUILT = join(ROOT, "packages/drivers/.built");
const READY_MS_MAX = 20_000;
const END_MS_MAX = 10_000;
const PORTS = 4;
const TRIES_MAX = 50;
const PYTHON = "/usr/bin/python3";

type Part = "ingest" | "bus";

export type BusSystem = {
  readonly home: string;
  /** The first of the bus's four ports. */
  readonly port: number;
  /** Starts a part and resolves when it is ready. */
  start(part: Part, env?: Readonly<Record<string, string>>): Promise<void>;
  /** SIGKILL, and wait for the end. */
  kill(part: Part): Promise<void>;
  /** The bus first, then ingest, both asked to end; killed when they do not. */
  stop(): Promise<void>;
};

/** A system at `home`; nothing is started yet. */
export async function busSystemAt(home: string): Promise<BusSystem> {
  await mkdir(home, { recursive: true });
  const port = await freePorts();
  const program = await builtBus();
  const running = new Map<Part, Bun.Subprocess<"pipe", Bun.BunFile, Bun.BunFile>>();
  const commands: Readonly<Record<Part, readonly string[]>> = {
    ingest: [process.execPath, join(ROOT, "packages/ingest/src/main.ts")],
    bus: ["node", program],
  };
  const outside = { ...process.env };
  for (const name of ["REDIS_URL", "VERBATIM_WATCH"]) Reflect.deleteProperty(outside, name);
  const logOf = (part: Part): string => join(home, "..", `${part}.log`);

  async function start(part: Part, env: Readonly<Record<string, string>> = {}): Promise<void> {
    const log = logOf(part);
    await rm(log, { force: true });
    const child = Bun.spawn([...commands[part]], {
      env: { ...outside, VERBATIM_HOME: home, VERBATIM_BUS_PORT: String(port), ...env },
      stdin: "pipe",
      stdout: Bun.file(log),
      stderr: Bun.file(log),
    });
    running.set(part, child);
    await until(`${part} is ready`, READY_MS_MAX, async () => {
      if (child.exitCode !== null) return true;
      return (await Bun.file(log).text()).includes('"ready"');
    });
    if (child.exitCode !== null)
      throw new Error(`${part} did not start: ${readFileSync(log, "utf8").slice(-500)}`);
  }

  async function kill(part: Part): Promise<void> {
    const child = running.get(part);
    running.delete(part);
    child?.kill("SIGKILL");
    await child?.exited;
  }

  async function stop(): Promise<void> {
    for (const part of ["bus", "ingest"] as const) {
      const child = running.get(part);
      const timer = setTimeout(() => child?.kill("SIGKILL"), END_MS_MAX);
      child?.kill("SIGTERM");
      await child?.exited;
      clearTimeout(timer);
      running.delete(part);
    }
  }

  return { home, port, start, kill, stop };
}

/** A client in Python, on Debian's own ZeroMQ, so that what we are measured by is not our own library. */
export function pythonClient(script: string, args: readonly (string | number)[]): Client {
  return Bun.spawn([PYTHON, script, ...args.map(String)], {
    stdin: "pipe",
    stdout: "pipe",
    stderr: "inherit",
  });
}

export type Client = Bun.Subprocess<"pipe", "pipe", "inherit">;

/** Throws what to do when Python cannot speak ZeroMQ here. */
export function needPythonZmq(): void {
  const tried = Bun.spawnSync([PYTHON, "-c", "import zmq"]);
  if (!tried.success) throw new Error("the clients need Python's zmq: apt-get install python3-zmq");
}

/** The bus as one file; written beside and moved, because another run may be reading it. */
async function builtBus(): Promise<string> {
  const program = join(BUILT, "bus-tested.mjs");
  const fresh = join(BUILT, `bus-tested-${process.pid}.mjs`);
  const entry = join(ROOT, "packages/bus/src/main.ts");
  const command = [process.execPath, "build", "--target=node", "--external", "zeromq", entry];
  const made = Bun.spawnSync([...command, "--outfile", fresh], { stdout: "ignore" });
  if (!made.success) throw new Error(`the bus cannot be built: ${made.stderr}`);
  await rename(fresh, program);
  return program;
}

/** The first of four free ports in a row, below those the system gives out by itself. */
export async function freePorts(): Promise<number> {
  for (let tried = 0; tried < TRIES_MAX; tried += 1) {
    const first = 20_000 + Math.floor(Math.random() * 12_000);
    const numbers = Array.from({ length: PORTS }, (_, one) => first + one);
    const free = await Promise.all(numbers.map(isFree));
    if (free.every(Boolean)) return first;
  }
  throw new Error(`no ${PORTS} free ports in a row`);
}

async function isFree(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
