/** Programs that are killed at their n-th change (failpoint.ts), run again, and looked at. */
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "../../..");
const MAIN = join(ROOT, "packages/cli/src/main.ts");
const FAILPOINT = join(import.meta.dir, "failpoint.ts");

/** Who dies, at which change, and what counts as one. */
export type Armed = {
  /** A part of the program's command line. */
  readonly program: string;
  readonly nth: number;
  readonly kinds: readonly ("files" | "sql" | "redis")[];
};

export type Ran = { readonly code: number | null; readonly out: string; readonly err: string };

/** The environment of a program that dies when the file at `arm` says so. */
export function mortal(arm: string): Readonly<Record<string, string>> {
  return { VERBATIM_TEST_FAILPOINT: arm, BUN_OPTIONS: `--preload ${FAILPOINT}` };
}

/** Runs a command of the CLI, or another program; `code` is null when it was killed. */
export async function ran(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
  path: string = MAIN,
): Promise<Ran> {
  const program = Bun.spawn([process.execPath, path, ...args], {
    env: { ...process.env, NO_COLOR: "1", VERBATIM_URL: undefined, ...env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err, code] = await Promise.all([
    new Response(program.stdout).text(),
    new Response(program.stderr).text(),
    program.exited,
  ]);
  return { out, err, code: program.signalCode === "SIGKILL" ? null : code };
}

/** Never: such a program counts what it changes, and ends by itself. */
const NEVER: number = Number.MAX_SAFE_INTEGER;

export type Dying = {
  readonly args: readonly string[];
  readonly kinds: Armed["kinds"];
  /** The file that arms it. */
  readonly arm: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Another one than the CLI. */
  readonly path?: string;
};

/** Runs a command that is killed before its n-th change. */
export async function ranUntil(nth: number, dying: Dying): Promise<Ran> {
  const { args, kinds, arm, env = {}, path } = dying;
  writeFileSync(arm, JSON.stringify({ program: "", nth, kinds } satisfies Armed));
  try {
    return await ran(args, { ...env, ...mortal(arm) }, path);
  } finally {
    rmSync(arm, { force: true });
  }
}

/** Runs a command to its end; how many changes it made. */
export async function changesOf(dying: Dying): Promise<Ran & { readonly changes: number }> {
  const one = await ranUntil(NEVER, dying);
  return { ...one, changes: Number(readFileSync(`${dying.arm}.done`, "utf8")) };
}

/** Every file below a folder, by its path there, with its bytes; `skip` are left out. */
export function filesIn(dir: string, skip: RegExp = /^$/): Readonly<Record<string, string>> {
  if (!existsSync(dir)) return {};
  const found: Record<string, string> = {};
  for (const name of readdirSync(dir, { recursive: true, encoding: "utf8" }).toSorted()) {
    const path = join(dir, name);
    if (skip.test(name)) continue;
    found[name] = statSync(path).isFile() ? readFileSync(path, "latin1") : "a folder";
  }
  return found;
}

/** The steps that are tried of so many: all in a soak, few otherwise, the same ones every time, the last among them. */
export function stepsOf(most: number, few: number): readonly number[] {
  const all = Array.from({ length: most }, (_, at) => at + 1);
  if (process.env["VERBATIM_TEST_KILLS"] === "all" || most <= few) return all;
  return all.filter(
    (step) => Math.floor((step * few) / most) > Math.floor(((step - 1) * few) / most),
  );
}
