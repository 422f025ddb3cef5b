import { expect, test } from "bun:test";
import fc from "fast-check";
import type { Frames } from "./frames.ts";
import { endFrame, isEnveloped, replayedFrame, requestOf } from "./requests.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);
const EMPTY = new Uint8Array(0);

/** A replayed message as a client reads it. */
function replayedAs(payload: Frames, topic: Uint8Array = bytesOf("ada")) {
  const text = textOf(replayedFrame({ seq: 7, topic, payload }));
  return { text, value: JSON.parse(text) };
}

const fromBase64 = (text: string) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
/** JSON as people write it: with spaces, line ends, and numbers no reader may round. */
const json = fc.oneof(
  fc.json(),
  fc.jsonValue().map((value) => ` ${JSON.stringify(value, null, 2)}\n`),
  fc.constantFrom('{"a":1.0,"a":12345678901234567890}', '"\\u0041\\/"', "[ ]", "1e2", "null"),
);

test("B6: JSON that was published comes back with its bytes as they stood", () => {
  fc.assert(
    fc.property(json, (text) => {
      const { text: whole, value } = replayedAs([bytesOf(text)]);
      expect(whole.endsWith(`,"message":${text}}`)).toBe(true);
      expect(value).toEqual({ seq: 7, topic: "ada", message: JSON.parse(text) });
    }),
  );
});

test('B6: what is given in "message" is published with the bytes it has there, whatever stands around it', () => {
  const space = fc.constantFrom("", " ", "\n", "\t ");
  fc.assert(
    fc.property(json, space, fc.boolean(), (text, gap, isFirst) => {
      const rest = `"op":"publish",${gap}"topic":"ada","other":{"message":"not this"}`;
      const mine = `"message"${gap}:${gap}${text}${gap}`;
      const body = `${gap}{${isFirst ? `${mine},${rest}` : `${rest},${mine}`}}${gap}`;
      const read = requestOf([EMPTY, bytesOf(body)]);
      expect(read.ok && read.value.op === "publish" && read.value.frames.map(textOf)).toEqual([
        "ada",
        text.trim(),
      ]);
    }),
  );
});

test("B6: text that is no JSON comes back as a JSON string, bytes that are no text in base64", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (payload) => {
      const { value } = replayedAs([payload]);
      const back =
        value.encoding === "base64"
          ? fromBase64(value.message)
          : bytesOf(value.encoding === "text" ? value.message : JSON.stringify(value.message));
      if ("encoding" in value) expect(back).toEqual(payload);
      else expect(value.message).toEqual(JSON.parse(textOf(payload)));
    }),
    { numRuns: 500 },
  );
  expect(replayedAs([bytesOf('say "hi"\n')]).value).toMatchObject({
    encoding: "text",
    message: 'say "hi"\n',
  });
  expect(replayedAs([bytesOf("\ufeff{}")]).value).toMatchObject({
    encoding: "text",
    message: "\ufeff{}",
  });
  expect(replayedAs([EMPTY]).value).toMatchObject({ encoding: "text", message: "" });
  expect(replayedAs([Uint8Array.of(0xff, 0)]).value).toMatchObject({
    encoding: "base64",
    message: "/wA=",
  });
});

test("B6: several frames, or none, come back as frames in base64", () => {
  const several = fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 5 });
  fc.assert(
    fc.property(several, (payload) => {
      fc.pre(payload.length !== 1);
      const { value } = replayedAs(payload);
      expect(value.encoding).toBe("base64-frames");
      expect(value.message.map(fromBase64)).toEqual(payload);
    }),
  );
});

test("a publish may bring its payload as frames, with and without the empty one before", () => {
  const body = bytesOf('{"op":"publish","topic":"ada","id":"n-1"}');
  const payload = [Uint8Array.of(0xff), EMPTY, bytesOf("x")];
  for (const frames of [
    [body, ...payload],
    [EMPTY, body, ...payload],
  ]) {
    expect(requestOf(frames)).toEqual({
      ok: true,
      value: { op: "publish", id: "n-1", frames: [bytesOf("ada"), ...payload] },
    });
  }
});

