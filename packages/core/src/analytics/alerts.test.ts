import { expect, test } from "bun:test";
import fc from "fast-check";
import { aMessage, memoryNumbers } from "../testing/memory-numbers.ts";
import { metricsText } from "./alert-metrics.ts";
import { type AlertRule, readAlertRules } from "./alert-rules.ts";
import {
  type AlertState,
  alertPeriods,
  alertStateOf,
  type Crossed,
  crossed,
  heldOn,
} from "./alerts.ts";
import { gather } from "./report.ts";
import type { Report } from "./report-shape.ts";
import { signedWebhook, webhookBody, webhookSignature } from "./webhook.ts";

const EMPTY = await gather(memoryNumbers([]), { domains: [], now: "2026-01-01T00:00:00.000Z" });
const TALK = await gather(memoryNumbers([aMessage(1)]), {
  domains: [],
  now: "2026-01-02T00:00:00.000Z",
});
const withAsides = (asides: number): Report => ({ ...TALK, asides });
const rule = (over: Partial<AlertRule> = {}): AlertRule => ({
  name: "aside",
  metric: "asides",
  above: 10,
  hours: 24,
  ...over,
});
const minute = (at: number): string => new Date(Date.UTC(2026, 0, 1, 0, at)).toISOString();
const look = (report: Report | null, at: number, before: AlertState, one = rule()): Crossed =>
  crossed(
    [one],
    { reports: new Map(report === null ? [] : [[one.hours, report]]), now: minute(at) },
    before,
  );
const typesOf = ({ events }: Crossed): readonly string[] => events.map(({ type }) => type);

test("N6: what stays crossed is told once, and its end once", () => {
  const told: string[] = [];
  let state: AlertState = {};
  for (const [at, asides] of [5, 11, 12, 11, 10, 3, 40].entries()) {
    const now = look(withAsides(asides), at, state);
    told.push(...now.events.map(({ type, value }) => `${at} ${type} ${value}`));
    state = now.state;
  }
  expect(told).toEqual(["1 alert.fired 11", "4 alert.ended 10", "6 alert.fired 40"]);
  expect(state).toEqual({ aside: { since: minute(6), value: 40 } });
});

test("N6: a number nobody knows, and a period without a report, neither cross nor end", () => {
  const low = rule({ name: "low", metric: "collaboration_score", above: undefined, below: 50 });
  expect(look(EMPTY, 0, {}, low)).toEqual({ events: [], state: {} });
  const state = look(TALK, 0, {}, low).state;
  expect(state).toMatchObject({ low: { since: minute(0) } });
  expect(look(EMPTY, 1, state, low)).toEqual({ events: [], state });
  expect(look(null, 1, state, low)).toEqual({ events: [], state });
});

test("N6: fired and ended alternate, whatever the numbers do", () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.integer({ min: 0, max: 20 }))), (values) => {
      let state: AlertState = {};
      const told: string[] = [];
      for (const [at, value] of values.entries()) {
        const now = look(value === null ? null : withAsides(value), at, state);
        told.push(...typesOf(now));
        state = now.state;
      }
      told.forEach((type, at) => {
        expect(type).toBe(at % 2 === 0 ? "alert.fired" : "alert.ended");
      });
      expect(Object.keys(state)).toHaveLength(told.length % 2);
    }),
  );
});

test("an alert says its number, its bound and since when", () => {
  const fired = look(withAsides(11), 1, {});
  expect(fired.events[0]).toMatchObject({
    id: `alert_aside_${Date.parse(minute(1))}_fired`,
    says: "aside: asides of the last 24 h is 11, above 10.",
    since: minute(1),
  });
  expect(look(withAsides(1), 9, fired.state).events[0]).toMatchObject({
    id: `alert_aside_${Date.parse(minute(9))}_ended`,
    since: minute(1),
    says: `aside is over: asides of the last 24 h is 1, no longer above 10 as since ${minute(1)}.`,
  });
});

test("a rule that is gone is forgotten, and each rule is judged by its own period", () => {
  const state = look(withAsides(11), 1, {}).state;
  expect(crossed([], { reports: new Map(), now: minute(2) }, state)).toEqual({
    events: [],
    state: {},
  });
  const rules = [rule(), rule({ name: "hourly", hours: 1, above: 100 }), rule({ name: "c" })];
  expect(alertPeriods(rules)).toEqual([1, 24]);
  const reports = new Map([
    [1, withAsides(50)],
    [24, withAsides(90)],
  ]);
  const names = crossed(rules, { reports, now: minute(0) }, {}).events.map((one) => one.rule.name);
  expect(names).toEqual(["aside", "c"]);
});

test("rules are read, and a period that is not given is a day", () => {
  const read = readAlertRules(
    `\ufeff{"rules":[{"name":"tools","metric":"tools.error_share","above":0.2,
      "webhook":{"url":"https://example.org/x?y=1","secret_env":"HOOK"}},
      {"name":"keys","metric":"secrets.aws.key","above":0,"hours":1}]}`,
  );
  expect(read).toMatchObject({
    rules: [{ name: "tools", hours: 24 }, { hours: 1 }],
    problem: null,
    broken: [],
  });
});

