import { expect, test } from "bun:test";
import { type BusStatus, busProblem, busStatusOf } from "./status.ts";

const NOW = Date.parse("2026-11-20T09:10:00.000Z");
const canary = { id: "c-1", published_at: "2026-11-20T09:09:30.000Z", seq: 9, problem: null };
const well: BusStatus = {
  ...{ pid: 1, started_at: "2026-11-20T09:00:00.000Z", written_at: "2026-11-20T09:09:59.000Z" },
  ...{ host: "127.0.0.1", ports: { publish: 1, subscribe: 2, push: 3, confirm: 4 } },
  ...{ safe: false, curve: false, heard: { pub: 5, push: 3, sure: 1, mesh: 1 }, bytes: 900 },
  ...{ recorded: 7, refused: 1, waiting: 2, waiting_bytes: 20, pauses: 0, replays: 0 },
  ...{ followers: 0, dropped_answers: 0, subscriptions: 0, window: 6, window_from: 0 },
  ...{ durable: 9, problem: null, canary },
};

test("a bus that is well has no problem, and its note reads back as it was", () => {
  expect(busProblem(well, NOW)).toBeNull();
  expect(busStatusOf(JSON.stringify(well))).toEqual(well);
});

test("a note that is cut, old or of something else is no status", () => {
  const notes = ["", JSON.stringify(well).slice(0, -5), "{}", "null", '{"pid":"1"}'];
  expect(notes.map(busStatusOf)).toEqual(notes.map(() => null));
});

test("whatever may keep a message off the record is a problem, in words", () => {
  const problems = [
    { written_at: "2026-11-20T09:09:50.000Z" },
    { problem: "the disk is full" },
    { recorded: 6 },
    { canary: { ...canary, seq: null, problem: "a message did not come back" } },
    { canary: { ...canary, published_at: "2026-11-20T09:08:00.000Z" } },
    { canary: null },
  ].map((over) => busProblem({ ...well, ...over }, NOW));
  expect(problems).toEqual([
    "the bus has not been heard of for 10 s",
    "the disk is full",
    "10 messages were heard and 9 accounted for",
    "a message did not come back",
    "the last canary was published 120 s ago",
    "the last canary was published 600 s ago",
  ]);
});

test("a bus that has just started has not sung yet, and that is well", () => {
  const young = { ...well, canary: null, started_at: "2026-11-20T09:09:00.000Z" };
  expect(busProblem(young, NOW)).toBeNull();
});
