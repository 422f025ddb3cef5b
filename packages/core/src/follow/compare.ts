/**
 * Whether a file still begins with what was heard of it. Reads as little as the
 * doubt asks for; see reach.ts for why each doubt asks for what it does.
 */
import type { Checksum, OpenFile } from "./port.ts";
import type { Doubt, Reach } from "./reach.ts";
import { heardTo } from "./reach.ts";

/** Bytes compared at a time. */
const PIECE_BYTES: number = 256 * 1024;

/** Compares the file with a reach, as far as the doubt asks. */
export async function stillBegins(
  open: OpenFile,
  known: { readonly reach: Reach; readonly doubt: Doubt },
  checksum: Checksum,
): Promise<boolean> {
  const { reach, doubt } = known;
  if (doubt === "none" || doubt === "shrunk") return doubt === "none";
  const to = heardTo(reach);
  const sum = (from: number, end: number) => sumOf(open, { from, to: end }, checksum);
  if (doubt === "whole") return (await sum(0, to)) === reach.crcTorn;
  return (
    (await sum(0, reach.head.bytes)) === reach.head.crc &&
    (await sum(to - reach.tail.bytes, to)) === reach.tail.crc
  );
}

/** The checksum of a range, or null when the file ends before it does. */
async function sumOf(
  open: OpenFile,
  range: { readonly from: number; readonly to: number },
  checksum: Checksum,
): Promise<number | null> {
  const piece = new Uint8Array(Math.min(PIECE_BYTES, range.to - range.from));
  let crc = 0;
  for (let at = range.from; at < range.to; ) {
    const part = piece.subarray(0, Math.min(piece.length, range.to - at));
    if ((await open.read(part, at)) < part.length) return null;
    crc = checksum(part, crc);
    at += part.length;
  }
  return crc;
}
