import { expect, test } from "bun:test";
import { failuresAfter, waitBefore } from "./backoff.ts";
import { keep, type Running } from "./keep.ts";
import { watchedOf } from "./plan.ts";

function fakes() {
  const started: PromiseWithResolvers<number>[] = [];
  const waits: number[] = [];
  const start = async (): Promise<Running> => {
    const exit = Promise.withResolvers<number>();
    started.push(exit);
    return {
      pid: started.length,
      ready: Promise.resolve(true),
      exited: exit.promise,
      failure: () => null,
      stop: async () => exit.resolve(0),
    };
  };
  const keeper = keep({
    name: "x",
    start,
    changed: () => {},
    now: () => new Date(0),
    chance: () => 0.5,
    wait: async (ms) => {
      waits.push(ms);
      await Promise.resolve();
    },
  });
  return { keeper, started, waits };
}

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};

test("U1: what dies is started again after a growing wait, and counted", async () => {
  const { keeper, started, waits } = fakes();
  await keeper.firstReady;
  for (let death = 0; death < 3; death += 1) {
    started.at(-1)?.resolve(137);
    await settled();
  }
  expect(started).toHaveLength(4);
  expect(keeper.now()).toMatchObject({ state: "running", restarts: 3, pid: 4, last_exit: 137 });
  expect(waits).toEqual([200, 400, 800]);
  await keeper.stop(1000);
});

test("U2: after stop nothing is started any more", async () => {
  const { keeper, started } = fakes();
  await keeper.firstReady;
  await keeper.stop(1000);
  await settled();
  expect(started).toHaveLength(1);
  expect(keeper.now().state).toBe("stopped");
});

test("U3: what cannot be started even once says so with its own reason", async () => {
  const keeper = keep({
    name: "ingest",
    start: async () => ({
      pid: 1,
      ready: Promise.resolve(false),
      exited: Promise.resolve(74),
      failure: () => "the journal is damaged",
      stop: async () => {},
    }),
    changed: () => {},
    now: () => new Date(0),
    chance: () => 0,
    wait: async () => await new Promise(() => {}),
  });
  await expect(keeper.firstReady).rejects.toThrow(
    "ingest could not be started: the journal is damaged",
  );
});

test("the wait grows to half a minute and begins again after a stable minute", () => {
  expect(waitBefore(0, 0.5)).toBe(200);
  expect(waitBefore(50, 0.5)).toBe(30_000);
  expect(failuresAfter(9, 1000)).toBe(10);
  expect(failuresAfter(9, 61_000)).toBe(1);
});

test("named folders are watched, else the known ones, else the sample", () => {
  const around = {
    cwd: "/here",
    userHome: "/home/ada",
    claudeConfigDir: undefined,
    sample: "/sample",
  };
  const options = {
    home: "/h",
    port: 1,
    host: "127.0.0.1",
    noWatch: false,
    acceptLoss: false,
    bus: null,
  };
  const folders = (watch: readonly string[], exists: boolean) =>
    watchedOf({ ...options, watch }, { ...around, exists: () => exists });
  expect(folders(["a", "/b"], true)).toEqual({
    folders: [
      { source: "auto", path: "/here/a" },
      { source: "auto", path: "/b" },
    ],
    sample: false,
    notFound: [],
  });
  const known = [{ source: "claude-code", path: "/home/ada/.claude/projects" }] as const;
  expect(folders([], true)).toEqual({ folders: known, sample: false, notFound: [] });
  expect(folders([], false)).toEqual({
    folders: [{ source: "claude-code", path: "/sample" }],
    sample: true,
    notFound: known,
  });
  expect(
    watchedOf({ ...options, watch: [], noWatch: true }, { ...around, exists: () => true }).folders,
  ).toEqual([]);
});
