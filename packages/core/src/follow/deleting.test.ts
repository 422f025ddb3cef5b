import { expect, test } from "bun:test";
import { keepingSettings, keptDays, uncapturedOf } from "./deleting.ts";

const NOW = Date.parse("2026-03-31T00:00:00.000Z");
const DAY_MS = 24 * 3600 * 1000;
const file = (path: string, age: number, behind: number) => ({
  seen: { path, mtimeMs: NOW - age * DAY_MS },
  behind,
});

test("the oldest file that is not wholly recorded counts, and how long it stays", () => {
  const files = [file("/a", 29, 0), file("/b", 25.5, 1), file("/c", 3, 900)];
  expect(uncapturedOf(files, { days: 30, now: NOW })).toEqual({
    ...{ files: 2, oldest: "/b", days_left: 4 },
  });
  expect(uncapturedOf([file("/b", 40, 1)], { days: 30, now: NOW })?.days_left).toBe(0);
  expect(uncapturedOf([file("/b", 40, 1)], { days: null, now: NOW })?.days_left).toBeNull();
  expect(uncapturedOf([file("/a", 29, 0)], { days: 30, now: NOW })).toBeNull();
});

test("how long files are kept is what their program's settings say, or 30 days", () => {
  expect(keptDays('{"cleanupPeriodDays":365}')).toBe(365);
  expect(keptDays('{"cleanupPeriodDays":0}')).toBe(0);
  for (const other of [null, "{}", "not JSON", '{"cleanupPeriodDays":"9"}', "[]"])
    expect([other, keptDays(other)]).toEqual([other, 30]);
  const at = (source: string, path: string) => keepingSettings({ source, path });
  expect(at("claude-code", "/home/ada/.claude/projects")).toBe("/home/ada/.claude/settings.json");
  expect(at("auto", "/home/ada/.claude/projects")).toBe("/home/ada/.claude/settings.json");
  expect([at("auto", "/logs"), at("recorder", "/logs")]).toEqual([null, null]);
});
