import { expect, test } from "bun:test";
import { VerbatimError } from "@verbatim/core";
import type { Home, RetainProgress } from "@verbatim/core/keeping";
import { doRetention } from "./retaining.ts";

const YEAR_AGO = "2025-01-01T00:00:00.000Z";
const home: Home = {
  policyText: async () => null,
  policyPath: "retention.json",
  files: async () =>
    Array.from({ length: 150 }, (_, at) => ({
      ...{ place: "journal" as const, file: `segment-${at}`, bytes: 10 },
      ...{ written_at: YEAR_AGO, compressible: true, droppable: true },
    })),
  compress: async ({ file }) => {
    if (file === "segment-3") throw new VerbatimError("journal_corrupt", "not as it was sealed");
    return 1;
  },
  drop: async () => null,
  recorded: async () => [],
  forget: async () => "",
  copies: () => ({ waiting: async () => [], copy: async () => {}, tidy: async () => {} }),
  remove: async () => {},
  nowMs: () => Date.parse("2026-01-01T00:00:00.000Z"),
};

test("a job tells how far it is now and then, always the end, and names what it left", async () => {
  const told: RetainProgress[] = [];
  const logged: object[] = [];
  const note = (event: string, facts?: object): void => void logged.push({ event, ...facts });
  const log = { info: note, warn: note, error: note };
  let now = 0;
  const clock = (): number => (now += 10);
  const progress = async (value: RetainProgress): Promise<void> => void told.push(value);
  const done = await doRetention(home, progress, { log, clock }, new AbortController().signal);
  expect(done).toMatchObject({ bytes: 1500, saved_bytes: 149 * 9, failed: 1 });
  expect(done.steps.length).toBe(100);
  expect(told.length).toBeLessThan(20);
  expect(told.at(-1)).toMatchObject({ done: 1500, total: 1500 });
  expect(logged).toEqual([
    {
      ...{ event: "retention_left", place: "journal", file: "segment-3" },
      why: "not as it was sealed",
    },
    { event: "retention_done", files: 150, bytes: 1500, saved_bytes: 149 * 9, failed: 1 },
  ]);
});
