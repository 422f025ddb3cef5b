/**
 * A failpoint for any program of ours: preloaded (`bun --preload`, or BUN_OPTIONS
 * for programs that start others), it counts what the program changes, files and
 * statements to Postgres and Redis, and kills it with SIGKILL before the n-th. A
 * write to a file it dies at is done by half. die.ts arms it.
 *
 * The file that VERBATIM_TEST_FAILPOINT names says when and whom: it is taken away
 * before the kill, so that whoever is started again lives. Sources of ours are
 * loaded with `node:fs` replaced; nothing of this is in the programs themselves.
 */
import * as real from "node:fs";
import * as promised from "node:fs/promises";
import Redis from "ioredis";
import pg from "pg";
import type { Armed } from "./die.ts";

const ARM = process.env["VERBATIM_TEST_FAILPOINT"] ?? "";
const NOW = process.env["VERBATIM_TEST_NOW"];
const SOURCES = /[/]packages[/][a-z]+[/]src[/].*[.]ts$/;
/** Of node:fs, what changes something. */
const CHANGING: readonly string[] = [
  ..."fdatasync fsyncSync ftruncateSync mkdirSync renameSync rmSync unlinkSync linkSync".split(" "),
  ..."utimesSync copyFileSync writeFileSync appendFileSync createWriteStream".split(" "),
  ..."write writeSync writevSync".split(" "),
];
const PROMISED: readonly string[] =
  "rename rm link mkdir utimes chmod writeFile appendFile copyFile".split(" ");
const OF_HANDLES: readonly string[] =
  "write writev writeFile appendFile sync datasync truncate utimes".split(" ");

type Work = (...given: readonly unknown[]) => unknown;

let armed: Armed | null = null;
let done = 0;

/** One more thing is about to be changed: the last one is not. */
function next(kind: Armed["kinds"][number], byHalf: () => void = () => undefined): void {
  armed ??= armedNow();
  if (armed === null || !armed.kinds.includes(kind)) return;
  done += 1;
  if (done < armed.nth) return;
  byHalf();
  real.rmSync(ARM, { force: true });
  process.kill(process.pid, "SIGKILL");
}

function armedNow(): Armed | null {
  try {
    const said: Armed = JSON.parse(real.readFileSync(ARM, "utf8"));
    return process.argv.some((one) => one.includes(said.program)) ? said : null;
  } catch {
    return null;
  }
}

function before(work: Work, byHalf: Work = () => undefined): Work {
  return (...given) => {
    next("files", () => void byHalf(...given));
    return work(...given);
  };
}

/** Half of the bytes of a write, where it was to begin. */
function half(...[fd, bytes, offset, length, at]: readonly unknown[]): void {
  if (typeof fd !== "number" || !(bytes instanceof Uint8Array)) return;
  const from = typeof offset === "number" ? offset : 0;
  const all = typeof length === "number" ? length : bytes.length - from;
  real.writeSync(fd, bytes, from, all >> 1, typeof at === "number" ? at : null);
}

function overHandle(handle: promised.FileHandle): promised.FileHandle {
  for (const name of OF_HANDLES) {
    const work: Work = Reflect.get(handle, name);
    const value = before(work.bind(handle), (...given) => {
      if (name === "write") half(handle.fd, ...given);
    });
    Object.defineProperty(handle, name, { value });
  }
  return handle;
}

function isChange(flags: unknown): boolean {
  return flags !== undefined && flags !== "r";
}

function overFs(): Record<string, unknown> {
  const made: Record<string, unknown> = { ...real };
  for (const name of CHANGING)
    made[name] = before(Reflect.get(real, name), name.startsWith("write") ? half : undefined);
  made["openSync"] = (path: string, flags: string, mode?: number) => {
    if (isChange(flags)) next("files");
    return real.openSync(path, flags, mode);
  };
  return made;
}

function overPromised(): Record<string, unknown> {
  const made: Record<string, unknown> = { ...promised };
  for (const name of PROMISED) made[name] = before(Reflect.get(promised, name));
  made["open"] = async (path: string, flags?: string, mode?: number) => {
    if (isChange(flags)) next("files");
    return overHandle(await promised.open(path, flags, mode));
  };
  return made;
}

/** Calls of an object are counted from now on. */
function watch(of: object, name: string, kind: Armed["kinds"][number]): void {
  const work: Work = Reflect.get(of, name);
  Reflect.set(of, name, function counted(this: unknown, ...given: readonly unknown[]) {
    next(kind);
    return work.apply(this, [...given]);
  });
}

/** With one clock for all runs, what is made has the same names and times. */
function stopClock(now: number): void {
  const { Date: real } = globalThis;
  globalThis.Date = class extends real {
    constructor(...given: readonly (number | string)[]) {
      super(given[0] ?? now);
    }
    static override now(): number {
      return now;
    }
  } as DateConstructor;
}

if (ARM !== "") {
  process.on("exit", () => {
    if (armed !== null) real.writeFileSync(`${ARM}.done`, String(done));
  });
  if (NOW !== undefined) stopClock(Date.parse(NOW));
  watch(pg.Client.prototype, "query", "sql");
  watch(Redis.prototype, "sendCommand", "redis");
  Bun.plugin({
    name: "failpoint",
    setup: (build) => {
      build.module("failpoint:fs", () => ({ exports: overFs(), loader: "object" }));
      build.module("failpoint:promises", () => ({ exports: overPromised(), loader: "object" }));
      build.onLoad({ filter: SOURCES }, ({ path }) => ({
        contents: real
          .readFileSync(path, "utf8")
          .replaceAll('from "node:fs"', 'from "failpoint:fs"')
          .replaceAll('from "node:fs/promises"', 'from "failpoint:promises"'),
        loader: "ts",
      }));
    },
  });
}
