/**
 * A server that cannot outlive us.
 *
 * It runs below a shell that holds a pipe from us. When we end, however we end,
 * the pipe ends, and the shell stops the server: politely, then for good. The
 * shell is a session of its own, so that Ctrl-C in a terminal reaches only us
 * and servers are stopped in our order.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { openSync } from "node:fs";

/** The server gets this long after a polite signal; then it is killed. */
const POLITE_S = 8;

/** $1 is the polite signal, the rest the command. The server's pid goes to stdout as its first line. */
const GUARD = `
signal=$1; shift
exec 3<&0 </dev/null
"$@" >&4 2>&4 &
server=$!
echo $server
(
  cat <&3 >/dev/null
  kill -s $signal $server 2>/dev/null
  left=${POLITE_S}
  while [ $left -gt 0 ] && kill -s 0 $server 2>/dev/null; do sleep 1; left=$((left - 1)); done
  kill -s KILL $server 2>/dev/null
) &
watcher=$!
exec 3<&-
wait $server
code=$?
kill -s KILL $watcher 2>/dev/null
exit $code
`;

export type Guarded = {
  /** Of the server itself, not of its guard. */
  readonly pid: number;
  /** Resolves with the exit code when the server has ended. */
  readonly exited: Promise<number>;
  /** Asks it to end and waits; bounded by the guard. */
  stop(): Promise<void>;
};

/** Starts `command` under a guard, its output appended to `log`. */
export async function startGuarded(
  command: readonly string[],
  options: {
    readonly log: string;
    readonly signal: "TERM" | "INT";
    readonly env?: NodeJS.ProcessEnv;
  },
): Promise<Guarded> {
  const out = openSync(options.log, "a", 0o600);
  const child = spawn("/bin/sh", ["-c", GUARD, "guard", options.signal, ...command], {
    stdio: ["pipe", "pipe", "ignore", "ignore", out],
    detached: true,
    ...(options.env === undefined ? {} : { env: options.env }),
  });
  const exited = new Promise<number>((resolve) => {
    child.once("exit", (code) => resolve(code ?? 1));
    child.once("error", () => resolve(127));
  });
  const pid = await firstLine(child);
  return {
    pid: Number(pid),
    exited,
    stop: async () => {
      child.stdin?.end();
      await exited;
    },
  };
}

async function firstLine(child: ChildProcess): Promise<string> {
  return await new Promise((resolve) => {
    child.stdout?.once("data", (bytes: Buffer) => resolve(bytes.toString().trim()));
    child.once("exit", () => resolve("0"));
  });
}
