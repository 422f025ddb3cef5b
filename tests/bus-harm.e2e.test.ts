/**
 * SIGKILL to the bus, to ingest and to Redis while messages are sent: what was
 * confirmed is in the journal, once. Ten thousand messages here; a hundred thousand
 * a round by `bun run soak --bus`.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { harmDone, harmTheBus } from "./world/bus-harm.ts";
import { needPythonZmq } from "./world/bus-system.ts";

const MESSAGES = 10_000;
let place: string;

beforeAll(async () => {
  needPythonZmq();
  place = await mkdtemp(join(tmpdir(), "vb-bus-harm-"));
});

afterAll(async () => {
  await rm(place, { recursive: true, force: true });
}, 30_000);

test("killed at random, the bus loses and doubles nothing that it confirmed", async () => {
  const harm = await harmTheBus({
    ...{ place, messages: MESSAGES, seconds: 10, seed: 11 },
    killEveryMs: [300, 1500],
  });
  expect(harmDone(harm)).toBeNull();
  expect(harm.confirmed).toBe(MESSAGES / 2);
  expect(harm.kills.bus).toBeGreaterThan(0);
  expect(harm.kills.ingest).toBeGreaterThan(0);
  expect(harm.kills.redis).toBeGreaterThan(0);
  // Pushed messages die with the bus that held them, and no others do.
  expect(harm.pushedLost).toBeLessThan(harm.pushed);
}, 60_000);