test("a replay asks for one topic, several or all, from the beginning unless it says otherwise", () => {
  const asked = (fields: object) =>
    requestOf([bytesOf(JSON.stringify({ op: "replay", ...fields }))]);
  const all = { op: "replay", topics: [EMPTY], after: 0, follow: false } as const;
  expect(asked({})).toEqual({ ok: true, value: all });
  expect(asked({ topic: "ada", after_seq: 9, follow: true })).toEqual({
    ok: true,
    value: { ...all, topics: [bytesOf("ada")], after: 9, follow: true },
  });
  expect(asked({ topics: ["a", "b"], topic: "c" })).toEqual({
    ok: true,
    value: { ...all, topics: [bytesOf("a"), bytesOf("b")] },
  });
});

test("a greeting of a mesh asks for nothing and is kept whole", () => {
  const greeting = bytesOf('{"message_id":"ada_handshake_1","type":"handshake","content":{}}');
  expect(requestOf([EMPTY, greeting])).toEqual({
    ok: true,
    value: { op: "greeting", frames: [greeting] },
  });
});

test("the answer begins with an empty frame when the request did", () => {
  const body = bytesOf("{}");
  expect([[EMPTY, body], [body], [EMPTY], []].map(isEnveloped)).toEqual([
    true,
    false,
    false,
    false,
  ]);
  expect(textOf(endFrame(12))).toBe('{"op":"end","last_seq":12}');
});

test("what cannot be done is said with what would be right", () => {
  const why = (...frames: string[]) => {
    const read = requestOf(frames.map(bytesOf));
    return read.ok ? null : read.why;
  };
  const publish = '{"op":"publish","topic":"ada"';
  expect(why()).toContain('{"op":"publish"');
  expect(why("hello")).toContain("send a JSON object");
  expect(why("[1]")).toContain("send a JSON object");
  expect(why('{"topic":"ada"}')).toContain("one of publish, replay, stop, stats");
  expect(why('{"op":"dance"}')).toContain("publish, replay, stop, stats");
  expect(why(`${publish}}`)).toContain('give the payload in "message", or as frames');
  expect(why(`${publish},"message":1}`, "x")).toContain("not both");
  expect(why('{"op":"publish","message":1}')).toContain("topic");
  expect(why(`${publish},"id":"","message":1}`)).toContain("id");
  expect(why('{"op":"replay","after_seq":-1}')).toContain("after_seq");
  expect(why('{"op":"replay","topics":[]}')).toContain("topics");
});

test("B6: rubbish never throws, and every no says something a person can act on", () => {
  const op = fc.constantFrom("publish", "replay", "stop", "stats", "__proto__", "x");
  const almost = fc
    .record(
      {
        op: fc.oneof(op, fc.jsonValue()),
        topic: fc.oneof(fc.string(), fc.jsonValue()),
        topics: fc.jsonValue(),
        id: fc.oneof(fc.string(), fc.jsonValue()),
        after_seq: fc.oneof(fc.integer(), fc.double(), fc.string()),
        follow: fc.jsonValue(),
        message: fc.jsonValue(),
        type: fc.constantFrom("handshake", "request"),
      },
      { requiredKeys: [] },
    )
    .map((value) => bytesOf(JSON.stringify(value)));
  const frame = fc.oneof(almost, fc.uint8Array({ maxLength: 30 }), fc.json().map(bytesOf));
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 4 }), (frames) => {
      const read = requestOf(frames);
      if (!read.ok) expect(read.why).toMatch(/publish|payload/);
    }),
    { numRuns: 1000 },
  );
});

test("B6: an object nested as deep as a message may be large is read too", () => {
  const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
  const read = requestOf([bytesOf(`{"op":"publish","topic":"a","message":${deep}}`)]);
  expect(read.ok && read.value.op === "publish" && textOf(read.value.frames[1]) === deep).toBe(
    true,
  );
});
