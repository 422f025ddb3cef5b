/**
 * Starting one of our own programs and keeping hold of it.
 *
 * Its stdin is a pipe that ends with us, so that it stops when we are gone. It is
 * a session of its own, so that Ctrl-C reaches only us. What it prints goes to
 * its log; the line with `"event":"ready"` says that it works.
 */
import { spawn } from "node:child_process";
import { createWriteStream, renameSync, statSync } from "node:fs";
import { createInterface } from "node:readline";

/** A log larger than this is put aside when its program starts; one old one is kept. */
const LOG_BYTES_MAX: number = 10 * 1024 * 1024;

export type Program = {
  readonly pid: number;
  /** Resolves when it says that it is ready; false when it ended before that. */
  readonly ready: Promise<boolean>;
  /** Resolves with its exit code; 128 + n after signal n is not told apart: -1. */
  readonly exited: Promise<number>;
  /** The reason it gave when it failed, as far as it said one. */
  failure(): string | null;
  /** Asks it to end, and after `ms` makes it. */
  stop(ms: number): Promise<void>;
};

/** Starts `command` with this environment. */
export function startProgram(
  command: readonly string[],
  options: { readonly env: NodeJS.ProcessEnv; readonly log: string },
): Program {
  const [program = "", ...args] = command;
  rotated(options.log);
  const log = createWriteStream(options.log, { flags: "a", mode: 0o600 });
  const child = spawn(program, args, {
    env: options.env,
    stdio: ["pipe", "pipe", "pipe"],
    detached: true,
  });
  child.stdin.on("error", () => undefined);
  let failure: string | null = null;
  const exited = new Promise<number>((resolve) => {
    child.once("exit", (code) => resolve(code ?? -1));
    child.once("error", () => resolve(127));
  });
  const ready = new Promise<boolean>((resolve) => {
    const lines = createInterface({ input: child.stdout });
    lines.on("line", (line) => {
      log.write(`${line}\n`);
      failure = failureIn(line) ?? failure;
      if (line.includes('"event":"ready"')) resolve(true);
    });
    void exited.then(() => resolve(false));
  });
  child.stderr.on("data", (bytes) => log.write(bytes));
  void exited.then(() => log.end());

  return {
    pid: child.pid ?? 0,
    ready,
    exited,
    failure: () => failure,
    stop: async (ms) => {
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), ms);
      await exited;
      clearTimeout(timer);
    },
  };
}

/** The reason in a log line of run.ts that tells of a failure, or null. */
function failureIn(line: string): string | null {
  if (!line.includes('"event":"failed"') && !line.includes('"event":"crashed"')) return null;
  try {
    const said: unknown = JSON.parse(line);
    return typeof said === "object" && said !== null && "why" in said ? String(said.why) : null;
  } catch {
    return null;
  }
}

function rotated(path: string): void {
  try {
    if (statSync(path).size > LOG_BYTES_MAX) renameSync(path, `${path}.old`);
  } catch {
    // There is none yet.
  }
}
