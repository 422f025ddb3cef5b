import { expect, test } from "bun:test";
import { isReportId, newestReportFirst, reportIdOf } from "./names.ts";

test("R1: only names of reports are names of reports", () => {
  for (const text of [
    "",
    "..",
    "analytics_report_20261121_104500/../../journal",
    "analytics_report_20261121_104500.json",
    "analytics_report_20261121_104500_0",
    "analytics_report_20261121_104500_1\n",
    "x analytics_report_20261121_104500",
    "analytics_report_2026_104500",
  ])
    expect([text, isReportId(text)]).toEqual([text, false]);
});

test("names say the second in UTC, those of one second count up, and the newest comes first", () => {
  const ids = [1, 2, 10].map((nth) => reportIdOf("2026-11-21T10:45:00.999Z", nth));
  expect(ids).toEqual([
    "analytics_report_20261121_104500",
    "analytics_report_20261121_104500_2",
    "analytics_report_20261121_104500_10",
  ]);
  expect(ids.every(isReportId)).toBe(true);
  const later = reportIdOf("2026-11-21T10:45:01.000Z");
  expect([...ids, later].toSorted(newestReportFirst)).toEqual([later, ...ids.toReversed()]);
});
