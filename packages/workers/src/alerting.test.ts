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
        counted: async () => ({ counted_to: one.counted, settled_to: 9, taxonomy: "t@1" }),
        tallies: async () => [],
        sessions: async () => 0,
        open: async () => [],
        asides: async () => 0,
        said: async () => [],
      },
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

test("while everything is counted again nobody is woken", async () => {
  const one = fake(rule(1));
  one.counted = 3;
  await checkAlerts(one.ports);
  expect([one.queue.size, kept(one).firing]).toEqual([0, {}]);
  await checkAlerts({ ...one.ports, rules: async () => null });
});
