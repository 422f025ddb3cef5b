import { expect, test } from "bun:test";
import fc from "fast-check";
import { aHappened, anyHistory } from "../testing/session-samples.ts";
import { encodeEvent, eventFrom, readEvent } from "./event-schema.ts";

const { event } = aHappened(1, "emotion_changed", {
  emotion: "anxious",
  intensity: 0.8,
  confidence: 0.7,
});

function whyNot(over: object): string {
  const read = eventFrom({ ...event, ...over });
  return read.ok ? "" : read.why;
}

test("K1: an event that was written is read back the same, and written again the same", () => {
  fc.assert(
    fc.property(anyHistory, (history) => {
      for (const { event: one } of history) {
        const bytes = encodeEvent(one);
        const read = readEvent(bytes);
        if (!read.ok) throw new Error(read.why);
        expect(read.value).toEqual(one);
        expect(encodeEvent(read.value)).toEqual(bytes);
      }
    }),
  );
});

test("K1: whatever is not an event is a reason why, and never a throw", () => {
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array(), fc.jsonValue().map(bytesOf)), (raw) => {
      const read = readEvent(raw);
      if (read.ok) throw new Error("rubbish was read as an event");
      expect(read.why).not.toBe("");
    }),
  );
  const deep = `${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`;
  expect(readEvent(new TextEncoder().encode(deep)).ok).toBe(false);
});

test("a fault says which field it is in and what it should be", () => {
  expect(whyNot({ intensity: 1.1 })).toContain("must be a number from 0 to 1");
  expect(whyNot({ intensity: 1.1 })).toContain("intensity");
  expect(whyNot({ confidence: -0.1 })).toContain("must be a number from 0 to 1");
  expect(whyNot({ intensity: "0.8" })).toContain("must be a number from 0 to 1");
  expect(whyNot({ emotion: "sad" })).toContain('"curious"');
  expect(whyNot({ event_id: "citation" })).toContain("must be a UUID");
  expect(whyNot({ user_id: "" })).not.toBe("");
  expect(whyNot({ user_id: "a".repeat(513) })).not.toBe("");
  expect(whyNot({ at: "2026-11-21 10:00" })).toContain("ISO 8601");
  expect(whyNot({ mood: "good" })).toContain("mood");
  expect(whyNot({ v: 2 })).not.toBe("");
  expect(whyNot({ intensity: 0, confidence: 1 })).toBe("");
});

test("texts are such as every store takes", () => {
  const read = eventFrom({ ...event, event: "note_written", text: "a\0b\ud800" });
  expect(read.ok).toBe(false);
  const said = aHappened(1, "message_said", { message_id: "m", role: "user", content: "a\0b" });
  expect(said.event).toMatchObject({ content: "a\ufffdb" });
});

function bytesOf(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}
