/** What is answered while parts are away: those that say so, and those that stand still and say nothing. */
import { expect, test } from "bun:test";
import type { StatusAnswer } from "./contract.ts";
import type { ApiPorts } from "./ports.ts";
import { inTime } from "./testing/clock.ts";
import { fakePorts } from "./testing/ports.ts";
import { appOf, item, jsonOf, post } from "./testing/requests.ts";

/** Our own command line waits so long for an answer. */
const PATIENCE_MS = 20_000;
const never = (): Promise<never> => new Promise(() => {});

/** Every server accepts, and none answers: the hardest kind of away. */
function stillPorts(): ApiPorts {
  const { ports } = fakePorts();
  return {
    ...ports,
    library: {
      totals: never,
      sessions: never,
      session: never,
      messages: never,
      search: never,
      aside: never,
      repeats: never,
      known: never,
    },
    intake: { ...ports.intake, hand: never, status: never },
    live: { ...ports.live, head: never },
    jobs: {
      counts: never,
      list: never,
      show: never,
      retry: never,
      cancel: never,
      addImport: never,
      addExport: never,
      addArchive: never,
      addRebuild: never,
      addReport: never,
      addCheckpoint: never,
      addRetention: never,
    },
    numbers: {
      together: never,
      counted: never,
      tallies: never,
      sessions: never,
      open: never,
      asides: never,
      said: never,
    },
    processes: never,
    notFound: never,
  };
}

const BODIES: ReadonlyMap<string, RequestInit> = new Map([
  ["/v1/imports", post({ paths: ["/a"] })],
  ["/v1/reports", post({})],
]);
const posted = post({ messages: [item("a")] });

for (const [method, path, code] of [
  ["GET", "/v1/messages", "postgres_unreachable"],
  ["GET", "/v1/sessions", "postgres_unreachable"],
  ["GET", "/v1/sessions/s-1", "postgres_unreachable"],
  ["GET", "/v1/sessions/s-1/messages", "postgres_unreachable"],
  ["GET", "/v1/search?q=hello", "postgres_unreachable"],
  ["GET", "/v1/aside", "postgres_unreachable"],
  ["GET", "/v1/analytics/score", "postgres_unreachable"],
  ["GET", "/v1/analytics/report", "postgres_unreachable"],
  ["GET", "/v1/analytics/timeline", "postgres_unreachable"],
  ["GET", "/v1/analytics/breakdown?of=tags", "postgres_unreachable"],
  ["GET", "/v1/analytics/usage", "postgres_unreachable"],
  ["GET", "/v1/analytics/open", "postgres_unreachable"],
  ["GET", "/v1/analytics/threads", "postgres_unreachable"],
  ["POST", "/v1/reports", "redis_unreachable"],
  ["GET", "/v1/reports/7", "redis_unreachable"],
  ["POST", "/v1/messages", "ingest_unreachable"],
  ["GET", "/v1/jobs", "redis_unreachable"],
  ["GET", "/v1/jobs/ingest/7", "redis_unreachable"],
  ["POST", "/v1/jobs/ingest/7/retry", "redis_unreachable"],
  ["GET", "/v1/imports/7", "redis_unreachable"],
  ["POST", "/v1/imports", "redis_unreachable"],
  ["GET", "/v1/live", "redis_unreachable"],
] as const)
  test(`A5: everything stands still: ${method} ${path} is 503 in seconds, and names the part`, async () => {
    const body = BODIES.get(path) ?? posted;
    const app = appOf(stillPorts());
    const answer = await inTime(PATIENCE_MS, async () =>
      app.request(path, method === "POST" ? body : {}),
    );
    expect([answer?.status, answer?.headers.get("retry-after")]).toEqual([503, "2"]);
    expect(await answer?.json()).toMatchObject({ code });
  });

test("A5: everything stands still: status, health, metrics and the page answer in seconds", async () => {
  const app = appOf(stillPorts());
  const ask = (path: string): Promise<Response | null> =>
    inTime(PATIENCE_MS, async () => app.request(path));
  const still = { ok: false, state: "away", problem: "no answer within 2500 ms" };
  expect(await (await ask("/v1/status"))?.json()).toMatchObject({
    parts: { ingest: still, postgres: still, redis: still },
    queues: null,
    processes: [],
    not_found: [],
  });
  const ready = await ask("/health/ready");
  expect(ready?.status).toBe(503);
  expect(await ready?.json()).toMatchObject({ ok: false });
  expect((await ask("/health/live"))?.status).toBe(200);
  expect(await (await ask("/metrics"))?.text()).toContain('verbatim_part_up{part="redis"} 0');
  expect((await ask("/"))?.status).toBe(200);
});

test("A5: while only Postgres stands still, recording is acknowledged in a second", async () => {
  const fake = fakePorts();
  const app = appOf({ ...fake.ports, library: stillPorts().library });
  const first = await inTime(1500, async () => app.request("/v1/messages", posted));
  expect(first?.status).toBe(201);
  const second = await inTime(100, async () =>
    app.request("/v1/messages", post({ messages: [item("b")] })),
  );
  expect(second?.status).toBe(201);
});

test("A5: a recorder that is away is 503 with when to try again; reading goes on", async () => {
  const fake = fakePorts();
  fake.away.intake = true;
  const app = appOf(fake.ports);
  const answer = await app.request("/v1/messages", posted);
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "2"]);
  expect((await app.request("/v1/messages")).status).toBe(200);
  expect((await app.request("/health/ready")).status).toBe(503);
  expect((await app.request("/health/live")).status).toBe(200);
});

test("A5: a database that is away is 503 by its code, and recording goes on", async () => {
  const fake = fakePorts();
  fake.away.library = true;
  const app = appOf(fake.ports);
  expect(await jsonOf(app.request("/v1/messages"))).toMatchObject({
    status: 503,
    code: "postgres_unreachable",
  });
  expect((await app.request("/v1/messages", posted)).status).toBe(201);
  const status = await jsonOf<StatusAnswer>(app.request("/v1/status"));
  expect(status.parts.postgres).toEqual({
    ok: false,
    state: "away",
    problem: "Postgres does not answer",
  });
  expect(status.parts.ingest.ok).toBe(true);
});
