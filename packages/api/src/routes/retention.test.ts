import { expect, test } from "bun:test";
import type { Retained } from "@verbatim/core/keeping";
import type { Problem, StatusAnswer } from "../contract.ts";
import { fakeKeeping } from "../testing/keeping.ts";
import { fakePorts } from "../testing/ports.ts";
import { appOf, jsonOf } from "../testing/requests.ts";

test("what it is time for is told and not done; asked for it becomes a job", async () => {
  const app = appOf(fakePorts().ports);
  const plan = await jsonOf<Retained>(app.request("/v1/retention"));
  expect(plan).toMatchObject({ dry_run: true, bytes: 1_000_000, saved_bytes: 0 });
  expect(plan.steps[0]).toMatchObject({ do: "compress", age_days: 30, state: "planned" });
  const asked = await app.request("/v1/retention", { method: "POST" });
  expect(asked.status).toBe(202);
  expect(await asked.json()).toEqual({ id: "7", queue: "retention" });
  expect(asked.headers.get("location")).toBe("/v1/jobs/retention/7");
});

test("a policy with a mistake is refused with what is wrong and where", async () => {
  const { ports } = fakePorts();
  const app = appOf({ ...ports, ...fakeKeeping('{ "remove_exports_after_days": -1 }') });
  for (const method of ["GET", "POST"]) {
    const refused = await app.request("/v1/retention", { method });
    const problem = (await refused.json()) as Problem;
    expect(problem).toMatchObject({ status: 500, code: "config_invalid" });
    expect(problem.detail).toContain('"remove_exports_after_days" must be null');
  }
});

test("a status tells what takes room, and how long the disk will last", async () => {
  const { sizes } = await jsonOf<StatusAnswer>(appOf(fakePorts().ports).request("/v1/status"));
  expect(sizes).toMatchObject({ journal: { segments: 1 }, redis_bytes: 1_000_000 });
});
