import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { encodeFrames } from "../bus/frames.ts";
import type { Entry } from "../message/heard.ts";
import { makeSettle } from "../settle/settle.ts";
import { anEntry } from "../testing/samples.ts";

const settle = makeSettle({ sha256: (data) => createHash("sha256").update(data).digest("hex") });
const AT = "2026-11-20T09:00:05.000Z";
const UUID = "3f2b8c1e-9a4d-4e7f-8b21-6c5d4e3f2a10";

const bytesOf = (one: unknown): Uint8Array =>
  one instanceof Uint8Array
    ? one
    : new TextEncoder().encode(typeof one === "string" ? one : JSON.stringify(one));

/** What was heard on the bus; objects go as JSON, text as it is. */
function heard(way: string, ...frames: readonly unknown[]): Entry {
  const raw = encodeFrames(frames.map(bytesOf));
  return anEntry(1, { source: "bus", key: `${way}/s-1`, at: AT, raw });
}

const published = (topic: string, ...payload: readonly unknown[]) =>
  settle(heard("pub", topic, ...payload));
const pushed = (...payload: readonly unknown[]) => settle(heard("push", ...payload));
const only = ({ messages, aside }: ReturnType<typeof settle>) => {
  expect({ count: messages.length, aside }).toEqual({ count: 1, aside: null });
  return messages[0];
};

const guide = {
  sender_id: "mason",
  message_id: UUID,
  timestamp: "2026-11-20T10:00:00+01:00",
  context_id: "hull-review",
  in_reply_to: "m-0",
  content: { message: "should we weld the frame first?", action: "review" },
  metadata: {
    ace_tier: "C",
    chain_type: "hull",
    shl_tags: ["@Status-Active"],
    sender_role: "Architect",
  },
};
const agent = {
  message_id: "mason_1795165200000",
  timestamp: "2026-11-20T10:00:00.250",
  from: "mason",
  to: "glazier",
  type: "request",
  priority: "HIGH",
  content: { message: "measure the window" },
};

test("the guide's envelope: sender, role, context, reply, text, and what it says beside it", () => {
  expect(only(published("glazier", guide))).toMatchObject({
    id: expect.stringMatching(new RegExp(`^${UUID}~[0-9a-f]{12}$`)),
    session_id: "hull-review",
    source: "bus",
    author: { name: "mason", role: "agent" },
    receiver: "glazier",
    topic: "glazier",
    parent_id: "m-0",
    said_at: "2026-11-20T09:00:00.000Z",
    heard_at: AT,
    kind: "message",
    text: "should we weld the frame first?",
    meta: { way: "pub", content: { action: "review" }, message_id: UUID },
  });
});

test("an agent's envelope: from and to, type and priority, and a local time made UTC by when it was heard", () => {
  expect(only(published("glazier", agent))).toMatchObject({
    session_id: "glazier~mason",
    author: { name: "mason" },
    receiver: "glazier",
    said_at: "2026-11-20T09:00:00.250Z",
    text: "measure the window",
    meta: {
      type: "request",
      priority: "HIGH",
      message_id: agent.message_id,
      said_at: "zone inferred",
    },
  });
});

test("a message that both ends hand in, or that was published too, is one message with one id", () => {
  const wrapper = (event_type: string, who: string, at: string) => ({
    ...{ event_type, agent: who, timestamp: at, message: agent },
  });
  const sent = only(pushed(wrapper("sent", "mason", "2026-11-20T10:00:00.300")));
  const reordered = Object.fromEntries(Object.entries(agent).toReversed());
  const seen = { ...wrapper("received", "glazier", "2026-11-20T10:00:01"), message: reordered };
  const received = only(pushed(seen));
  const direct = only(published("glazier", agent));
  expect(new Set([sent?.id, received?.id, direct?.id]).size).toBe(1);
  expect(new Set([sent?.session_id, received?.session_id, direct?.session_id]).size).toBe(1);
  expect(sent).toMatchObject({ author: { name: "mason" }, text: "measure the window" });
  expect(sent?.meta["observed"]).toEqual({
    by: "mason",
    as: "sent",
    at: "2026-11-20T10:00:00.300",
  });
  expect(received?.meta["observed"]).toMatchObject({ by: "glazier", as: "received" });
  expect(direct?.meta["observed"]).toBeUndefined();
});

test("two messages of one millisecond have the same name and are two messages", () => {
  const other = { ...agent, content: { message: "measure the door" } };
  const ids = [agent, other].map((one) => only(published("glazier", one))?.id);
  expect(new Set(ids).size).toBe(2);
  expect(ids.every((id) => id?.startsWith(`${agent.message_id}~`))).toBe(true);
});

test("text, a JSON string, numbers and lists are messages as they stand", () => {
  const texts = [
    "just words",
    '"in quotes\\nand lines"',
    "42",
    "[1, 2]",
    "null",
    "{not json at all",
  ];
  const read = texts.map((text) => published("ada", text));
  expect(read.map((one) => one.messages[0]?.text ?? one.aside)).toEqual([
    "just words",
    "in quotes\nand lines",
    "42",
    "[1, 2]",
    "null",
    "JSON that is broken",
  ]);
  expect(only(published("ada", "just words"))).toMatchObject({
    id: "pub/s-1",
    session_id: "ada",
    topic: "ada",
    author: { name: "unknown", role: "agent" },
    said_at: AT,
    meta: { way: "pub", said_at: "heard" },
  });
});

