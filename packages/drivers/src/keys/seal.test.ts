/** Keys in cookies. */
import { expect, test } from "bun:test";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { openSealer } from "./seal.ts";

const path = async () => join(await mkdtemp(join(tmpdir(), "vb-seal-")), "secret");

test("A13: what was sealed is read back, after a restart too, and not when a bit was changed", async () => {
  const at = await path();
  const first = await openSealer(at);
  const again = await openSealer(at);
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.nat(), (text, place) => {
      const sealed = first.seal(text);
      expect(again.unseal(sealed)).toBe(text.toWellFormed());
      const bytes = Buffer.from(sealed, "base64url");
      const at = place % bytes.length;
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      expect(again.unseal(bytes.toString("base64url"))).toBeNull();
    }),
  );
});

test("A13: what another home sealed opens nothing, nor what was never sealed", async () => {
  const [mine, theirs] = [await openSealer(await path()), await openSealer(await path())];
  expect(mine.unseal(theirs.seal("a key"))).toBeNull();
  for (const rubbish of ["", "x", "a key", "~".repeat(99)]) expect(mine.unseal(rubbish)).toBeNull();
});
