import { expect, test } from "bun:test";
import { recorderOf } from "../sources/recorders.ts";
import { boatSession, exportSource, memoryPlace } from "../testing/export-story.ts";
import { makeExport } from "./exporting.ts";
import type { Shape } from "./shapes.ts";

async function shaped(as: Shape): Promise<readonly string[]> {
  const place = memoryPlace();
  const ask = {
    format: "jsonl",
    as,
    redact: false,
    all: false,
    filter: { session: "boat-1" },
  } as const;
  const signal = new AbortController().signal;
  await makeExport(ask, { ...exportSource(boatSession()), place, onProgress: () => {}, signal });
  return [...place.files.values()].join("").trimEnd().split("\n");
}

test("rows of the recorder are rows of the recorder, one a message", async () => {
  const rows = (await shaped("recorder")).map((line) => JSON.parse(line));
  expect(rows.length).toBe(14);
  expect(rows.every((row) => recorderOf(row) === "recorder")).toBe(true);
  expect(rows[0]).toMatchObject({
    Id: "boat-1/u1",
    SpeakerName: "user",
    SpeakerRole: "User",
    ContextId: "boat-1",
    Metadata: { word_count: expect.any(Number) },
  });
  expect(JSON.parse(rows[0].Message).message).toContain("How do I trim");
});

test("a conversation for a chat model is one line, its calls answered by their ids", async () => {
  const [line = "", ...more] = await shaped("openai");
  expect(more).toEqual([]);
  const { messages } = JSON.parse(line);
  expect(messages[0]).toMatchObject({ role: "user" });
  const calls = messages.flatMap((one: { tool_calls?: { id: string }[] }) => one.tool_calls ?? []);
  expect(calls[0]).toMatchObject({ id: "t1", type: "function", function: { name: "Bash" } });
  const answers = messages.filter((one: { role: string }) => one.role === "tool");
  expect(answers.map((one: { tool_call_id: string }) => one.tool_call_id)).toEqual([
    "t1",
    "t2",
    "t3",
  ]);
  expect(JSON.parse(calls[0].function.arguments)).toHaveProperty("command");
});
