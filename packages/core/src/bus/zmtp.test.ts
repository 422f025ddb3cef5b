import { expect, test } from "bun:test";
import fc from "fast-check";
import { openZmtpDecoder, zmtpHello } from "./zmtp.ts";

const MAX = 100_000;
const hello = zmtpHello("PULL").subarray(0, 64);

/** A frame as the other end writes it: long form for what needs it, or when asked. */
function written(flags: number, body: readonly number[], isLong = body.length > 255): number[] {
  if (!isLong) return [flags, body.length, ...body];
  const length = Array.from(
    { length: 8 },
    (_, at) => Math.floor(body.length / 256 ** (7 - at)) % 256,
  );
  return [flags | 2, ...length, ...body];
}

const command = (name: string, ...rest: number[]): number[] =>
  written(4, [name.length, ...new TextEncoder().encode(name), ...rest]);
const READY = command("READY");
const listed = (messages: readonly (readonly Uint8Array[])[]) =>
  messages.map((frames) => frames.map((frame) => [...frame]));

/** Everything the decoder gives for these pieces; throws what it says no to. */
function decoded(pieces: readonly Uint8Array[]): number[][][] {
  const decoder = openZmtpDecoder(MAX);
  const kept: (readonly Uint8Array[])[] = [];
  for (const piece of pieces) {
    const read = decoder.push(piece);
    if (!read.ok) throw new Error(read.why);
    kept.push(...read.value);
  }
  return listed(kept);
}

function cutAt(bytes: readonly number[], cuts: readonly number[]): Uint8Array[] {
  const whole = Uint8Array.from(bytes);
  const places = [0, ...cuts.map((cut) => cut % (whole.length + 1)), whole.length];
  const sorted = places.toSorted((a, b) => a - b);
  return sorted.slice(1).map((end, at) => whole.subarray(sorted[at], end));
}

const body = fc.oneof(
  fc.uint8Array({ maxLength: 12 }),
  fc.uint8Array({ minLength: 250, maxLength: 260 }),
  fc.uint8Array({ minLength: 600, maxLength: 700 }),
);
const spoken = fc.array(
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        frames: fc.array(fc.record({ body, isLong: fc.boolean() }), { minLength: 1, maxLength: 4 }),
      }),
    },
    { weight: 1, arbitrary: fc.constantFrom("PING", "PONG", "SUBSCRIBE") },
  ),
  { maxLength: 8 },
);

test("B9: however the bytes are cut, the messages are the same; long forms and commands change nothing", () => {
  fc.assert(
    fc.property(spoken, fc.array(fc.nat(), { maxLength: 12 }), (said, cuts) => {
      const stream = [...hello, ...READY];
      const expected: number[][][] = [];
      for (const one of said) {
        if (typeof one === "string") {
          stream.push(...command(one, 1, 2));
          continue;
        }
        expected.push(one.frames.map((frame) => [...frame.body]));
        one.frames.forEach((frame, at) => {
          const more = at < one.frames.length - 1 ? 1 : 0;
          const bytes = [...frame.body];
          stream.push(...written(more, bytes, frame.isLong || bytes.length > 255));
        });
      }
      expect(decoded(cutAt(stream, cuts))).toEqual(expected);
    }),
    { numRuns: 300 },
  );
});

test("B9: bytes that come one by one are enough", () => {
  const long = Array.from({ length: 300 }, (_, at) => at % 256);
  const stream = [...hello, ...READY, ...written(1, [1]), ...written(0, long), ...written(0, [])];
  expect(decoded(stream.map((byte) => Uint8Array.of(byte)))).toEqual([[[1], long], [[]]]);
});

test("B9: a command between the frames of a message does not cut it", () => {
  const stream = [...hello, ...READY, ...written(1, [1]), ...command("PING"), ...written(0, [2])];
  expect(decoded([Uint8Array.from(stream)])).toEqual([[[1], [2]]]);
});

test("it may be spoken to when the other end has said who it is, and not before", () => {
  const decoder = openZmtpDecoder(MAX);
  expect(decoder.push(hello).ok).toBe(true);
  expect(decoder.isReady()).toBe(false);
  expect(decoder.push(Uint8Array.from(READY)).ok).toBe(true);
  expect(decoder.isReady()).toBe(true);
});

test("B9: a greeting of something else, of an older version, or a refusal is a no", () => {
  const changed = (at: number, byte: number): Uint8Array => {
    const greeting = hello.slice();
    greeting[at] = byte;
    return greeting;
  };
  const http = new TextEncoder().encode("GET / HTTP/1.1\r\nHost: somewhere.example\r\n".padEnd(80));
  const refused = Uint8Array.from([...hello, ...command("ERROR", 3, 110, 111, 33)]);
  const whys = [changed(0, 0), changed(9, 0), changed(10, 2), http, refused].map((bytes) => {
    const read = openZmtpDecoder(MAX).push(bytes);
    return read.ok ? null : read.why;
  });
  expect(whys).toEqual([
    "no greeting of ZMTP",
    "no greeting of ZMTP",
    "version 2 of ZMTP",
    "no greeting of ZMTP",
    "a refusal",
  ]);
});

test("B9: a frame over the limit is a no as soon as its head is there; one at the limit is taken", () => {
  const limit = 1000;
  const push = (bytes: readonly number[]) =>
    openZmtpDecoder(limit).push(Uint8Array.from([...hello, ...READY, ...bytes]));
  const head = written(0, new Array(limit + 1).fill(1)).slice(0, 9);
  expect(push(head)).toEqual({ ok: false, why: "a frame of 1001 bytes" });
  expect(push([2, 255, 255, 255, 255, 255, 255, 255, 255]).ok).toBe(false);
  const fits = push(written(0, new Array(limit).fill(1)));
  expect(fits.ok && fits.value[0]?.[0]?.length).toBe(limit);
});

test("B9: a message that no record could hold is passed over and counted, and the next is read", () => {
  const decoder = openZmtpDecoder(MAX, { bytes: 100, frames: 3 });
  const large = [...written(1, new Array(60).fill(1)), ...written(1, new Array(60).fill(2))];
  const many = [1, 1, 1, 0].flatMap((flags) => written(flags, [7]));
  const stream = [...hello, ...READY, ...large, ...written(0, [9]), ...many, ...written(0, [5])];
  const read = decoder.push(Uint8Array.from(stream));
  expect(read.ok && listed(read.value)).toEqual([[[5]]]);
  expect(decoder.tooLarge()).toBe(2);
});

test("B9: any bytes are read without a throw", () => {
  const streams = fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 6 });
  fc.assert(
    fc.property(fc.boolean(), streams, (isGreeted, pieces) => {
      const decoder = openZmtpDecoder(MAX);
      for (const piece of isGreeted ? [hello, ...pieces] : pieces)
        if (!decoder.push(piece).ok) return;
    }),
    { numRuns: 500 },
  );
});
