import { expect, test } from "bun:test";
import type { Log } from "@verbatim/core";
import { type ChorePorts, doChore, keepClock } from "./chores.ts";

const away = async (): Promise<never> => {
  throw new Error("Postgres is away");
};
const stay = new AbortController().signal;

function logTo(events: string[]): Log {
  return {
    info: () => {},
    warn: (event, facts) => void events.push(`${event}: ${facts?.["why"]}`),
    error: () => {},
  };
}

function portsOf(log: Log): ChorePorts {
  const numbers = {
    ...{
      together: away,
      counted: away,
      tallies: away,
      sessions: away,
      open: away,
      asides: away,
      said: away,
    },
  };
  const now = (): Date => new Date("2026-01-01T00:00:00.000Z");
  const heard = async (): Promise<number> => 9;
  const pause = async (): Promise<void> => {};
  const shared = { heard, pause, env: {}, numbers, domains: async () => [], now, log };
  const shelf = {
    ids: async () => [],
    read: async () => null,
    sizes: async () => null,
    save: away,
    remove: away,
  };
  return {
    report: { ...shared, shelf, putOff: away },
    alerts: {
      ...shared,
      rules: async () => null,
      note: { load: async () => null, save: async () => {} },
      chores: { deliver: away },
    },
    delivery: { env: {}, now, hmac: () => "", post: away },
  };
}

const work = (name: string, data: unknown): Parameters<typeof doChore>[0] => ({
  ...{ id: "1", name, data, added_at: "2026-01-01T00:00:00.000Z", progress: async () => {} },
});

test("a look at the alerts that fails is logged, and the next one comes by the clock", async () => {
  const events: string[] = [];
  expect(await doChore(work("alerts", null), portsOf(logTo(events)), stay)).toBeNull();
  expect(events).toEqual(["alerts_not_checked: Postgres is away"]);
});

test("a report that fails is a failed job, which is tried again", async () => {
  const job = work("report", { ask: {}, only_if_new: false });
  await expect(doChore(job, portsOf(logTo([])), stay)).rejects.toThrow("Postgres is away");
});

test("the clock is set for all, and a Redis that is away is no reason to end", async () => {
  const events: string[] = [];
  const asked: (readonly [string, number])[] = [];
  const every = async (name: string, ms: number): Promise<void> => void asked.push([name, ms]);
  await keepClock({ every }, 5000, logTo(events))[Symbol.asyncDispose]();
  await keepClock({ every: away }, 5000, logTo(events))[Symbol.asyncDispose]();
  expect(asked).toEqual([
    ["report", 6 * 3_600_000],
    ["alerts", 5000],
    ["checkpoint", 300_000],
    ["retention", 24 * 3_600_000],
  ]);
  expect(events).toEqual(["clock_not_set: Postgres is away"]);
});
