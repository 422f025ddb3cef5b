import { expect, test } from "bun:test";
import fc from "fast-check";
import type { Message, Usage } from "../message/message.ts";
import { costOf, costOfMessage } from "./cost.ts";
import list from "./prices.json" with { type: "json" };

const NOW = "2025-12-01T00:00:00.000Z";
const call: Usage = { input_tokens: 1000, output_tokens: 200 };

test("a call costs its tokens, each kind at its own price", () => {
  expect(costOf(call, "claude-sonnet-4-5-20250929", NOW)).toBe(3000 + 3000);
  const cached: Usage = {
    ...call,
    cache_read_tokens: 10_000,
    cache_write_5m_tokens: 2000,
    cache_write_1h_tokens: 1000,
  };
  expect(costOf(cached, "claude-sonnet-4-5", NOW)).toBe(3000 + 3000 + 3000 + 7500 + 6000);
  expect(costOf(cached, "claude-sonnet-4-5", NOW)).toBe(
    costOf(cached, "claude-sonnet-4-5-20250929[1m]", NOW),
  );
  expect(costOf(call, "gpt-4o-mini", NOW)).toBe(150 + 120);
});

test("a price holds from its day on, and a longer prompt may have another", () => {
  expect(costOf(call, "o3", "2025-06-09T23:59:59.999Z")).toBe(10_000 + 8000);
  expect(costOf(call, "o3", "2025-06-10T00:00:00.000Z")).toBe(2000 + 1600);
  expect(costOf(call, "gpt-4o-2024-08-06", "2024-09-01T00:00:00.000Z")).toBe(2500 + 2000);
  expect(costOf(call, "gpt-4o", "2024-09-01T00:00:00.000Z")).toBe(5000 + 3000);
  const long: Usage = { input_tokens: 200_000, output_tokens: 0 };
  expect(costOf(long, "claude-sonnet-4-5", NOW)).toBe(600_000);
  expect(costOf({ ...long, cache_read_tokens: 1 }, "claude-sonnet-4-5", NOW)).toBe(1_200_001);
});

test("Y1: what is not known costs null, and nothing costs 0 but no tokens", () => {
  expect(costOf(call, "a-model-of-our-own", NOW)).toBeNull();
  expect(costOf(call, "gpt-4o-audio-preview", NOW)).toBeNull();
  expect(costOf(call, "claude-sonnet-4-5", "2024-01-01T00:00:00.000Z")).toBeNull();
  expect(costOf({ input_tokens: 5 }, "claude-sonnet-4-5", NOW)).toBeNull();
  expect(costOf({ output_tokens: 5 }, "claude-sonnet-4-5", NOW)).toBeNull();
  expect(costOf({ ...call, cache_write_5m_tokens: 1 }, "gpt-5", NOW)).toBeNull();
  expect(costOf({ ...call, cache_write_5m_tokens: 0 }, "gpt-5", NOW)).toBe(1250 + 2000);
  expect(costOf({ input_tokens: 300_000, output_tokens: 1 }, "claude-opus-4-6", "2026-02-10")).toBe(
    null,
  );
  expect(costOf({ input_tokens: 0, output_tokens: 0 }, "gpt-5", NOW)).toBe(0);
  expect(costOf({ input_tokens: 2 ** 53, output_tokens: 1 }, "gpt-5", NOW)).toBeNull();
});

test("Y2: a cost is whole micro-dollars, rounded once for the whole call", () => {
  // 0.5 and 0.6 of a micro-dollar: rounded one by one they would be 2.
  const small: Usage = { input_tokens: 10, output_tokens: 1, cache_read_tokens: 20 };
  expect(costOf(small, "gpt-5-nano", NOW)).toBe(1);
  const tokens = fc.integer({ min: 0, max: 10_000_000 });
  fc.assert(
    fc.property(
      tokens,
      tokens,
      fc.constantFrom(...list.prices),
      (input, output, { model, from }) => {
        const cost = costOf({ input_tokens: input, output_tokens: output }, model, from);
        expect(cost === null || (Number.isSafeInteger(cost) && cost >= 0)).toBe(true);
      },
    ),
  );
});

const message: Message = {
  id: "m",
  session_id: "s",
  source: "api",
  author: { name: "a", role: "assistant" },
  said_at: NOW,
  heard_at: NOW,
  seq: 1,
  sub: 0,
  kind: "message",
  parts: [],
  text: "",
  model: "gpt-5",
  usage: call,
  meta: {},
};

test("what the source says a call cost stands, and without usage nothing is said", () => {
  expect(costOfMessage(message)).toBe(1250 + 2000);
  expect(costOfMessage({ ...message, usage: { ...call, cost_usd: 0.25 } })).toBe(250_000);
  expect(costOfMessage({ ...message, meta: { cost_usd: 0.1 } })).toBe(100_000);
  expect(costOfMessage({ ...message, meta: { cost_usd: "much" } })).toBe(3250);
  expect(costOfMessage({ ...message, usage: { ...call, cost_usd: 1e300 } })).toBeUndefined();
  const { usage, ...silent } = message;
  expect(usage).toBeDefined();
  expect(costOfMessage(silent)).toBeUndefined();
});

test("every row of prices says its day, its model, its currency and where it is from", () => {
  const sources: Readonly<Record<string, string>> = list.sources;
  for (const { from, model, currency, provider, prices } of list.prices) {
    expect(from).toMatch(/^20\d\d-\d\d-\d\d$/);
    expect(model).toMatch(/^[a-z0-9.-]+$/);
    expect(currency).toBe("USD");
    expect(sources[provider]).toStartWith("https://");
    for (const rate of Object.values(prices)) expect(Number.isSafeInteger(rate)).toBe(true);
  }
});
