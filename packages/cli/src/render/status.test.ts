import { expect, test } from "bun:test";
import type { StatusAnswer } from "@verbatim/api/contract";
import { statusText } from "./status.ts";

const plain = (text: string): string => text;
const paint = {
  widthOf: (text: string): number => text.length,
  colours: {
    bold: plain,
    dim: plain,
    red: plain,
    green: plain,
    yellow: plain,
    cyan: plain,
    magenta: plain,
  },
};
const STATUS: StatusAnswer = {
  ...{ heard: 10, stored: 9, aside: 1, behind: 0, last_record_age_ms: 1000 },
  ...{ messages: 3700, said: 2481, sessions: 2, repeats: 0 },
  ...{ indexed_to: 10, counted_to: 10, hot_to: 10 },
  parts: {
    ingest: { ok: true, state: "ok", problem: null },
    postgres: { ok: false, state: "held", problem: "taxonomy.json is no taxonomy" },
    redis: { ok: false, state: "away", problem: "Redis does not answer" },
  },
  ...{ bus: null, ingest: null, not_found: [], queues: null, processes: [] },
  alerts: { firing: [], problem: null },
  checkpoints: { last: null, made_at: null, to: 0, since: 10, problem: null },
  sizes: {
    journal: {
      segments: 3,
      compressed_segments: 2,
      dropped_segments: 0,
      bytes: 3_000_000,
      stored_bytes: 1_500_000,
    },
    ...{ checkpoints_bytes: 0, exports_bytes: 5000, reports_bytes: 0 },
    ...{
      redis_bytes: 2_000_000,
      postgres_bytes: null,
      disk_free_bytes: 9_000_000_000,
      copies: null,
    },
    growth: {
      ...{ journal_bytes_per_day: 1_000_000, disk_bytes_per_day: 3_000_000 },
      ...{ over_days: 7, full_in_days: 3000 },
    },
  },
};

test("a store that answers and is held is not called away, and bookkeeping is told from messages", () => {
  const text = statusText(STATUS, "http://here", paint);
  expect(text).toMatch(/postgres +held +taxonomy.json is no taxonomy\n/);
  expect(text).toMatch(/redis +away +Redis does not answer\n/);
  expect(text).toContain("there is no checkpoint yet");
  expect(text).toContain("3,700 messages (2,481 said, 1,219 of bookkeeping) in 2 sessions");
});

test("a file that its program deletes before it is recorded is told of, with how long it stays", () => {
  const uncaptured = { files: 2, oldest: "/y/a.jsonl" };
  const source = {
    ...({ source: "claude-code", root: "/y", state: "live", files: 3, bytes_behind: 9 } as const),
    ...{ bytes_total: 90, last_heard_at: null, problem: null },
  };
  const ingest = {
    ...{ journal_id: "j", heard: 10, last_heard_at: null, segments: 1, journal_bytes: 1 },
    ...{ disk_free_bytes: 1, write_failures: 0 },
  };
  const text = (days_left: number | null) => {
    const sources = [{ ...source, uncaptured: { ...uncaptured, days_left } }];
    return statusText({ ...STATUS, ingest: { ...ingest, sources } }, "http://here", paint);
  };
  expect(text(4)).toContain(
    "2 files not wholly recorded; claude-code deletes the oldest in 4 days: /y/a.jsonl",
  );
  expect(text(0)).toContain("deletes the oldest at any time now: /y/a.jsonl");
  expect(text(null)).not.toContain("deletes");
});

test("the newest checkpoint is named, with what came since", () => {
  const made = { last: "20261121_134217_auto", made_at: "2026-11-21T13:42:17.000Z", to: 9 };
  const told = (since: number | null, problem: string | null = null): string =>
    statusText({ ...STATUS, checkpoints: { ...made, since, problem } }, "http://here", paint);
  expect(told(1)).toContain("  checkpoint  20261121_134217_auto, up to 9; 1 entry since");
  expect(told(0)).toContain("up to 9; nothing since");
  expect(told(null)).toContain("20261121_134217_auto, up to 9\n");
  expect(told(1, "index.json is torn")).toContain("checkpoint  index.json is torn");
});

test("what takes room is told, how it grows, and when the disk will be full", () => {
  const text = statusText(STATUS, "http://here", paint);
  expect(text).toContain(
    "on disk  journal 1.5 MB (3.0 MB plain; 2 of 3 segments compressed), Redis 2.0 MB, exports 5.0 KB\n",
  );
  expect(text).toContain(
    "growth   1.0 MB heard a day, 3.0 MB on disk (last 7 days); 9.0 GB free; full in 3,000 days\n",
  );
});
