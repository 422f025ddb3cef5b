import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { makeSettle } from "../settle/settle.ts";
import { anEntry } from "../testing/samples.ts";
import { sniffSource } from "./sniff.ts";

const settle = makeSettle({ sha256: (data) => createHash("sha256").update(data).digest("hex") });
const bytesOf = (text: string) => new TextEncoder().encode(text);

function read(
  source: "recorder" | "broker-log",
  line: object | string,
  key = "old/log.jsonl#g1@0",
) {
  const raw = bytesOf(typeof line === "string" ? line : `${JSON.stringify(line)}\n`);
  return settle(anEntry(1, { source, key, raw }));
}

function only(source: "recorder" | "broker-log", line: object, key?: string) {
  const { messages, aside } = read(source, line, key);
  expect({ count: messages.length, aside }).toEqual({ count: 1, aside: null });
  return messages[0];
}

const row = {
  Id: "mason_1795165200000",
  Timestamp: "2026-11-20T10:00:00Z",
  SpeakerName: "mason",
  SpeakerRole: "Agent",
  Message: '{"message":"the frame is welded","action":"next"}',
  ConversationType: 0,
  ContextId: "hull-review",
  Metadata: {
    ...{ chain_type: "hull", ace_tier: "A", shl_tags: ["@Decision-Made"] },
    ...{ word_count: 4, topic: "general" },
  },
};
const logged = {
  ...{ message_num: 12, topic: "glazier", sender: "mason", timestamp: "2026-11-20T10:00:00" },
  ...{ tier: "C", chain_type: "windows", shl_tags: ["@Question-Open"], message_id: "m-12" },
  content: { message: "which window first?" },
};

test("a row of the recorder: who, where, when, and the text out of its JSON string", () => {
  expect(only("recorder", row)).toMatchObject({
    session_id: "hull-review",
    source: "recorder",
    author: { name: "mason", role: "agent" },
    said_at: "2026-11-20T10:00:00.000Z",
    text: "the frame is welded",
    topic: "general",
    kind: "message",
    meta: { message_id: row.Id, word_count: 4, content: { action: "next" } },
  });
});

test("the role the recorder gave a speaker counts for the tier", () => {
  const { Metadata, ...bare } = row;
  const said = (SpeakerRole: string) => {
    const Message = '{"message":"one storage strategy for ingest"}';
    return only("recorder", { ...bare, Metadata: { topic: Metadata.topic }, Message, SpeakerRole });
  };
  expect(said("Architect")?.enrichment.ace_tier).toBe("A");
  expect(said("Agent")?.enrichment.ace_tier).not.toBe("A");
});

test("what the recorder had worked out decides, in Metadata and at the root alike", () => {
  const { Metadata, ...bare } = row;
  const { chain_type, ace_tier, shl_tags } = Metadata;
  const migrated = {
    ...{ ...bare, Metadata: {}, chain_type, ace_tier, shl_tags, keywords: ["frame"] },
    ...{ zmq_ready: true, TimestampEnd: "2026-11-20T11:00:00Z" },
  };
  for (const one of [only("recorder", row), only("recorder", migrated)]) {
    expect(one?.enrichment).toMatchObject({ ace_tier: "A", chain_type: "hull" });
    expect(one?.enrichment.shl_tags).toEqual(
      expect.arrayContaining(["@Decision-Made", "@Chain-hull"]),
    );
    expect(one?.meta["given"]).toMatchObject({ chain_type, ace_tier, shl_tags });
  }
  expect(only("recorder", migrated)?.meta).toMatchObject({
    ended_at: "2026-11-20T11:00:00Z",
    given: { keywords: ["frame"] },
  });
});

test("a Message that is no JSON, or says nothing, is its own text", () => {
  const texts = ["just words", '"in quotes"', "{}", "[1]", ""].map((Message) => ({
    ...row,
    Message,
  }));
  expect(texts.map((one) => only("recorder", one)?.text)).toEqual([
    "just words",
    '"in quotes"',
    "{}",
    "[1]",
    "",
  ]);
});

test("rows without a context belong to the file they stand in, and rows with the same id to themselves", () => {
  const lost = { ...row, ContextId: "unknown", SpeakerName: "unknown" };
  const first = only("recorder", lost);
  expect(first).toMatchObject({
    session_id: "recorder:old/log.jsonl",
    author: { name: "unknown" },
  });
  const second = only("recorder", { ...lost, Message: "other" }, "old/log.jsonl#g1@300");
  expect(first?.id).not.toBe(second?.id);
  const again = only("recorder", lost, "copy.jsonl#g1@0");
  expect(again?.id).toBe(first?.id);
});

test("a line of the broker's log: its tier, domain and tags decide, and the two who talk are the session", () => {
  const message = only("broker-log", logged);
  expect(message).toMatchObject({
    session_id: "glazier~mason",
    source: "broker-log",
    author: { name: "mason", role: "agent" },
    ...{ receiver: "glazier", topic: "glazier" },
    said_at: "2026-11-20T10:00:00.000Z",
    text: "which window first?",
    meta: { message_num: 12, message_id: "m-12", said_at: "zone unknown" },
    enrichment: { ace_tier: "C", chain_type: "windows" },
  });
  expect(message?.enrichment.shl_tags).toContain("@Question-Open");
  expect(only("broker-log", { ...logged, topic: "" })?.session_id).toBe("broker-log:old/log.jsonl");
});

test("lines that are none go aside and say why", () => {
  const whys = [
    read("recorder", ""),
    read("recorder", "{broken"),
    read("recorder", "[1]"),
    read("recorder", '{"level":"info"}'),
    read("broker-log", '{"topic":"a"}'),
  ].map((one) => [one.messages.length, one.aside]);
  expect(whys).toEqual([
    [0, "an empty line"],
    [0, "not JSON, or no object"],
    [0, "not JSON, or no object"],
    [0, "not a line of recorder"],
    [0, "not a line of broker-log"],
  ]);
});

test("each log is known by its lines, among others and after broken ones, and not by half a line", () => {
  const lineOf = (value: object) => `${JSON.stringify(value)}\n`;
  const claude = lineOf({
    ...{ type: "user", sessionId: "s", uuid: "u" },
    message: { role: "user", content: "hello" },
  });
  const heads = [
    lineOf(row),
    lineOf(logged),
    `{"broken\n\n${lineOf({ level: "info" })}${lineOf(row)}`,
    `${claude}${lineOf(row)}`,
    `${lineOf(row)}${claude}`,
    lineOf({ level: "info" }),
    JSON.stringify(row),
  ];
  expect(heads.map((head) => sniffSource(bytesOf(head)))).toEqual([
    "recorder",
    "broker-log",
    "recorder",
    "claude-code",
    "claude-code",
    "jsonl",
    null,
  ]);
});