test("what is broken or no text goes aside, and says which frame it was", () => {
  const whys = [
    published("ada", '{"message_id":"x","content":{"mess'),
    published("ada", Uint8Array.of(0x89, 0x50, 0xff)),
    pushed("words", Uint8Array.of(0xff)),
    settle({ ...heard("pub", "ada"), raw: bytesOf("no record") }),
    settle({ ...heard("pub", "ada"), key: "elsewhere/1" }),
  ].map((one) => [one.messages.length, one.aside]);
  expect(whys).toEqual([
    [0, "JSON that is broken"],
    [0, "3 bytes that are no text"],
    [0, "1 bytes that are no text in frame 2 of the payload"],
    [0, "not a record of the bus"],
    [0, "not a record of the bus"],
  ]);
});

test("several frames are one message: the object among them, else all the text", () => {
  expect(only(published("ada", "header", guide, Uint8Array.of(0xff)))).toMatchObject({
    id: expect.stringMatching(new RegExp(`^${UUID}~`)),
    meta: { frames: 3 },
  });
  expect(only(pushed("one", '"two"', "three"))?.text).toBe("one\ntwo\nthree");
});

test("a topic without a payload is a message that says nothing", () => {
  expect(only(published("ada"))).toMatchObject({ topic: "ada", text: "" });
  expect(only(published("ada", ""))).toMatchObject({ topic: "ada", text: "" });
});

test("a topic that is no text is shown as well as can be", () => {
  expect(only(settle(heard("pub", Uint8Array.of(0x61, 0xff), "x")))?.topic).toBe("a\ufffd");
});

test("a double handshake is four messages of one conversation", () => {
  const phases = ["init", "ack", "confirm", "complete"] as const;
  const read = phases.map((phase, at) => {
    const [from, to] = at % 2 === 0 ? ["mason", "glazier"] : ["glazier", "mason"];
    const message = { ...agent, from, to, type: "handshake", content: { message: "hello", phase } };
    return only(pushed(message));
  });
  expect(new Set(read.map((one) => one?.id)).size).toBe(4);
  expect(new Set(read.map((one) => one?.session_id))).toEqual(new Set(["glazier~mason"]));
  expect(read.map((one) => one?.meta["content"])).toEqual(phases.map((phase) => ({ phase })));
  expect(read.every((one) => one?.kind === "message" && one.meta["type"] === "handshake")).toBe(
    true,
  );
});

test("a greeting of a mesh is kept like any message, and shows what it says", () => {
  const greeting = {
    ...{ message_id: "mason_handshake_1795165200000", type: "handshake", from: "mason" },
    content: { status: "connected" },
  };
  expect(only(settle(heard("mesh", greeting)))).toMatchObject({
    session_id: "mason",
    text: '{"status":"connected"}',
    meta: { way: "mesh", type: "handshake" },
  });
});

test("the canary is bookkeeping, in a session of its own", () => {
  const canary = { ...guide, sender_id: "verbatim", context_id: undefined };
  expect(only(published("verbatim.canary", canary))).toMatchObject({
    kind: "record",
    session_id: "verbatim.canary",
    enrichment: { ace_tier: "C" },
  });
  expect(only(published("verbatim.canaryes", canary))?.kind).toBe("message");
});

test("what the sender gave decides tier, domain and tags, and it says so", () => {
  const { enrichment } = only(published("glazier", guide)) ?? {};
  expect(enrichment).toMatchObject({ ace_tier: "C", chain_type: "hull" });
  expect(enrichment?.shl_tags).toContain("@Status-Active");
  expect(enrichment?.shl_tags.filter((tag) => tag.startsWith("@Chain-"))).toEqual(["@Chain-hull"]);
  expect(enrichment?.explain.ace_tier).toEqual({ matched: ["given by the source"], confidence: 1 });
  expect(enrichment?.explain.shl_tags["@Status-Active"]).toEqual(["given by the source"]);
});

test("what was given wrongly is passed over", () => {
  const metadata = { ace_tier: "Z", chain_type: 7, shl_tags: ["", 3, "@Mine"], keywords: {} };
  const { enrichment } = only(published("glazier", { ...guide, metadata })) ?? {};
  const { enrichment: worked } = only(published("glazier", { ...guide, metadata: {} })) ?? {};
  expect(enrichment?.ace_tier).toBe(worked?.ace_tier ?? "A");
  expect(enrichment?.chain_type).toBe(worked?.chain_type ?? "");
  expect(enrichment?.shl_tags).toEqual(["@Mine", ...(worked?.shl_tags ?? [])]);
});

test("names of nobody are none, and numbers are names", () => {
  const message = { ...agent, from: "unknown", sender: 7, to: "", context_id: "unknown" };
  expect(only(pushed(message))).toMatchObject({ author: { name: "7" }, session_id: "7" });
  expect(only(pushed({ content: "hello" }))).toMatchObject({
    id: "push/s-1",
    session_id: "bus",
    author: { name: "unknown" },
    text: "hello",
  });
});

test("an object that is no envelope is shown as it is", () => {
  expect(only(pushed({ temperature: 21 }))?.text).toBe('{"temperature":21}');
  expect(only(pushed({ content: { steps: [1, 2] } }))?.text).toBe('{"steps":[1,2]}');
});
