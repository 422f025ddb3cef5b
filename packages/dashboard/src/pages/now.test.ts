/** What the first page says of a status, and which messages its filter lets through. */
import { expect, test } from "bun:test";
import type { StatusAnswer } from "@verbatim/api/contract";
import type { EnrichedMessage } from "@verbatim/core";
import { alarmsOf } from "./alarms.tsx";
import { passes } from "./now.tsx";

const NOW = Date.parse("2026-01-01T12:00:00.000Z");
const part = { ok: true, state: "ok", problem: null } as const;
const calm = {
  parts: { ingest: part, postgres: part, redis: part },
  ingest: { write_failures: 0, sources: [] },
  alerts: { firing: [], problem: null },
} as unknown as StatusAnswer;

test("nothing is said while nothing is wrong", () => {
  expect(alarmsOf(calm, NOW)).toEqual([]);
});

test("a failed write comes first, then what is away, then sources and alerts", () => {
  const away = { ok: false, state: "away", problem: "refused" } as const;
  const source = {
    ...{ source: "claude-code", root: "/x", problem: "no permission", uncaptured: null },
  };
  const wrong = {
    ...calm,
    parts: { ...calm.parts, redis: away },
    ingest: { ...calm.ingest, write_failures: 2, sources: [source] },
    alerts: { firing: ["costs"], problem: null },
  } as unknown as StatusAnswer;
  expect(alarmsOf(wrong, NOW)).toEqual([
    "2 writes of the journal failed since the last good one",
    "redis is away: refused",
    "claude-code at /x: no permission",
    "alert costs",
  ]);
});

test("B42: a source that stands still and a disk that fills are told before something is lost", () => {
  const source = (last_heard_at: string, bytes_behind: number) => ({
    ...{ source: "codex", root: "/y", problem: null, last_heard_at, bytes_behind },
    uncaptured: null,
  });
  const told = (sources: readonly object[], more: object = {}) =>
    alarmsOf({ ...calm, ...more, ingest: { ...calm.ingest, sources } } as never, NOW);
  expect(told([source("2026-01-01T11:50:00.000Z", 3000)])).toEqual([
    "codex at /y stands still for 10 min: 3.0 kB are not recorded yet",
  ]);
  expect(told([source("2026-01-01T11:50:00.000Z", 0)])).toEqual([]);
  expect(told([source("2026-01-01T11:59:50.000Z", 3000)])).toEqual([]);
  expect(told([], { sizes: { growth: { full_in_days: 3 } } })).toEqual([
    "the disk is full in 3 days at the pace of the last ones",
  ]);
  expect(told([], { sizes: { growth: { full_in_days: 300 } } })).toEqual([]);
  const full = { ...calm, ingest: { ...calm.ingest, disk_free_bytes: 5_000_000 } };
  expect(alarmsOf(full as never, NOW)[0]).toContain("only 5.0 MB are free");
});

test("B42: a file that its program deletes before it is recorded is told of in time", () => {
  const told = (days_left: number | null, more: object = {}) => {
    const uncaptured = { files: 3, oldest: "/y/a.jsonl", days_left };
    const source = { source: "claude-code", root: "/y", problem: null, state: "live", uncaptured };
    const still = { ...source, last_heard_at: null, bytes_behind: 9, ...more };
    return alarmsOf({ ...calm, ingest: { ...calm.ingest, sources: [still] } } as never, NOW);
  };
  const words = (when: string) =>
    `claude-code deletes /y/a.jsonl ${when}, and it is not wholly recorded and 2 more`;
  expect(told(2)).toEqual([words("in 2 days")]);
  expect(told(0)).toEqual([words("at any time now")]);
  expect(told(2, { problem: "no permission" })).toEqual([
    words("in 2 days"),
    "claude-code at /y: no permission",
  ]);
  expect([told(20), told(null), told(2, { state: "catching up" })]).toEqual([[], [], []]);
});

test("a message passes when each word is in its speaker, project, findings or text", () => {
  const message = {
    author: { name: "Ada", role: "agent" },
    source: "bus",
    text: "the torn tail",
    meta: { cwd: "/home/ada/engine" },
    enrichment: { chain_type: "testing_validation", ace_tier: "A", shl_tags: ["@decision"] },
  } as unknown as EnrichedMessage;
  for (const words of ["", "ada", "TORN engine", "tier:a", "testing @dec"])
    expect([words, passes(message, words)]).toEqual([words, true]);
  for (const words of ["grace", "torn codex"]) expect(passes(message, words)).toBe(false);
});
