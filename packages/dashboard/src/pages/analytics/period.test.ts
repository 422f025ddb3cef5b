/** What is asked, and where numbers lead. */
import { expect, test } from "bun:test";
import { type Chosen, queryOf, spanOf, waysOf } from "./period.ts";

const NOW = Date.parse("2026-11-21T16:20:30.000Z");
const usual: Chosen = { period: "7d", since: "", until: "", project: "", speaker: "" };

test("a period ends with the hour, so that a question is the same for an hour", () => {
  const span = { since: "2026-11-14T17:00:00.000Z", until: "2026-11-21T17:00:00.000Z" };
  expect(spanOf(usual, NOW)).toEqual(span);
  expect(spanOf(usual, NOW + 30 * 60_000)).toEqual(span);
  expect(spanOf({ ...usual, period: "all" }, NOW)).toEqual({});
});

test("days of one's own are whole days of the viewer's calendar, the last one too", () => {
  const own = spanOf({ ...usual, period: "own", since: "2026-11-01", until: "2026-11-02" }, NOW);
  expect(own).toEqual({
    since: new Date(2026, 10, 1).toISOString(),
    until: new Date(2026, 10, 3).toISOString(),
  });
});

test("B30: numbers lead to messages of the same period and speaker", () => {
  const chosen = { ...usual, speaker: "ada", project: "/p" };
  const ways = waysOf(chosen, NOW);
  const led = new URL(ways.messages({ chain_type: "ui_ux" }), "http://x");
  expect(led.pathname).toBe("/messages");
  expect(Object.fromEntries(led.searchParams)).toEqual({
    ...{ author: "ada", project: "/p", chain_type: "ui_ux" },
    ...{ since: "2026-11-14T17:00:00.000Z", until: "2026-11-21T17:00:00.000Z" },
  });
  const day = ways.messages({
    since: "2026-11-20T00:00:00.000Z",
    until: "2026-11-21T00:00:00.000Z",
  });
  expect(new URL(day, "http://x").searchParams.get("since")).toBe("2026-11-20T00:00:00.000Z");
  expect(ways.counted({ keyword: "two words" })).toContain("keyword=two+words&counted=true");
  const sessions = new URL(ways.sessions(), "http://x").searchParams;
  expect([sessions.get("project"), sessions.get("agent")]).toEqual(["/p", "ada"]);
  expect(queryOf(chosen, NOW)).toMatchObject({ project: "/p", speaker: "ada" });
});
