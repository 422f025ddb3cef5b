import { expect, test } from "bun:test";
import { aHappened } from "../testing/session-samples.ts";
import { STORY, STORY_MESSAGES } from "../testing/session-story.ts";
import { journeyOf, statsOf } from "./journey.ts";
import { newLedger, stateOf, withEvents } from "./ledger.ts";

const state = stateOf(withEvents(newLedger("ada", "s-1"), STORY));

test("a journey adds up", () => {
  const journey = journeyOf(state, STORY_MESSAGES.toReversed());
  expect(journey).toMatchObject({
    total_duration_minutes: 25,
    message_count: 6,
    messages_by_role: { user: 4, assistant: 2 },
    milestone_count: 1,
    breakthrough_count: 2,
    emotion_change_count: 4,
    dominant_emotion: "breakthrough",
    models: ["haiku-4", "opus-4"],
    tokens: 53,
  });
  expect(journey.average_response_seconds).toBe(88.5);
  expect(journey.milestones.map(({ message_count }) => message_count)).toEqual([5]);
});

test("breakthroughs come in two orders: the newest first, the most confident first", () => {
  const of = (at: number, confidence: number) =>
    aHappened(at, "breakthrough_recorded", { insight: `${at}`, category: "insight", confidence });
  const mixed = stateOf(withEvents(newLedger("ada", "s-1"), [of(1, 0.9), of(2, 0.7), of(3, 0.9)]));
  const journey = journeyOf(mixed, []);
  expect(journey.breakthroughs.map(({ insight }) => insight)).toEqual(["3", "2", "1"]);
  expect(journey.breakthroughs_by_confidence.map(({ insight }) => insight)).toEqual([
    "3",
    "1",
    "2",
  ]);
});

test("a session of which nothing was heard has a journey of nothing", () => {
  const journey = journeyOf(stateOf(newLedger("ada", "s-1")), []);
  expect(journey).toMatchObject({
    total_duration_minutes: 0,
    dominant_emotion: null,
    average_response_seconds: null,
    models: [],
  });
});

test("the numbers of a session need none of its messages", () => {
  expect(statsOf(state, 600)).toEqual({
    session_id: "s-1",
    started_at: "2026-11-21T10:00:00.000Z",
    message_count: 7,
    milestone_count: 1,
    breakthrough_count: 2,
    emotion_change_count: 4,
    event_count: STORY.length,
    ttl_seconds: 600,
  });
});
