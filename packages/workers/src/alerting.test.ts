import { expect, test } from "bun:test";
import { type AlertEvent, type AlertsNote, alertsNoteOf, type Log } from "@verbatim/core";
import { type AlertPorts, checkAlerts } from "./alerting.ts";

type Fake = {
  readonly ports: AlertPorts;
  rules: string | null;
  /** The queue, by name: a name is taken once. */
  readonly queue: Map<string, AlertEvent>;
  readonly logged: string[];
  note: string | null;
  /** What fails next: writing down, or handing on. */
  failing: "save" | "deliver" | null;
  counted: number;
  heard: number;
};

function fake(rules: string | null): Fake {
  const logged: string[] = [];
  const log: Log = {
    info: () => {},
    warn: (event, facts) => void logged.push(`${event} ${facts?.["type"]} ${facts?.["name"]}`),
    error: (event) => void logged.push(event),
  };
  const one: Fake = {
    rules,
    queue: new Map(),
    logged,
    note: null,
    failing: null,
    counted: 9,
    heard: 9,
    ports: {
      rules: async () => one.rules,
      note: {
        load: async () => one.note,
        save: async (text) => {
          if (one.failing === "save") throw new Error("no room");
          one.note = text;
        },
      },
      numbers: {
        together: (read) => read(one.ports.numbers),
        counted: async () => ({ counted_to: one.counted, settled_to: 9, taxonomy: "t@1" }),
        tallies: async () => [],
        sessions: async () => 0,
        open: async () => [],
        asides: async () => 0,
        said: async () => [],
      },
      heard: async () => one.heard,
      pause: async () => {},
      env: {},
      domains: async () => ["ui_ux"],
      chores: {
        deliver: async (event) => {
          if (one.failing === "deliver") throw new Error("Redis is away");
          if (!one.queue.has(event.id)) one.queue.set(event.id, event);
        },
      },
      now: () => new Date("2026-01-02T00:00:00.000Z"),
      log,
    },
  };
  return one;
}

const rule = (below: number): string =>
  JSON.stringify({
    rules: [
      {
        name: "quiet",
        metric: "counted_messages",
        below,
        webhook: { url: "http://127.0.0.1:9/hook", secret_env: "S" },
      },
    ],
  });
const kept = (one: Fake): AlertsNote => alertsNoteOf(one.note ?? "");
const told = (one: Fake): readonly string[] => [...one.queue.values()].map(({ type }) => type);

test("O1: what begins is told once while it holds, and once when it is over", async () => {
  const one = fake(rule(1));
  await checkAlerts(one.ports);
  await checkAlerts(one.ports);
  expect([told(one), Object.keys(kept(one).firing)]).toEqual([["alert.fired"], ["quiet"]]);
  one.rules = rule(-1);
  await checkAlerts(one.ports);
  await checkAlerts(one.ports);
  expect(told(one)).toEqual(["alert.fired", "alert.ended"]);
  expect(kept(one).firing).toEqual({});
  expect(one.logged).toEqual(["alert alert.fired quiet", "alert alert.ended quiet"]);
});

test("O1: what could not be handed on is, by the same name, at the next look", async () => {
  const one = fake(rule(1));
  one.failing = "deliver";
  await expect(checkAlerts(one.ports)).rejects.toThrow("Redis is away");
  const names = kept(one).pending.map(({ id }) => id);
  expect(names).toHaveLength(1);
  one.failing = null;
  await checkAlerts(one.ports);
  await checkAlerts(one.ports);
  expect([...one.queue.keys()]).toEqual(names);
  expect(kept(one).pending).toEqual([]);
});

test("O1: nothing is told that is not written down", async () => {
  const one = fake(rule(1));
  one.failing = "save";
  await expect(checkAlerts(one.ports)).rejects.toThrow("no room");
  expect([one.queue.size, one.logged]).toEqual([0, []]);
});

test("broken rules are told and stop nothing; what held goes on holding", async () => {
  const one = fake(rule(1));
  await checkAlerts(one.ports);
  one.rules = '{"rules": 7}';
  await checkAlerts(one.ports);
  expect(kept(one).problem).toContain("rules");
  expect(Object.keys(kept(one).firing)).toEqual(["quiet"]);
  expect(one.logged).toContain("alerts_invalid");
  one.rules = rule(1);
  await checkAlerts(one.ports);
  expect([kept(one).problem, one.queue.size]).toEqual([null, 1]);
});

test("O3: while what was heard is not all counted nobody is woken, and nothing ends", async () => {
  const one = fake(rule(1));
  const looked = async (counted: number, heard: number): Promise<readonly string[]> => {
    Object.assign(one, { counted, heard });
    await checkAlerts(one.ports);
    return told(one);
  };
  // Counted again; heard and not settled; nothing heard at all.
  expect(await looked(3, 9)).toEqual([]);
  expect(await looked(9, 10)).toEqual([]);
  expect(await looked(9, 0)).toEqual([]);
  expect(kept(one)).toMatchObject({ checked_at: null, firing: {} });
  expect(await looked(9, 9)).toEqual(["alert.fired"]);
  one.rules = rule(-1);
  expect(await looked(0, 9)).toEqual(["alert.fired"]);
  expect(await looked(9, 9)).toEqual(["alert.fired", "alert.ended"]);
});

test("O3: numbers that are forgotten between two looks at them wake nobody", async () => {
  const one = fake(rule(1));
  const { numbers } = one.ports;
  const forgetting = {
    ...numbers,
    together: async <Value>(read: (of: typeof numbers) => Promise<Value>): Promise<Value> => {
      one.counted = 0;
      return await read(numbers);
    },
  };
  await checkAlerts({ ...one.ports, numbers: forgetting });
  expect([told(one), kept(one).checked_at]).toEqual([[], null]);
});

test("O3: what was heard just now is waited for", async () => {
  const one = fake(rule(1));
  one.counted = 5;
  const pause = async (): Promise<void> => {
    one.counted += 1;
  };
  await checkAlerts({ ...one.ports, pause });
  expect(told(one)).toEqual(["alert.fired"]);
});

test("a broken rule stops no other, and secrets that are not set are named once", async () => {
  const one = fake(null);
  const [quiet] = JSON.parse(rule(1)).rules;
  const rules = [quiet, { ...quiet, name: "again" }];
  one.rules = JSON.stringify({ rules });
  await checkAlerts(one.ports);
  expect(kept(one).unset).toEqual(["S"]);
  one.rules = JSON.stringify({ rules: [quiet, { name: "again" }] });
  await checkAlerts({ ...one.ports, env: { S: "x" } });
  expect(Object.keys(kept(one).firing).toSorted()).toEqual(["again", "quiet"]);
  expect(kept(one)).toMatchObject({ unset: [], problem: expect.stringContaining('rule "again"') });
});
