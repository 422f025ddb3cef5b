/** Lines of chat messages: our own exports of that shape, those of others, and rubbish. */
import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { shapeWriter } from "../export/shapes.ts";
import { anEntry } from "../testing/samples.ts";
import { isOpenAiLine, readOpenAi } from "./openai.ts";
import { sniffSource } from "./sniff.ts";

const sha256 = (data: Uint8Array | string): string =>
  createHash("sha256").update(data).digest("hex");
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const read = (line: unknown) =>
  readOpenAi(anEntry(7, { source: "openai", raw: bytesOf(JSON.stringify(line)) }), sha256);

const CALL = {
  id: "c1",
  type: "function",
  function: { name: "Bash", arguments: '{"command":"ls"}' },
};
const TALK = {
  messages: [
    { role: "developer", content: "Be brief." },
    { role: "user", name: "ada", content: [{ type: "text", text: "What is there?" }] },
    { role: "assistant", content: null, tool_calls: [CALL] },
    { role: "tool", tool_call_id: "c1", content: "a.txt" },
    { role: "assistant", content: "One file." },
  ],
};

test("P6: every message is read in its order, with who said it and what tools did", () => {
  const { messages, aside } = read(TALK);
  expect(aside).toBeNull();
  expect(messages.map(({ author, text, sub }) => [author.name, author.role, text, sub])).toEqual([
    ["system", "system", "Be brief.", 0],
    ["ada", "user", "What is there?", 1],
    ["assistant", "assistant", 'Bash {"command":"ls"}', 2],
    ["tool", "tool", "a.txt", 3],
    ["assistant", "assistant", "One file.", 4],
  ]);
  expect(new Set(messages.map(({ session_id }) => session_id)).size).toBe(1);
  expect(messages[3]?.parts).toEqual([{ type: "tool_call_response", id: "c1", response: "a.txt" }]);
});

test("P6: what cannot be read is said with its place, and the others are there", () => {
  const { messages, aside } = read({
    messages: [{ role: "wizard", content: "no" }, { role: "user", content: "yes" }, 3],
  });
  expect(messages.map(({ text }) => text)).toEqual(["yes"]);
  expect(aside).toBe("2 of 3 messages have no role and content that is known (1, 3)");
  for (const line of [null, 3, [], {}, { messages: {} }, "x"])
    expect(read(line)).toEqual({ messages: [], aside: "no conversation of chat messages" });
});

test("P6: an export of that shape, imported and exported again, is the same line", () => {
  const writer = shapeWriter("openai");
  const again = read(TALK).messages.map((message) => writer.add(message as never));
  const line = again.join("") + writer.end();
  const third = shapeWriter("openai");
  const twice = read(JSON.parse(line)).messages.map((message) => third.add(message as never));
  expect(twice.join("") + third.end()).toBe(line);
  expect(JSON.parse(line).messages.length).toBe(TALK.messages.length);
});

test("such a file is known by its beginning, also where the first line is longer than what is looked at", () => {
  const long = JSON.stringify({ messages: [{ role: "user", content: "x".repeat(100_000) }] });
  expect(sniffSource(bytesOf(long))).toBe("openai");
  expect(sniffSource(bytesOf(`${JSON.stringify(TALK)}\n`))).toBe("openai");
  expect(isOpenAiLine('{"messages": [ {"content":"a","role":"user"')).toBe(true);
  expect(isOpenAiLine('{"messages":[1]}')).toBe(false);
});
