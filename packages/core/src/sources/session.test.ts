import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { aHeard } from "../testing/samples.ts";
import { aHappened, anEventEntry, anyHistory } from "../testing/session-samples.ts";
import { parse } from "./parse.ts";
import { eventOf } from "./session.ts";

const sha256 = (data: Uint8Array | string): string =>
  createHash("sha256").update(data).digest("hex");
const read = (happened: Parameters<typeof anEventEntry>[0]) =>
  parse(anEventEntry(happened), sha256);

test("P1: every event becomes one message, and the event is read back from it", () => {
  fc.assert(
    fc.property(anyHistory, (history) => {
      for (const happened of history) {
        const { messages, aside } = read(happened);
        const [message] = messages;
        if (message === undefined) throw new Error("no message");
        expect([messages.length, aside]).toEqual([1, null]);
        expect(eventOf(message)).toEqual(happened.event);
        expect([message.id, message.author.name, message.session_id]).not.toContain("");
        expect(message.kind).toBe(happened.event.event === "message_said" ? "message" : "record");
        if (message.kind === "record") expect(message.text).not.toBe("");
      }
    }),
  );
});

test("what somebody said is a message of that session", () => {
  const { messages } = read(
    aHappened(4, "message_said", {
      message_id: "m-4",
      role: "assistant",
      content: "How long has it been so?",
      conversation_id: "telegram:1",
      model: "haiku",
      tokens: 7,
      parent_message_id: "m-3",
    }),
  );
  expect(messages[0]).toMatchObject({
    id: '["message","ada","s-1","m-4"]',
    session_id: "s-1",
    conversation_id: "telegram:1",
    source: "session",
    author: { name: "haiku", role: "assistant" },
    said_at: "2026-11-21T10:00:04.000Z",
    parent_id: '["message","ada","s-1","m-3"]',
    kind: "message",
    text: "How long has it been so?",
    model: "haiku",
    usage: { output_tokens: 7 },
    meta: { user_id: "ada", event: { event: "message_said" } },
  });
});

test("the same id in another session, or of another user, is another message", () => {
  const said = { message_id: "m", role: "user", content: "hello" } as const;
  const ids = [{}, { session_id: "s-2" }, { user_id: "bob" }].map(
    (whose, at) => read(aHappened(at + 1, "message_said", said, whose)).messages[0]?.id,
  );
  expect(new Set(ids).size).toBe(3);
});

test("everything else is a record that a person can read", () => {
  const texts = [
    aHappened(1, "emotion_changed", { emotion: "anxious", intensity: 0.8, confidence: 0.7 }),
    aHappened(2, "milestone_reached", { description: "named it", emotion: "integrated" }),
    aHappened(3, "context_changed", { current_theme: "grief", session_notes: null }),
    aHappened(4, "session_resumed", {}),
    aHappened(5, "note_written", { text: "for the therapist alone" }),
  ].map((one) => read(one).messages[0]?.text);
  expect(texts).toEqual([
    "emotion: anxious 0.8 (confidence 0.7)",
    "milestone: named it",
    "context: current theme set, session notes cleared",
    "session resumed",
    "a note was written",
  ]);
});

test("P1: rubbish is set aside with its reason, and other sources hold no events", () => {
  const raw = new TextEncoder().encode('{"v":1,"event":"mood"}');
  const { messages, aside } = parse({ ...aHeard(1), seq: 1, source: "session", raw }, sha256);
  expect(messages).toEqual([]);
  expect(aside).toContain("event");
  const [posted] = parse({ ...aHeard(1), seq: 1 }, sha256).messages;
  expect(posted === undefined ? null : eventOf(posted)).toBeNull();
});
