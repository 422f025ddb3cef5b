/**
 * Writing whose a posted message is, when a key of one user posts it (D2).
 *
 * The item's bytes stay as they were sent (A2) but for `meta.user_id`, which is
 * put in where the client did not say it. One that names another user is wrong.
 */
import { type Item, sliceField } from "@verbatim/core";

const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** The item's bytes with its owner in them, or null when they name somebody else. */
export function ownedBy(raw: Uint8Array, item: Item, owner: string): Uint8Array | null {
  const meta = item.meta ?? {};
  if (Object.hasOwn(meta, "user_id")) return meta["user_id"] === owner ? raw : null;
  const member = `"user_id":${JSON.stringify(owner)}`;
  const at = sliceField(raw, "meta");
  if (at === null) return put(raw, raw.lastIndexOf(CLOSE_BRACE), `,"meta":{${member}}`);
  const inside = raw.indexOf(OPEN_BRACE, at.byteOffset - raw.byteOffset) + 1;
  return put(raw, inside, isEmpty(at) ? member : `${member},`);
}

function isEmpty(object: Uint8Array): boolean {
  return /^\{\s*\}$/.test(new TextDecoder().decode(object));
}

function put(raw: Uint8Array, at: number, text: string): Uint8Array {
  return Buffer.concat([raw.subarray(0, at), new TextEncoder().encode(text), raw.subarray(at)]);
}
