import { expect, test } from "bun:test";
import { count, type Log, type Numbers, newestReportFirst, type ReportShelf } from "@verbatim/core";
import { makeReport, REPORTS_MAX, type ReportPorts, type ReportWork } from "./reporting.ts";

const silent: Log = { info: () => {}, warn: () => {}, error: () => {} };

type Fake = ReportPorts & { putOffs: number } & {
  readonly files: Map<string, { json: string; md: string }>;
};

function fake(reach: () => number): Fake {
  const files: Fake["files"] = new Map();
  const numbers: Numbers = {
    together: (read) => read(numbers),
    counted: async () => ({ counted_to: reach(), settled_to: reach(), taxonomy: "t@1" }),
    tallies: async () => count([], new Map()).rows,
    sessions: async () => 0,
    open: async () => [],
    asides: async () => 0,
    said: async () => [],
  };
  const shelf: ReportShelf = {
    ids: async () => [...files.keys()].toSorted(newestReportFirst),
    read: async (id, format) => files.get(id)?.[format] ?? null,
    sizes: async () => null,
    save: async (id, both) => void files.set(id, { ...both }),
    remove: async (id) => void files.delete(id),
  };
  const now = (): Date => new Date("2026-01-02T00:00:00.000Z");
  const one: Fake = {
    ...{ numbers, shelf, domains: async () => ["ui_ux"], now, log: silent, files },
    heard: async () => reach(),
    pause: async () => {},
    putOff: async () => {
      one.putOffs += 1;
    },
    putOffs: 0,
  };
  return one;
}

const job = (id: string, only_if_new = false, ask = {}): ReportWork => ({
  id,
  data: { ask, only_if_new },
  added_at: "2026-01-01T10:20:30.400Z",
  progress: async () => {},
});

test("R3: a job run again leaves the one report it left, and others of its second are beside it", async () => {
  const ports = fake(() => 5);
  const first = await makeReport(job("1"), ports);
  const before = ports.files.get(first.id ?? "")?.json;
  expect(await makeReport(job("2"), ports)).toMatchObject({
    id: "analytics_report_20260101_102030_2",
  });
  expect(await makeReport(job("1"), ports)).toEqual(first);
  expect(first.id).toBe("analytics_report_20260101_102030");
  expect([ports.files.size, ports.files.get(first.id ?? "")?.json]).toEqual([2, before]);
});

test("the clock's report is only made when something was counted since the last of everything", async () => {
  let reach = 0;
  const ports = fake(() => reach);
  expect(await makeReport(job("1", true), ports)).toMatchObject({ id: null });
  reach = 5;
  expect((await makeReport(job("2", true), ports)).id).not.toBeNull();
  expect(await makeReport(job("3", true), ports)).toMatchObject({ id: null });
  reach = 6;
  // One of a single speaker says nothing of all the others.
  await makeReport(job("4", false, { speaker: "ada" }), ports);
  expect((await makeReport(job("5", true), ports)).id).not.toBeNull();
  expect(await makeReport(job("6", true), ports)).toMatchObject({ id: null });
});

test("a file that is no report of ours is left alone", async () => {
  const ports = fake(() => 5);
  ports.files.set("analytics_report_20260101_102030", { json: "{", md: "mine" });
  expect((await makeReport(job("1"), ports)).id).toBe("analytics_report_20260101_102030_2");
  expect(ports.files.get("analytics_report_20260101_102030")?.md).toBe("mine");
});

test("the oldest reports make room", async () => {
  const ports = fake(() => 5);
  for (let nth = 0; nth < REPORTS_MAX; nth += 1)
    ports.files.set(`analytics_report_20250101_000000_${nth + 2}`, { json: "{}", md: "" });
  const { id } = await makeReport(job("1"), ports);
  expect(ports.files.size).toBe(REPORTS_MAX);
  expect(ports.files.has(id ?? "")).toBe(true);
  expect(ports.files.has("analytics_report_20250101_000000_2")).toBe(false);
});

test("R4: the clock's report waits until what was heard is counted; an asked one says what it holds", async () => {
  const ports = fake(() => 5);
  const more = { ...ports, heard: async (): Promise<number> => 8 };
  expect(await makeReport(job("1", true), more)).toMatchObject({ id: null });
  expect([ports.putOffs, ports.files.size]).toEqual([1, 0]);
  const { id } = await makeReport(job("2"), more);
  const { json, md } = ports.files.get(id ?? "") ?? { json: "{}", md: "" };
  expect(JSON.parse(json)).toMatchObject({ counted_to: 5, heard_to: 8 });
  expect(md).toContain("to entry 5 of 8 heard (62.5 %)");
  expect((await makeReport(job("3", true), ports)).id).toBeNull();
  expect(ports.putOffs).toBe(1);
});

test("R4: while nothing of what was heard is counted an asked report is refused", async () => {
  const ports = fake(() => 0);
  const asked = makeReport(job("1"), { ...ports, heard: async () => 1200 });
  await expect(asked).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringContaining("nothing is counted yet of the 1,200 entries"),
  });
  expect(ports.files.size).toBe(0);
  expect((await makeReport(job("2"), ports)).id).not.toBeNull();
});
