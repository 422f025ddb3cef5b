/** How much a key may ask, by a clock that is moved by hand. */
import { expect, test } from "bun:test";
import { fakePorts } from "../testing/ports.ts";
import { appOf } from "../testing/requests.ts";
import { openBuckets } from "./limits.ts";

test("D4: a burst and then the rate, each key for itself, and waiting as long as it says is enough", () => {
  let now = 0;
  const take = openBuckets({ perS: 2, burst: 3 }, () => now);
  expect([take("a"), take("a"), take("a"), take("a")].map((one) => one.ok)).toEqual([
    true,
    true,
    true,
    false,
  ]);
  expect(take("b").ok).toBe(true);
  const { again } = take("a");
  now += again * 1000 - 1;
  expect(take("a").ok).toBe(false);
  now += 1;
  expect(take("a")).toMatchObject({ ok: true, left: 0, full: 1.5 });
  expect(take("a").ok).toBe(false);
  now += 3_600_000;
  expect([take("a"), take("a"), take("a"), take("a")].map((one) => one.ok).indexOf(false)).toBe(3);
});

test("D4: in any time no more is taken than the burst and the rate allow, and no less", () => {
  for (const pause of [0, 1, 7, 50, 199, 200, 333, 5000]) {
    let now = 0;
    const take = openBuckets({ perS: 5, burst: 7 }, () => now);
    let taken = 0;
    for (let asked = 0; asked < 500; asked += 1) {
      if (take("a").ok) taken += 1;
      now += pause;
    }
    const allowed = Math.floor(7 + ((499 * pause) / 1000) * 5 + 1e-6);
    expect([pause, taken]).toEqual([pause, Math.min(500, allowed)]);
  }
});

test("D4: many who ask once do not fill the memory, nor give a busy one a new bucket", () => {
  let now = 0;
  const take = openBuckets({ perS: 1, burst: 1 }, () => now);
  for (let who = 0; who < 10_000; who += 1) take(`early ${who}`);
  now += 1000;
  expect(take("busy").ok).toBe(true);
  for (let who = 0; who < 9000; who += 1) take(`late ${who}`);
  expect(take("busy").ok).toBe(false);
});

test("D4: too much is answered 429 with when to come again; health and this machine are not counted", async () => {
  const rate = { perS: 0.001, burst: 2, local: false };
  const fake = fakePorts();
  const app = appOf(fake.ports, "a-long-enough-key", { rate });
  const headers = { authorization: "Bearer a-long-enough-key" };
  const first = await app.request("/v1/messages", { headers });
  expect(first.headers.get("ratelimit-policy")).toBe('"default";q=2;w=2000');
  expect(first.headers.get("ratelimit")).toBe('"default";r=1;t=1000');
  await app.request("/v1/messages", { headers });
  const third = await app.request("/v1/messages", { headers });
  expect([third.status, third.headers.get("retry-after")]).toEqual([429, "1000"]);
  expect(third.headers.get("ratelimit")).toBe('"default";r=0;t=2000');
  expect((await app.request("/v1/messages")).status).toBe(401);
  for (let asked = 0; asked < 5; asked += 1)
    expect((await app.request("/health/live", { headers })).status).toBe(200);
  const local = appOf(fake.ports, null, { rate });
  const counted = appOf(fake.ports, null, { rate: { ...rate, local: true } });
  const statuses = async (one: typeof app) =>
    await Promise.all([1, 2, 3].map(async () => (await one.request("/v1/messages")).status));
  expect(await statuses(local)).toEqual([200, 200, 200]);
  expect(await statuses(counted)).toEqual([200, 200, 429]);
});
