import { expect, test } from "bun:test";
import type { JobRow } from "@verbatim/core";
import type { ExportAsk } from "@verbatim/core/export";
import type { ExportListing, ExportState, Problem } from "../contract.ts";
import { fakePorts } from "../testing/ports.ts";
import { appOf, jsonOf } from "../testing/requests.ts";

const listing = async (query: string, fake = fakePorts()): Promise<ExportListing> =>
  await jsonOf<ExportListing>(appOf(fake.ports).request(`/v1/exports${query}`));

test("X50: an export that is being made is in the list before those that are kept, with how far it is", async () => {
  const { data, has_more, without_jobs } = await listing("");
  expect(data.map(({ id, state, percent }) => [id, state, percent])).toEqual([
    ["8", "active", 40],
    ["export_20260101_000000", "completed", 100],
  ]);
  expect([has_more, without_jobs]).toEqual([false, false]);
});

test("X50: pages go from those being made to those that are kept, also when a job was over meanwhile", async () => {
  const first = await listing("?limit=1");
  expect([first.data[0]?.id, first.next_cursor]).toEqual(["8", "8"]);
  for (const cursor of ["8", "7"]) {
    const second = await listing(`?limit=1&cursor=${cursor}`);
    expect(second.data.map(({ id }) => id)).toEqual(["export_20260101_000000"]);
    expect(second.has_more).toBe(false);
  }
});

test("X50: what has its last byte and whose job is not over yet is there once", async () => {
  const fake = fakePorts();
  const kept = await fake.ports.exports.about("export_20260101_000000");
  const job: JobRow | null = await fake.ports.jobs.show("export", "8");
  if (kept === null || job === null) throw new Error("the fakes changed");
  const jobs = {
    ...fake.ports.jobs,
    list: async (_: string, state: string) =>
      state === "active" ? [{ ...job, id: kept.job_id, created_at: kept.asked_at }] : [],
  };
  const { data } = await listing("", { ...fake, ports: { ...fake.ports, jobs } });
  expect(data.map(({ id }) => id)).toEqual([kept.id]);
});

test("what is kept is listed while Redis is away, and that nobody knows of more", async () => {
  const fake = fakePorts();
  fake.away.redis = true;
  const { data, without_jobs } = await listing("", fake);
  expect([data.length, without_jobs]).toEqual([1, true]);
  const asked = await appOf(fake.ports).request("/v1/exports/8");
  expect((await jsonOf<Problem>(asked)).code).toBe("redis_unreachable");
});

const posted = (body: object, fake = fakePorts()): Promise<Response> =>
  Promise.resolve(
    appOf(fake.ports).request("/v1/exports", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    }),
  );

test("X60: the original files are asked for as they are, and nothing in them is chosen or taken out", async () => {
  const fake = fakePorts();
  const asked: ExportAsk[] = [];
  const addExport = async (ask: ExportAsk): Promise<string> => {
    asked.push(ask);
    return "9";
  };
  const ports = { ...fake.ports, jobs: { ...fake.ports.jobs, addExport } };
  const answer = await posted({ session: "s-1", format: "original" }, { ...fake, ports });
  expect([answer.status, answer.headers.get("location")]).toEqual([202, "/v1/exports/9"]);
  expect(asked).toMatchObject([{ format: "original", all: false, filter: { session: "s-1" } }]);
  for (const more of [{ redact: true }, { records: true }, { tier: "A" }, { as: "openai" }]) {
    const refused = await posted({ all: true, format: "original", ...more });
    expect([refused.status, (await jsonOf<Problem>(refused)).code]).toEqual([422, "input_invalid"]);
  }
});

test("X60: what an export of originals came to is told with the digest of each file, and no message is made up", async () => {
  const fake = fakePorts();
  const before = await fake.ports.exports.about("export_20260101_000000");
  if (before === null) throw new Error("the fakes changed");
  const file = "claude-code/-p/s-1.jsonl";
  const one = { file, at: before.asked_at, bytes: 3, sha256: "b".repeat(64), missing: null };
  const counts = { files: 1, bytes: 3, sha256: "c".repeat(64), not_whole: 0, forgotten: 0 };
  const originals = { ...counts, told: [one], told_forgotten: [] };
  const asked: ExportAsk = { ...before.asked, format: "original" };
  const kept = { ...before, asked, file: `${before.id}.tar`, messages: 0, originals };
  const exports = { ...fake.ports.exports, about: async () => kept };
  const app = appOf({ ...fake.ports, exports });
  const state = await jsonOf<ExportState>(app.request(`/v1/exports/${kept.id}`));
  expect([state.originals, state.messages]).toEqual([originals, null]);
  const sent = await app.request(`/v1/exports/${kept.id}/file`);
  expect(sent.headers.get("content-type")).toBe("application/x-tar");
});
