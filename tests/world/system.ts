/**
 * The whole system as a stranger runs it: `verbatim up` on a home of its own,
 * with its own Redis and Postgres, spoken to over HTTP and the CLI only.
 *
 * Everything waits for a condition with a bound; nothing sleeps for luck.
 */
import { closeSync, openSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "../..");
const MAIN = join(ROOT, "packages/cli/src/main.ts");

/** A start builds a database, on a slow shared disk. */
const READY_MS_MAX = 90_000;
/** Of what `up` said, when it does not come. */
const SAID_CHARS_MAX = 2000;

type Counts = {
  readonly heard: number;
  readonly stored: number;
  readonly aside: number;
  readonly behind: number;
};

export type System = {
  readonly home: string;
  readonly url: string;
  /** Resolves when health is green, or when only the API answers where no green is to be expected. */
  start(health?: "ready" | "live"): Promise<void>;
  /** Ctrl-C, and wait for the end. Gives the exit code. */
  stop(): Promise<number>;
  /** SIGKILL to the supervisor itself. */
  killUp(): Promise<void>;
  /** Name -> pid of what `up` is running now. */
  processes(): Promise<ReadonlyMap<string, number>>;
  counts(): Promise<Counts>;
  /** Waits until everything heard is settled and nothing more is coming. */
  settled(heardAtLeast?: number): Promise<Counts>;
  cli(...args: string[]): Promise<Ran>;
  /** The same on the home itself, whether or not anything runs there. */
  onHome(...args: string[]): Promise<Ran>;
};

/** A system at `home` that watches `folder`, without a bus unless `bus` says how, with `more` in its environment; not started yet. */
export async function systemAt(
  home: string,
  folder: string,
  bus: readonly string[] = ["--no-bus"],
  more: Readonly<Record<string, string>> = {},
): Promise<System> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = { ...process.env, VERBATIM_HOME: home, VERBATIM_URL: url, NO_COLOR: "1", ...more };
  for (const name of ["REDIS_URL", "DATABASE_URL", "VERBATIM_API_KEY"])
    Reflect.deleteProperty(env, name);
  let up: Bun.Subprocess | null = null;

  async function start(health: "ready" | "live" = "ready"): Promise<void> {
    const log = join(home, "..", "up.log");
    const to = openSync(log, "a");
    up = Bun.spawn(
      [
        process.execPath,
        MAIN,
        "up",
        "--home",
        home,
        "--port",
        String(port),
        "--watch",
        folder,
        ...bus,
      ],
      { env, stdin: "ignore", stdout: to, stderr: to },
    );
    closeSync(to);
    const said = (): string => readFileSync(log, "utf8").slice(-SAID_CHARS_MAX);
    await until(
      "the system is ready",
      READY_MS_MAX,
      () => answers(`${url}/health/${health}`),
      said,
    );
  }

  const counts = async (): Promise<Counts> => await countsAt(url);

  async function stop(): Promise<number> {
    if (up === null) return 0;
    up.kill("SIGINT");
    const code = await up.exited;
    up = null;
    return code;
  }

  return {
    home,
    url,
    start,
    stop,
    killUp: async () => {
      up?.kill("SIGKILL");
      await up?.exited;
      up = null;
    },
    processes: async () =>
      processesIn(JSON.parse(await readFile(join(home, "run/up.json"), "utf8"))),
    counts,
    settled: (heardAtLeast = 0) => settledAt(counts, heardAtLeast),
    cli: (...args) => ranWith(args, env),
    onHome: (...args) => ranWith(args, { ...env, VERBATIM_URL: undefined }),
  };
}

type Ran = { readonly code: number; readonly out: string; readonly err: string };

async function ranWith(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Ran> {
  const ran = Bun.spawn([process.execPath, MAIN, ...args], {
    env,
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err, code] = await Promise.all([
    new Response(ran.stdout).text(),
    new Response(ran.stderr).text(),
    ran.exited,
  ]);
  return { out, err, code };
}

async function countsAt(url: string): Promise<Counts> {
  const answer = await fetch(`${url}/v1/status`, { signal: AbortSignal.timeout(5000) });
  return countsIn(await answer.json());
}

async function settledAt(counts: () => Promise<Counts>, heardAtLeast: number): Promise<Counts> {
  let last: Counts | null = null;
  await until(
    `everything of ${heardAtLeast} is settled`,
    120_000,
    async () => {
      last = await counts();
      return (
        last.heard >= heardAtLeast && last.behind === 0 && last.heard === last.stored + last.aside
      );
    },
    () => JSON.stringify(last),
  );
  return last ?? { heard: 0, stored: 0, aside: 0, behind: 0 };
}

/** Waits until `held` says yes; fails with `what` after `msMax`. */
export async function until(
  what: string,
  msMax: number,
  held: () => Promise<boolean>,
  facts: () => string = () => "",
): Promise<void> {
  const end = Date.now() + msMax;
  let problem: unknown = "";
  while (Date.now() < end) {
    try {
      if (await held()) return;
    } catch (error) {
      problem = error;
    }
    await Bun.sleep(50);
  }
  throw new Error(`not within ${msMax} ms: ${what} ${facts()} ${String(problem)}`);
}

/** The JSON of an answer. The test says which shape it expects; what is missing shows as undefined in its assertions. */
export async function jsonOf<Shape>(answer: Response): Promise<Shape> {
  return (await answer.json()) as Shape;
}

async function answers(url: string): Promise<boolean> {
  return (await fetch(url, { signal: AbortSignal.timeout(2000) })).ok;
}

function processesIn(up: unknown): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  if (typeof up !== "object" || up === null || !("processes" in up)) return found;
  if (!Array.isArray(up.processes)) return found;
  for (const one of up.processes)
    if (typeof one.pid === "number") found.set(String(one.name), one.pid);
  return found;
}

/** The four numbers, wherever in the answer they stand. */
function countsIn(answer: unknown): Counts {
  const found: Record<string, number> = {};
  const walk = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [name, inner] of Object.entries(value)) {
      if (typeof inner === "number" && !(name in found)) found[name] = inner;
      else walk(inner);
    }
  };
  walk(answer);
  const number = (name: string): number => found[name] ?? Number.NaN;
  return {
    heard: number("heard"),
    stored: number("stored"),
    aside: number("aside"),
    behind: number("behind"),
  };
}

async function freePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => {
        if (typeof address === "object" && address !== null) resolve(address.port);
        else reject(new Error("no port"));
      });
    });
  });
}
