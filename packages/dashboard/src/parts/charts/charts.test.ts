/** What charts are made of: hours put together, axes, and files to take along. */
import { expect, test } from "bun:test";
import type { Moment } from "@verbatim/api/contract";
import fc from "fast-check";
import { csvText } from "./saving.ts";
import { briefText, costText, shareText, ticksOf, topOf } from "./scale.ts";
import { bucketsOf, nextOf, startOf, unitFor, weekOf } from "./times.ts";

const HOUR_MS = 3_600_000;
/** With a clock that is changed twice a year, half an hour off, and beyond the date line. */
const ZONES = ["UTC", "Europe/Berlin", "Asia/Kolkata", "America/St_Johns", "Pacific/Auckland"];

const moment = (hour: number, counted: number): Moment => ({
  at: new Date(Date.UTC(2025, 0, 1) + hour * HOUR_MS).toISOString(),
  ...{ counted, messages: counted * 2, words: 0, tool_calls: 0, tokens: 0 },
});
const hours = fc
  .uniqueArray(fc.record({ hour: fc.nat(24 * 800), counted: fc.nat(50) }), {
    selector: ({ hour }) => hour,
    maxLength: 60,
  })
  .map((all) =>
    all.toSorted((a, b) => a.hour - b.hour).map((one) => moment(one.hour, one.counted)),
  );

const sumOf = (values: readonly { readonly value: number }[]): number =>
  values.reduce((sum, { value }) => sum + value, 0);

/** Bun reads TZ anew for each date. */
function inZone(zone: string, check: () => void): void {
  const before = Bun.env["TZ"];
  Bun.env["TZ"] = zone;
  try {
    check();
  } finally {
    Bun.env["TZ"] = before ?? "UTC";
  }
}

test("B31: what is drawn over time and in the week adds up to what was counted, in any zone", () => {
  for (const zone of ZONES)
    inZone(zone, () => {
      fc.assert(
        fc.property(hours, fc.constantFrom("hour", "day", "week", "month"), (all, unit) => {
          const counted = all.reduce((sum, one) => sum + one.counted, 0);
          const buckets = bucketsOf(all, "counted", unit);
          expect(sumOf(buckets)).toBe(counted);
          for (const [at, { since, until }] of buckets.entries()) {
            expect(until.getTime()).toBeGreaterThan(since.getTime());
            const next = buckets[at + 1];
            if (next !== undefined) expect(next.since).toEqual(until);
          }
          const week = weekOf(all, "counted");
          expect([week.length, sumOf(week)]).toEqual([168, counted]);
        }),
        { numRuns: 40 },
      );
    });
});

test("B31: a day on which the clock is changed is one day, and is not drawn twice", () => {
  inZone("Europe/Berlin", () => {
    const day = startOf(new Date("2025-10-26T10:00:00Z"), "day");
    expect(nextOf(day, "day").getTime() - day.getTime()).toBe(25 * HOUR_MS);
    const spring = startOf(new Date("2025-03-30T10:00:00Z"), "day");
    expect(nextOf(spring, "day").getTime() - spring.getTime()).toBe(23 * HOUR_MS);
  });
});

test("the unit is the smallest of which there are not too many", () => {
  const days = (count: number) => unitFor(count * 24 * HOUR_MS);
  expect([days(1), days(30), days(365), days(3650)]).toEqual(["hour", "day", "week", "month"]);
});

test("axes end at a round number that nothing is above, and say it shortly", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(10_000_000)), (values) => {
      const top = topOf(values);
      expect(top).toBeGreaterThanOrEqual(Math.max(1, ...values));
      expect(top).toBeLessThanOrEqual(Math.max(1, ...values.map((one) => one * 2.5)));
    }),
  );
  expect([topOf([]), topOf([7]), topOf([101])]).toEqual([1, 10, 200]);
  expect([ticksOf(10), ticksOf(25)]).toEqual([
    [0, 5, 10],
    [0, 25],
  ]);
  expect([briefText(950), briefText(12_340), briefText(1_200_000)]).toEqual([
    "950",
    "12.3K",
    "1.2M",
  ]);
  expect([costText(null), costText(61_458_056), costText(12), costText(0)]).toEqual([
    "unknown",
    "$61.46",
    "< $0.01",
    "$0.00",
  ]);
  expect([shareText(0), shareText(0.004), shareText(0.396)]).toEqual(["0 %", "< 1 %", "40 %"]);
});

test("B32: a cell that a spreadsheet would run is text, and every cell comes back whole", () => {
  const names = ["name", "count"];
  const rows = ["=1+1", "+x", "-x", "@SUM(A1)", "\tx", 'a "b", c', "two\nlines", "plain"];
  const text = csvText({ names, rows: rows.map((name, at) => [name, at]) });
  expect(text).toBe(
    '\uFEFFname,count\r\n\'=1+1,0\r\n\'+x,1\r\n\'-x,2\r\n\'@SUM(A1),3\r\n\'\tx,4\r\n"a ""b"", c",5\r\n"two\nlines",6\r\nplain,7\r\n',
  );
  expect(csvText({ names: ["n"], rows: [[-1.5], [null]] })).toBe("\uFEFFn\r\n-1.5\r\n\r\n");
});
