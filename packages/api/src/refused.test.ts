/** What the status and health say of a store that answers and is not added to. */
import { expect, test } from "bun:test";
import { createApp } from "./app.ts";
import { fakePorts } from "./testing/ports.ts";

const PROBLEM = "postgres is made up to entry 9, but the journal ends at 5: verbatim rebuild";

test("a store that the workers refuse is red in the status and in health, with their words", async () => {
  const { ports } = fakePorts();
  const stores = async () => ({ redis: null, postgres: PROBLEM });
  const app = createApp({ ...ports, stores }, { key: null });
  expect(await (await app.request("/v1/status")).json()).toMatchObject({
    parts: { postgres: { ok: false, state: "held", problem: PROBLEM }, redis: { ok: true } },
  });
  const health = await app.request("/health/ready");
  expect(health.status).toBe(503);
  expect(await health.json()).toMatchObject({
    checks: expect.arrayContaining([{ name: "postgres", ok: false, fact: PROBLEM }]),
  });
});

test("a store that is away says so itself, whatever the workers said before", async () => {
  const fake = fakePorts();
  fake.away.library = true;
  const stores = async () => ({ redis: null, postgres: PROBLEM });
  const app = createApp({ ...fake.ports, stores }, { key: null });
  expect(await (await app.request("/v1/status")).json()).toMatchObject({
    parts: { postgres: { ok: false, state: "away", problem: "Postgres does not answer" } },
  });
});
