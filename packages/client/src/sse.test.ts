/** Streams of events, cut anywhere, against what the HTML standard says of the whole. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { openSseParser, type SseEvent } from "./sse.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

function eventsOf(pieces: readonly Uint8Array[]): readonly SseEvent[] {
  const parser = openSseParser();
  return pieces.flatMap((piece) => parser.push(piece));
}

/** Cut before each of these places. */
function cutAt(bytes: Uint8Array, places: readonly number[]): readonly Uint8Array[] {
  const sorted = [0, ...places.toSorted((one, other) => one - other), bytes.length];
  return sorted.slice(1).map((end, at) => bytes.subarray(sorted[at], end));
}

const word = fc
  .string({ unit: "binary", maxLength: 12 })
  .map((text) => text.replaceAll(/[\r\n\0]/g, "~").toWellFormed());
const line = fc.oneof(
  word.map((text) => `data: ${text}`),
  word.map((text) => `data:${text}`),
  fc.constantFrom(
    "data",
    "data:",
    "",
    "",
    ": a comment",
    ":",
    "event: gap",
    "retry: 250",
    "retry: soon",
    "other: x",
  ),
  fc.nat(99).map((seq) => `id: ${seq}`),
);
const stream = fc
  .tuple(
    fc.boolean(),
    fc.array(fc.tuple(line, fc.constantFrom("\n", "\r\n", "\r")), { maxLength: 30 }),
  )
  .map(([bom, lines]) => (bom ? "\uFEFF" : "") + lines.map(([text, end]) => text + end).join(""));

test("R14: however a stream is cut, its events are the same", () => {
  fc.assert(
    fc.property(stream, fc.array(fc.nat(400), { maxLength: 40 }), (text, places) => {
      const bytes = bytesOf(text);
      const inside = places.map((place) => place % (bytes.length + 1));
      expect(eventsOf(cutAt(bytes, inside))).toEqual(eventsOf([bytes]));
    }),
  );
});

test("R14: a stream given byte by byte is read as when it is given whole", () => {
  const text =
    "\uFEFFevent: message\r\nid: 7\r\ndata: é\u{1F642}\r\ndata: two\r\n\r\n: ping\nid: 9\n\ndata:  x\r\r";
  const whole = [
    { event: "message", data: "é\u{1F642}\ntwo", id: "7" },
    { event: "message", data: "", id: "9" },
    { event: "message", data: " x", id: "9" },
  ];
  const bytes = bytesOf(text);
  expect(eventsOf([bytes])).toEqual(whole);
  expect(eventsOf(Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(whole);
});

test("an event counts when it is whole, and so does its id", () => {
  const parser = openSseParser();
  expect(parser.push(bytesOf("id: 1\ndata: a\n\nid: 2\ndata: b\n"))).toEqual([
    { event: "message", data: "a", id: "1" },
  ]);
  expect(parser.push(bytesOf("\n"))).toEqual([{ event: "message", data: "b", id: "2" }]);
});

test("names the standard does not know, a NUL in an id, and a retry that is no number are passed over", () => {
  const parser = openSseParser();
  const text = "Data: no\ndatax: no\nid: a\0b\nretry: 1e3\nretry: 40\n\nevent: gap\ndata: 1\n\n";
  expect(parser.push(bytesOf(text))).toEqual([{ event: "gap", data: "1", id: null }]);
  expect(parser.retryMs()).toBe(40);
});

test("what never ends is given up instead of growing for ever", () => {
  const parser = openSseParser();
  const piece = bytesOf("x".repeat(8 * 1024 * 1024));
  expect(() => {
    for (let at = 0; at < 9; at += 1) parser.push(piece);
  }).toThrow("longer than");
});
