import { expect, test } from "bun:test";
import { checkPeriod, minutes, momentAt, refuse } from "./options.ts";

const NOW = Date.parse("2026-11-21T10:30:00.000Z");

test("a time is a date, a moment, or so long ago", () => {
  const moments = {
    "2026-11-21": "2026-11-21T00:00:00.000Z",
    "2026-11-21T02:00:00+02:00": "2026-11-21T00:00:00.000Z",
    "7d": "2026-11-14T10:30:00.000Z",
    "12h": "2026-11-20T22:30:00.000Z",
    today: "2026-11-21T00:00:00.000Z",
    yesterday: "2026-11-20T00:00:00.000Z",
    "2024-02-29": "2024-02-29T00:00:00.000Z",
  };
  for (const [text, moment] of Object.entries(moments)) expect(momentAt(text, NOW)).toBe(moment);
});

test("a day that there is not is refused, and so is what is no time", () => {
  for (const text of ["2026-02-30", "2026-02-30T10:00:00Z", "2026-13-01", "", "tomorrow", "7", "x"])
    expect(() => momentAt(text, NOW)).toThrow("must be a time like");
});

test("a length of time has a unit, days among them", () => {
  expect(["90s", "5m", "1.5h", "10d", "5"].map(minutes)).toEqual([1.5, 5, 90, 14_400, 5]);
  for (const text of ["0", "5w", "", "-1m"]) expect(() => minutes(text)).toThrow("length of time");
});

test("a time that ends before it begins is told", () => {
  expect(() => checkPeriod({ since: "2026-02", until: "2026-01" })).toThrow("--until (2026-01)");
  expect(() => checkPeriod({ since: "2026-01" })).not.toThrow();
});

test("options that are not heeded are refused by their names", () => {
  expect(() =>
    refuse({ tier: "A", minMessages: 2, full: false }, ["minMessages", "full"], "no"),
  ).toThrow("--min-messages: no");
  expect(() => refuse({ tier: "A" }, ["full"], "no")).not.toThrow();
});
