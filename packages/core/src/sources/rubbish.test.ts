import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { encodeFrames } from "../bus/frames.ts";
import type { Entry } from "../message/heard.ts";
import { makeSettle } from "../settle/settle.ts";
import { anEntry } from "../testing/samples.ts";

const settle = makeSettle({ sha256: (data) => createHash("sha256").update(data).digest("hex") });
const UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Texts that no store takes. */
function unfitIn(message: object): readonly string[] {
  const unfit: string[] = [];
  JSON.stringify(message, (key, inner: unknown) => {
    for (const one of [key, inner])
      if (typeof one === "string" && (one.includes("\0") || !one.isWellFormed())) unfit.push(one);
    return inner;
  });
  return unfit;
}

/** Every entry becomes at least one message that a store can take, or a reason why not. */
function expectSettled(entry: Entry): void {
  const { messages, aside } = settle(entry);
  if (messages.length === 0) expect(aside).not.toBeNull();
  for (const message of messages) {
    expect(message.said_at).toMatch(UTC);
    expect([message.id, message.session_id, message.author.name]).not.toContain("");
    expect(unfitIn(message)).toEqual([]);
  }
}

const name = fc.oneof(
  fc.constantFrom(
    "message_id",
    "timestamp",
    "from",
    "to",
    "content",
    "message",
    "metadata",
    "agent",
  ),
  fc.constantFrom(
    "event_type",
    "sender_id",
    "context_id",
    "topic",
    "message_num",
    "sender",
    "tier",
  ),
  fc.constantFrom(
    "Id",
    "Timestamp",
    "SpeakerName",
    "SpeakerRole",
    "Message",
    "Metadata",
    "ContextId",
  ),
  fc.constantFrom("shl_tags", "ace_tier", "chain_type", "keywords", "in_reply_to", "__proto__"),
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string({ unit: "binary" }),
    fc.constantFrom("\0", "\ud800", "2026-11-20T10:00:00", "0000-01-01T00:00:00+14:00", '{"a":'),
    fc.double(),
    fc.constantFrom(null, true, 1e15, -1, 1.7e18),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(name, tie("value"), { maxKeys: 8 }),
  ),
}));
const payload = fc.oneof(
  { weight: 3, arbitrary: value.map((one) => bytesOf(JSON.stringify(one) ?? "")) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }) },
  { weight: 1, arbitrary: fc.string().map(bytesOf) },
);

test("P1: whatever comes on the bus becomes a message or a reason, and never a throw", () => {
  const frames = fc.array(payload, { minLength: 1, maxLength: 3 });
  const way = fc.constantFrom("pub", "push", "sure", "mesh", "none", "");
  fc.assert(
    fc.property(frames, way, fc.boolean(), (some, from, isWhole) => {
      const raw = isWhole ? encodeFrames(some) : (some[0] ?? new Uint8Array(0));
      expectSettled(anEntry(1, { source: "bus", key: `${from}/s-1`, raw }));
    }),
    { numRuns: 1500 },
  );
});

test("P1: whatever stands in an old log becomes a message or a reason, and never a throw", () => {
  const whole = {
    recorder: { SpeakerName: "a", Message: "m", Timestamp: "t" },
    "broker-log": { message_num: 1, topic: "t", sender: "a", content: "c" },
  };
  const form = fc.constantFrom("recorder" as const, "broker-log" as const);
  fc.assert(
    fc.property(form, fc.dictionary(name, value), payload, (source, fields, rubbish) => {
      const key = "old.jsonl#g1@0";
      const line = bytesOf(JSON.stringify({ ...whole[source], ...fields }));
      expectSettled(anEntry(1, { source, key, raw: line }));
      expectSettled(anEntry(1, { source, key, raw: rubbish }));
    }),
    { numRuns: 700 },
  );
});

test("P1: no nesting is too deep to be read", () => {
  const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
  const inside = `{"message_id":"m","from":"a","content":{"message":"x","deep":${deep}}}`;
  const frames = encodeFrames([bytesOf("ada"), bytesOf(inside)]);
  expectSettled(anEntry(1, { source: "bus", key: "pub/s-1", raw: frames }));
  const rows = {
    recorder: `{"SpeakerName":"a","Message":"m","Timestamp":"t","Metadata":{"deep":${deep}}}`,
    "broker-log": `{"message_num":1,"topic":"t","sender":"a","content":{"deep":${deep}}}`,
    "claude-code": `{"type":"user","sessionId":"s","uuid":"u","message":{"role":"user","content":[{"type":"tool_use","id":"t","name":"n","input":{"deep":${deep}}}]}}`,
  };
  for (const [source, line] of Object.entries(rows))
    expectSettled(anEntry(1, { source, key: "old.jsonl#g1@0", raw: bytesOf(line) }));
});
