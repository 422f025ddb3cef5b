import { expect, test } from "bun:test";
import fc from "fast-check";
import { saidAtOf } from "./said-at.ts";

const HEARD = "2026-11-20T09:00:05.000Z";
const live = (value: unknown) => saidAtOf(value, HEARD, true);
const later = (value: unknown) => saidAtOf(value, HEARD, false);

test("a time with a zone is taken at its word", () => {
  expect(live("2026-11-20T10:00:00+01:00")).toEqual({ at: "2026-11-20T09:00:00.000Z", note: null });
  expect(live("2020-01-01T00:00:00Z")).toEqual({ at: "2020-01-01T00:00:00.000Z", note: null });
});

test("a time without a zone, heard live, is in the zone that makes it minutes old", () => {
  const texts = [
    "2026-11-20T10:00:00.123456",
    "2026-11-20 04:00:00",
    "2026-11-20T14:45:00",
    "2026-11-20T09:00:00,5",
    "2026-11-20T22:00:00",
    "2026-11-19T23:00:00",
  ];
  expect(texts.map(live)).toEqual([
    { at: "2026-11-20T09:00:00.123Z", note: "zone inferred" },
    { at: "2026-11-20T09:00:00.000Z", note: "zone inferred" },
    { at: "2026-11-20T09:00:00.000Z", note: "zone inferred" },
    { at: "2026-11-20T09:00:00.500Z", note: "zone taken as UTC" },
    { at: "2026-11-20T09:00:00.000Z", note: "zone inferred" },
    { at: "2026-11-20T09:00:00.000Z", note: "zone inferred" },
  ]);
});

test("any zone of the world is found, whatever the delay, as long as that is minutes", () => {
  const quarters = fc.integer({ min: -14 * 4, max: 14 * 4 });
  fc.assert(
    fc.property(quarters, fc.integer({ min: 0, max: 7 * 60_000 }), (quarter, delayMs) => {
      const said = Date.parse(HEARD) - delayMs;
      const local = new Date(said + quarter * 900_000).toISOString().slice(0, -1);
      const found = live(local);
      expect(found.at).toBe(new Date(said).toISOString());
    }),
  );
});

test("a time without a zone that no zone explains, or that is read later, is taken as UTC and says so", () => {
  const unknown = { at: "2026-11-18T10:00:00.000Z", note: "zone unknown" };
  expect(live("2026-11-18T10:00:00")).toEqual(unknown);
  expect(later("2026-11-18T10:00:00")).toEqual(unknown);
  expect(later("2026-11-20T10:00:00").note).toBe("zone unknown");
});

test("numbers are seconds or milliseconds, with their fractions", () => {
  const at = Date.parse("2026-11-20T09:00:00.250Z");
  const right = { at: "2026-11-20T09:00:00.250Z", note: null };
  expect([live(at), live(at / 1000), later(at)]).toEqual([right, right, right]);
});

test("what is no time is when it was heard: words, days that are none, years nobody lives in", () => {
  const none = [
    ...[undefined, null, "", "yesterday", {}, true, "2026-11-20", "2026-13-40T10:00:00"],
    ...[0, -5, Number.NaN, Number.POSITIVE_INFINITY, 1_795_165_200_000_000, 1.7e18],
    ...["9999-12-31T23:59:59-10:00", "0000-01-01T00:00:00+05:00"],
  ];
  expect(none.map(live)).toEqual(none.map(() => ({ at: HEARD, note: "heard" })));
});
