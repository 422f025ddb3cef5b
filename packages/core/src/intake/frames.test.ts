/** The bytes on the intake socket: any frames, cut anywhere, come back; anything else is refused. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { RAW_BYTES_MAX } from "../limits.ts";
import {
  encodeControl,
  encodeGoodbye,
  encodeOffered,
  encodeReceipts,
  encodeReply,
} from "./encode.ts";
import { decodeAnswers, decodeRequests, openDecoder } from "./frames.ts";
import type { Offered, Receipt } from "./port.ts";

const offered: fc.Arbitrary<Offered> = fc.record({
  source: fc.stringMatching(/^[a-z0-9-]{1,20}$/),
  key: fc.string({ minLength: 1, maxLength: 60, unit: "grapheme" }),
  raw: fc.uint8Array({ maxLength: 300 }),
  once: fc.boolean(),
});
const receipt: fc.Arbitrary<Receipt> = fc.oneof(
  fc.record({
    status: fc.constantFrom("created" as const, "known" as const, "conflict" as const),
    seq: fc.nat(Number.MAX_SAFE_INTEGER),
  }),
  fc.record({
    status: fc.constant("refused" as const),
    code: fc.string(),
    message: fc.string({ maxLength: 200 }),
  }),
);

/** Feeds bytes cut at these places through a decoder. */
function fed(bytes: Uint8Array, cuts: readonly number[]) {
  const decoder = openDecoder();
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length];
  const inOrder = places.toSorted((one, other) => one - other);
  return inOrder.slice(1).flatMap((to, index) => {
    const frames = decoder.push(bytes.slice(inOrder[index], to));
    return frames.ok ? [...frames.value] : [];
  });
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(pieces));
}

describe("intake frames", () => {
  test("I4: records and controls come back as they were sent, however the bytes are cut", () => {
    fc.assert(
      fc.property(
        fc.array(offered, { maxLength: 8 }),
        fc.jsonValue(),
        fc.array(fc.nat()),
        (batch, ask, cuts) => {
          const frames = fed(joined([encodeOffered(batch), encodeControl(7, ask)]), cuts);
          const requests = decodeRequests(frames);
          expect(requests).toEqual({
            ok: true,
            value: [
              ...batch.map((one) => ({ kind: "record" as const, offered: one })),
              { kind: "control" as const, id: 7, ask: JSON.parse(JSON.stringify(ask)) },
            ],
          });
        },
      ),
    );
  });

  test("I4: receipts, replies and a goodbye come back as they were sent, however the bytes are cut", () => {
    fc.assert(
      fc.property(fc.array(receipt, { maxLength: 20 }), fc.array(fc.nat()), (receipts, cuts) => {
        const sent = [encodeReceipts(receipts), encodeReply(3, { a: 1 }), encodeGoodbye("why")];
        expect(decodeAnswers(fed(joined(sent), cuts))).toEqual({
          ok: true,
          value: [
            { kind: "receipts", receipts },
            { kind: "reply", id: 3, value: { a: 1 } },
            { kind: "goodbye", why: "why" },
          ],
        });
      }),
    );
  });

  test("I5: any bytes at all are frames, or a no, and never an error", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const frames = openDecoder().push(bytes);
        if (!frames.ok) return;
        decodeRequests(frames.value);
        decodeAnswers(frames.value);
      }),
    );
  });

  test("I5: a damaged frame is refused or read, and never reads beyond itself", () => {
    fc.assert(
      fc.property(offered, fc.nat(), fc.nat(255), (one, at, byte) => {
        const bytes = encodeOffered([one]).slice();
        bytes[at % bytes.length] = byte;
        const frames = openDecoder().push(bytes);
        if (frames.ok) decodeRequests(frames.value);
      }),
    );
  });

  test("I5: a length that no record has is refused before any of it has come", () => {
    const head = new Uint8Array(5);
    new DataView(head.buffer).setUint32(0, RAW_BYTES_MAX + 10_000);
    head[4] = 1;
    expect(openDecoder().push(head)).toMatchObject({ ok: false });
    expect(openDecoder().push(Uint8Array.from([0, 0, 0, 0, 1]))).toMatchObject({ ok: false });
    expect(openDecoder().push(new TextEncoder().encode("GET / HTTP/1.1\r\n"))).toMatchObject({
      ok: false,
    });
  });

  test("a long frame that comes in many pieces is joined once", () => {
    const one: Offered = { source: "s", key: "k", once: false, raw: new Uint8Array(4_000_000) };
    const bytes = encodeOffered([one]);
    const decoder = openDecoder();
    let frames = 0;
    for (let at = 0; at < bytes.length; at += 1000) {
      const got = decoder.push(bytes.subarray(at, at + 1000));
      frames += got.ok ? got.value.length : 0;
    }
    expect(frames).toBe(1);
  });
});
