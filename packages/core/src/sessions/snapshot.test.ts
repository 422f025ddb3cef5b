import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { aHappened, aUuid } from "../testing/session-samples.ts";
import { STORY, STORY_MESSAGES } from "../testing/session-story.ts";
import type { Happened } from "./event.ts";
import { newLedger, stateOf, withEvents } from "./ledger.ts";
import { isSameSnapshot, isSnapshotDue, snapshotOf } from "./snapshot.ts";
import type { SessionState } from "./state.ts";

const sha256 = (data: Uint8Array | string): string =>
  createHash("sha256").update(data).digest("hex");
const stateAfter = (history: readonly Happened[]): SessionState =>
  stateOf(withEvents(newLedger("ada", "s-1"), history));
const talk = (count: number): readonly Happened[] =>
  Array.from({ length: count }, (_, at) =>
    aHappened(at + 1, "message_said", { message_id: `m-${at}`, role: "user", content: "hm" }),
  );
const taken = (number: number, messages: number): Happened =>
  aHappened(number, "snapshot_taken", {
    snapshot_id: aUuid(900),
    seq: number - 1,
    sha256: "0".repeat(64),
    messages,
  });

test("a snapshot is due every fifteen messages", () => {
  expect(isSnapshotDue(stateAfter(talk(14)), false)).toBe(false);
  expect(isSnapshotDue(stateAfter(talk(15)), false)).toBe(true);
  expect(isSnapshotDue(stateAfter([...talk(15), taken(16, 15)]), false)).toBe(false);
});

test("a snapshot is due at the end and before a session goes, unless nothing is new", () => {
  const open = stateAfter(talk(2));
  expect([isSnapshotDue(open, false), isSnapshotDue(open, true)]).toEqual([false, true]);
  const closed = [...talk(2), aHappened(3, "session_closed", {})];
  expect(isSnapshotDue(stateAfter(closed), false)).toBe(true);
  const done = stateAfter([...closed, taken(4, 2)]);
  expect([isSnapshotDue(done, false), isSnapshotDue(done, true)]).toEqual([false, false]);
  expect(isSnapshotDue(stateAfter([]), true)).toBe(false);
});

test("a snapshot holds all that may be shown, and is known again", () => {
  const state = stateAfter(STORY);
  const named = { snapshot_id: aUuid(7), at: "2026-11-21T11:00:00.000Z", sha256 };
  const snapshot = snapshotOf(state, STORY_MESSAGES, named);
  expect(snapshot).toMatchObject({ name: { user_id: "ada", session_id: "s-1" }, seq: 30 });
  expect(snapshot.content).not.toContain("OFF THE RECORD");
  expect(snapshot.content).not.toContain("DELETED WORDS");
  expect(JSON.parse(snapshot.content).state).toEqual(state);
  expect(isSameSnapshot(snapshot, { ...snapshot }, sha256)).toBe(true);
  expect(isSameSnapshot(snapshot, null, sha256)).toBe(false);
  const torn = { ...snapshot, content: snapshot.content.slice(0, -1) };
  expect(isSameSnapshot(snapshot, torn, sha256)).toBe(false);
});
