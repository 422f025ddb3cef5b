import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import type { Settled } from "../settle/port.ts";
import { makeSettle } from "../settle/settle.ts";
import { hotContract } from "../testing/hot.contract.ts";
import { openMemoryHot } from "../testing/memory-hot.ts";
import { anEntry } from "../testing/samples.ts";
import { hotStretchOf } from "./digest.ts";

const settle = makeSettle({ sha256: (data) => createHash("sha256").update(data).digest("hex") });

hotContract("memory", async () => openMemoryHot());

function saying(text: string, over: object = {}): Uint8Array {
  const item = { id: "m", session_id: "s", author: { name: "ada", role: "user" }, text, ...over };
  return new TextEncoder().encode(JSON.stringify(item));
}

const saidIn = (stretch: readonly Settled[]) =>
  hotStretchOf(stretch).steps.flatMap((step) => (step.op === "say" ? [step] : []));

test("a large message is kept hot within bounds, and says that it was cut", () => {
  for (const text of ["a".repeat(200_000), "雪".repeat(20_000), "😀".repeat(16_000)]) {
    const [message] = saidIn([settle(anEntry(1, { raw: saying(text) }))]);
    expect(new TextEncoder().encode(message?.json).length).toBeLessThanOrEqual(32 * 1024);
    const kept = JSON.parse(message?.json ?? "{}");
    expect(kept).toMatchObject({ id: "m", parts: [], meta: { cut: true } });
    expect(text.startsWith(kept.text.replace(/\ufffd$/, ""))).toBe(true);
  }
  const [small] = saidIn([settle(anEntry(1, { raw: saying("short") }))]);
  expect(JSON.parse(small?.json ?? "{}").meta.cut).toBeUndefined();
});

test("names that are no well-formed text become ones that can be sent", () => {
  const raw = new TextEncoder().encode(
    '{"id":"m\\ud800","session_id":"s\\udfff","author":{"name":"ada","role":"user"},"text":"x"}',
  );
  const settled = settle(anEntry(1, { raw, key: "a\ud800.jsonl#g@0" }));
  const [messages, { files }] = [saidIn([settled]), hotStretchOf([settled])];
  const names = [
    ...messages.flatMap((one) => [one.ref, one.session]),
    ...files.map((one) => one.file),
  ];
  expect(names.every((one) => one.isWellFormed())).toBe(true);
});

test("each file's position is where its newest record ends", () => {
  const record = (seq: number, key: string, length: number) =>
    settle(anEntry(seq, { source: "jsonl", key, raw: new Uint8Array(length) }));
  const { files } = hotStretchOf([
    record(1, "a#g@0", 10),
    record(2, "b@x#g@5", 1),
    record(3, "a#g@10", 7),
    record(4, "a#h@0", 3),
  ]);
  expect(files).toEqual([
    { file: "jsonl/a", position: "h@3" },
    { file: "jsonl/b@x", position: "g@6" },
  ]);
});
