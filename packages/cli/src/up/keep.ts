/**
 * Keeping one process running: started, watched, started again when it dies,
 * stopped once.
 *
 *   U1  What dies is started again, after a growing wait, and counted.
 *   U2  After `stop` nothing is started any more.
 *   U3  What cannot be started even once says so with its own reason.
 */
import { VerbatimError } from "@verbatim/core";
import { failuresAfter, waitBefore } from "./backoff.ts";

/** What is kept running; a driver's program or server. */
export type Running = {
  readonly pid: number;
  /** False when it ended before it was ready. */
  readonly ready: Promise<boolean>;
  readonly exited: Promise<number>;
  /** The reason it gave when it failed. */
  failure(): string | null;
  stop(ms: number): Promise<void>;
};

export type Kept = {
  readonly name: string;
  readonly pid: number | null;
  readonly state: "starting" | "running" | "waiting to start again" | "stopped";
  readonly restarts: number;
  readonly since: string;
  readonly last_exit: number | null;
};

export type Keeper = {
  /** Resolves when it is ready for the first time. Rejects with what `start` said when it cannot be started at all. */
  readonly firstReady: Promise<void>;
  now(): Kept;
  stop(ms: number): Promise<void>;
};

export type KeepOptions = {
  readonly name: string;
  readonly start: () => Promise<Running>;
  /** Called after every change, to write it down. */
  readonly changed: () => void;
  readonly now: () => Date;
  readonly chance: () => number;
  readonly wait: (ms: number) => Promise<void>;
};

function cannotStart(name: string, running: Running): VerbatimError {
  const why = running.failure();
  return new VerbatimError(
    "service_missing",
    `${name} could not be started${why === null ? "; its log in <home>/logs says why" : `: ${why}`}`,
  );
}

/** Starts it and keeps it. */
export function keep(options: KeepOptions): Keeper {
  let state: Kept = {
    name: options.name,
    pid: null,
    state: "starting",
    restarts: 0,
    since: options.now().toISOString(),
    last_exit: null,
  };
  let running: Running | null = null;
  let stopping = false;
  const first = Promise.withResolvers<void>();
  first.promise.catch(() => undefined);

  function set(change: Partial<Kept>): void {
    state = { ...state, ...change, since: options.now().toISOString() };
    options.changed();
  }

  async function runOnce(): Promise<void> {
    running = await options.start();
    set({ pid: running.pid, state: "starting" });
    if (await running.ready) {
      set({ state: "running" });
      first.resolve();
    } else first.reject(cannotStart(options.name, running));
    const code = await running.exited;
    running = null;
    set({ pid: null, last_exit: code, state: stopping ? "stopped" : "waiting to start again" });
  }

  async function forEver(): Promise<void> {
    for (let failures = 0; !stopping; ) {
      const started = options.now().getTime();
      try {
        await runOnce();
      } catch (error) {
        set({ pid: null, state: "waiting to start again" });
        first.reject(error);
      }
      if (stopping) return;
      failures = failuresAfter(failures, options.now().getTime() - started);
      await options.wait(waitBefore(failures - 1, options.chance()));
      if (!stopping) set({ restarts: state.restarts + 1 });
    }
  }

  const done = forEver();
  return {
    firstReady: first.promise,
    now: () => state,
    stop: async (ms) => {
      stopping = true;
      await running?.stop(ms);
      await Promise.race([done, options.wait(ms)]);
      set({ state: "stopped", pid: null });
    },
  };
}