const good = { name: "a", metric: "asides", above: 1 };
const why = (rules: unknown): string => readAlertRules(JSON.stringify({ rules })).problem ?? "";

test("N8: a broken rule loses only itself, and what it held goes on", () => {
  const read = readAlertRules(
    JSON.stringify({
      rules: [
        { ...good, name: "b", hours: 0 },
        good,
        { metric: "asides" },
        7,
        { ...good, above: 9 },
      ],
    }),
  );
  expect(read.rules).toEqual([{ ...rule({ name: "a", above: 1 }) }]);
  expect(read.broken).toEqual(["b"]);
  const faults = (read.problem ?? "").split("; ");
  expect(faults.map((one) => one.slice(0, one.indexOf(":")))).toEqual([
    'rule "b"',
    "rule 3",
    "rule 4",
    'rule "a"',
  ]);
  expect(faults[3]).toContain("another rule has the same name");
  const held = { b: { since: minute(0), value: 4 }, gone: { since: minute(0), value: 5 } };
  expect(heldOn(read.broken, held)).toEqual({ b: held.b });
  expect(heldOn("all", held)).toEqual(held);
});

test("what is wrong with a rule is said, and where", () => {
  expect(why([good])).toBe("");
  expect(why([{ ...good, metric: "tools.eror" }])).toBe(
    'rule "a": "metric" "tools.eror" is no number of a report; docs/reports.md lists them, and so does verbatim doctor',
  );
  expect(metricsText()).toContain("total_messages, counted_messages");
  expect(metricsText()).toContain("speakers.⟨name⟩");
  expect(why([{ ...good, metric: "speakers." }])).toContain("is no number of a report");
  expect(why([{ name: "a", metric: "asides" }])).toBe('rule "a": needs "above" or "below"');
  expect(why([{ ...good, below: 5 }])).toContain('"above" must be more than "below"');
  expect(why([{ ...good, name: "a b" }])).toContain('rule 1: "name" must be letters');
  expect(why([{ ...good, hours: 0 }])).toContain('"hours"');
  expect(why([{ ...good, abov: 3 }])).toBe('rule "a": has unknown parts: abov');
  expect(why([{ metric: "asides", above: 1 }])).toBe('rule 1: "name" is missing');
  expect(why([7])).toBe("rule 1: must be of kind object");
  const hook = (url: string, secret_env = "HOOK"): string =>
    why([{ ...good, webhook: { url, secret_env } }]);
  expect(hook("file:///etc/passwd")).toContain('"webhook.url" must be an address');
  expect(hook("https://x.org/", "whsec_a+b")).toContain("the name of an environment variable");
  expect(readAlertRules('{"rules": [}')).toMatchObject({
    broken: "all",
    problem: expect.stringContaining("line 1, column 12"),
  });
  expect(why(7)).toContain("the file must be");
  expect(readAlertRules("[]").broken).toBe("all");
});

test("what was crossed survives being written down; rubbish is nothing crossed", () => {
  const { state } = look(withAsides(11), 1, {});
  expect(alertStateOf(JSON.stringify(state))).toEqual(state);
  expect(alertStateOf("{")).toEqual({});
  expect(alertStateOf('{"a":1}')).toEqual({});
});

test("a webhook is signed over id, time and body, with the key its secret stands for", () => {
  const [event] = look(withAsides(11), 1, {}).events;
  if (event === undefined) throw new Error("nothing fired");
  const signed = (secret: string): string[] => {
    const seen: string[] = [];
    const hmac = (key: Uint8Array, text: string): string => {
      seen.push(Buffer.from(key).toString("hex"), text);
      return "c2ln";
    };
    const { headers, body } = signedWebhook(event, {
      now: "2026-01-01T00:01:02.900Z",
      secret,
      hmac,
    });
    expect(headers).toEqual({
      "content-type": "application/json",
      "webhook-id": event.id,
      "webhook-timestamp": "1767225662",
      "webhook-signature": "v1,c2ln",
    });
    expect(seen[1]).toBe(`${event.id}.1767225662.${body}`);
    return seen;
  };
  expect(signed("whsec_AQID")[0]).toBe("010203");
  expect(signed("plain")[0]).toBe(Buffer.from("plain").toString("hex"));
  expect(JSON.parse(webhookBody(event))).toEqual({
    type: "alert.fired",
    timestamp: minute(1),
    data: {
      name: "aside",
      metric: "asides",
      value: 11,
      above: 10,
      hours: 24,
      since: minute(1),
      says: event.says,
    },
  });
});

test("the signature is the one that the specification's own libraries give", () => {
  const hmac = (key: Uint8Array, text: string): string =>
    new Bun.CryptoHasher("sha256", key).update(text).digest("base64");
  const sent = {
    id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
    timestamp: "1614265330",
    body: '{"test": 2432232314}',
  };
  expect(webhookSignature(sent, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", hmac)).toBe(
    "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  );
});
