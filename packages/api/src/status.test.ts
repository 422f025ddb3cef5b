/** The sum that must add up, in every answer that has it, whoever is away. */
import { expect, test } from "bun:test";
import type { StatusAnswer } from "./contract.ts";
import { type Fake, fakePorts } from "./testing/ports.ts";
import { appOf, jsonOf } from "./testing/requests.ts";

/** 30 heard; of 25 settled 20 stored and 5 aside. */
function behind(): Fake {
  const fake = fakePorts(30);
  const { library } = fake.ports;
  const totals: typeof library.totals = async () => ({
    ...(await library.totals()),
    settled_to: 25,
    stored: 20,
    aside: 5,
  });
  return { ...fake, ports: { ...fake.ports, library: { ...library, totals } } };
}

type Sum = Pick<StatusAnswer, "heard" | "stored" | "aside" | "behind">;

/** The sum as status and metrics say it; NaN is what nobody can say. */
async function sumsOf(fake: Fake): Promise<readonly Sum[]> {
  const app = appOf(fake.ports);
  const { heard, stored, aside, behind } = await jsonOf<StatusAnswer>(app.request("/v1/status"));
  const metrics = await (await app.request("/metrics")).text();
  const measured = (name: string): number | null => {
    const text = new RegExp(`^verbatim_${name} (\\S+)$`, "mi").exec(metrics)?.[1];
    return text?.toLowerCase() === "nan" ? null : Number(text ?? -1);
  };
  const asSaid = (of: (name: string) => number | null): Sum => ({
    heard: of("heard"),
    stored: of("stored"),
    aside: of("aside"),
    behind: of("behind"),
  });
  return [{ heard, stored, aside, behind }, asSaid(measured)];
}

test("A8: heard = stored + aside + behind, in status and metrics", async () => {
  const sum = { heard: 30, stored: 20, aside: 5, behind: 5 };
  expect(await sumsOf(behind())).toEqual([sum, sum]);
});

test("A8: a look at the database that is newer than the one at the journal adds up too", async () => {
  const fake = behind();
  const { intake } = fake.ports;
  const status: typeof intake.status = async () => ({ ...(await intake.status()), heard: 24 });
  const sum = { heard: 25, stored: 20, aside: 5, behind: 0 };
  const ports = { ...fake.ports, intake: { ...intake, status } };
  expect(await sumsOf({ ...fake, ports })).toEqual([sum, sum]);
});

test("A8: what nobody can say because a part is away is null, never a number", async () => {
  const noPostgres = behind();
  noPostgres.away.library = true;
  const some = { heard: 30, stored: null, aside: null, behind: null };
  expect(await sumsOf(noPostgres)).toEqual([some, some]);

  const noIngest = behind();
  noIngest.away.intake = true;
  const others = { heard: null, stored: 20, aside: 5, behind: null };
  expect(await sumsOf(noIngest)).toEqual([others, others]);

  const neither = behind();
  Object.assign(neither.away, { intake: true, library: true, redis: true });
  const none = { heard: null, stored: null, aside: null, behind: null };
  expect(await sumsOf(neither)).toEqual([none, none]);
  expect(await jsonOf(appOf(neither.ports).request("/v1/status"))).toMatchObject({
    last_record_age_ms: null,
    messages: null,
    sessions: null,
    repeats: null,
    indexed_to: null,
    hot_to: null,
    ingest: null,
    queues: null,
  });
});

test("health is red while nobody gets nearer to the end of the journal", async () => {
  const fake = behind();
  let now = new Date("2026-01-01T00:00:00.000Z").getTime();
  const app = appOf({ ...fake.ports, now: () => new Date(now) });
  expect((await app.request("/health/ready")).status).toBe(200);
  now += 59_000;
  expect((await app.request("/health/ready")).status).toBe(200);
  now += 2000;
  const red = await app.request("/health/ready");
  expect(red.status).toBe(503);
  expect(JSON.stringify(await red.json())).toContain("not a step nearer for 61 s");
});

test("metrics are always there, also when they are zero", async () => {
  const text = await (await appOf().request("/metrics")).text();
  for (const name of ["heard", "behind", "live_followers", "process_restarts"])
    expect(text).toMatch(new RegExp(`^verbatim_${name} \\d+`, "m"));
});
