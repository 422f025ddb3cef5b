/** Records made one after another in shared buffers: none is overwritten by those that follow. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { decodeFrames, encodeFrames, openFrameEncoder } from "./frames.ts";

const frames = fc.array(fc.uint8Array({ maxLength: 3000 }), { minLength: 1, maxLength: 4 });

test("an encoder for many makes the same records as one at a time, and they stay as they were", () => {
  fc.assert(
    fc.property(fc.array(frames, { maxLength: 60 }), (messages) => {
      const encode = openFrameEncoder();
      const records = messages.map(encode);
      expect(records).toEqual(messages.map(encodeFrames));
      expect(records.map(decodeFrames)).toEqual(messages);
    }),
  );
});
