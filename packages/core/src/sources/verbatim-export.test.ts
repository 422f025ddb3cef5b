import { expect, test } from "bun:test";
import { makeExport } from "../export/exporting.ts";
import type { Entry } from "../message/heard.ts";
import { boatSession, exportSource, memoryPlace, postedEntries } from "../testing/export-story.ts";
import { sniffSource } from "./sniff.ts";
import { readExport } from "./verbatim-export.ts";

async function lines(entries: readonly Entry[]): Promise<string> {
  const place = memoryPlace();
  const ask = { format: "jsonl", redact: false, all: true, filter: {} } as const;
  const signal = new AbortController().signal;
  await makeExport(ask, { ...exportSource(entries), place, onProgress: () => {}, signal });
  return [...place.files]
    .flatMap(([name, text]) => (name.startsWith("index") ? [] : [text]))
    .join("");
}

function heardAgain(text: string): readonly Entry[] {
  let offset = 0;
  return text.split(/(?<=\n)/).map((line, at) => {
    const raw = new TextEncoder().encode(line);
    const entry = {
      seq: at + 1,
      source: "verbatim-export",
      key: `a.jsonl#g@${offset}`,
      at: "2027-01-01T00:00:00.000Z",
      raw,
    };
    offset += raw.length;
    return entry;
  });
}

test("X9: every kind of part comes back as it was", async () => {
  const parts = [
    { type: "text", content: 'words\u2028 and "quotes"' },
    { type: "reasoning", content: "why" },
    { type: "tool_call", id: "t", name: "Edit", arguments: { deep: [{ a: null, b: 1.5 }] } },
    { type: "tool_call_response", id: "t", response: [{ text: "a" }, "b"], is_error: true },
    { type: "blob", mime_type: "image/png", bytes: 3072 },
    { type: "file", name: "a.pdf", mime_type: "application/pdf" },
  ];
  const said = async (entries: readonly Entry[]): Promise<readonly unknown[]> =>
    (await lines(entries))
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => JSON.parse(line))
      .map(({ seq: _, heard_at: __, ...rest }) => rest);
  const entries = postedEntries([{ parts }, ...parts.map((part) => ({ parts: [part] }))]);
  const first = await said(entries);
  expect(first.length).toBe(7);
  expect(first[0]).toMatchObject({ parts });
  expect(await said(heardAgain(await lines(entries)))).toEqual(first);
});

test("X9: what was exported and imported is the same, and exported again it is the same file", async () => {
  const entries = [
    ...boatSession(),
    ...postedEntries([{ text: "hi", topic: "t", receiver: "bob", usage: { input_tokens: 3 } }], 17),
  ];
  const first = await lines(entries);
  const again = heardAgain(first);
  const read = again.map(readExport);
  expect(read.map(({ aside }) => aside).filter((aside) => aside !== null)).toEqual([]);
  const place = ({
    heard_at: _,
    seq: __,
    sub: ___,
    enrichment: ____,
    ...rest
  }: Record<string, unknown>) => rest;
  const messages = (text: string): readonly unknown[] =>
    text
      .split("\n")
      .filter((line) => line.startsWith('{"id"'))
      .map((line) => place(JSON.parse(line)));
  expect(messages(await lines(again))).toEqual(messages(first));
  expect(messages(first).length).toBe(17);
  const kept = read
    .flatMap(({ messages }) => messages)
    .filter(({ session_id }) => session_id !== "verbatim");
  expect(kept.map(({ id, source }) => [id, source])).toEqual(
    messages(first).map((one) => [Object(one).id, Object(one).source]),
  );
});

test("our lines are recognised, and what is none of them is set aside with why", async () => {
  const text = await lines(boatSession());
  expect(sniffSource(new TextEncoder().encode(text))).toBe("verbatim-export");
  const asides = ["{}", "no json", '{"verbatim_export":9,"session":{}}', '{"id":"a"}'].map(
    (line) => {
      const [entry] = heardAgain(line);
      return entry === undefined ? null : readExport(entry).aside;
    },
  );
  expect(asides.every((aside) => aside !== null && aside !== "")).toBe(true);
});
