/**
 * How every program of ours starts and ends.
 *
 * `run` gives `main` a signal that fires on SIGTERM, SIGINT, or when the parent
 * that started us is gone (our stdin, a pipe, has ended), and a stack for
 * whatever must be closed. Things are closed in the reverse of the order they
 * were opened, also when `main` throws, within STOP_MS; the exit code says which
 * failure it was. After that the process ends, whatever still hangs.
 */
import { fstatSync } from "node:fs";
import { failureOf, type Log, VerbatimError } from "@verbatim/core";
import { withDeadline } from "./deadline.ts";

/** Longer than any one step's own deadline; shorter than a supervisor's patience. */
const STOP_MS = 10_000;

export type Main = (signal: AbortSignal, opened: AsyncDisposableStack) => Promise<void>;

/** Runs a program to its end and leaves with its exit code. Never returns early. */
export async function run(main: Main, log: Log): Promise<void> {
  const stop = new AbortController();
  for (const name of ["SIGTERM", "SIGINT"] as const) process.on(name, () => stop.abort(name));
  stopWithParent(stop);

  const opened = new AsyncDisposableStack();
  let code = 0;
  try {
    await main(stop.signal, opened);
  } catch (error) {
    code = codeOf(error, log);
  }
  try {
    await withDeadline(STOP_MS, "closing", opened.disposeAsync());
  } catch (error) {
    log.warn("closing_failed", { why: String(error) });
  }
  log.info("stopped", { code });
  process.exit(code);
}

function codeOf(error: unknown, log: Log): number {
  if (error instanceof VerbatimError) {
    log.error("failed", { code: error.code, why: error.message, facts: error.facts });
    return failureOf(error.code).exit;
  }
  log.error("crashed", { why: error instanceof Error ? error.stack : String(error) });
  return 70;
}

/** A parent that holds our stdin as a pipe is our lifeline: when it dies, however it dies, the pipe ends. */
function stopWithParent(stop: AbortController): void {
  if (!isPipe()) return;
  process.stdin.on("end", () => stop.abort("parent gone"));
  process.stdin.on("error", () => stop.abort("parent gone"));
  process.stdin.resume();
}

function isPipe(): boolean {
  try {
    const stdin = fstatSync(0);
    return stdin.isFIFO() || stdin.isSocket();
  } catch {
    return false;
  }
}
