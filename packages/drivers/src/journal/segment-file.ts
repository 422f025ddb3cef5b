/**
 * Opening a segment, whichever form it lies in.
 *
 * Offsets are always those of the plain bytes. A sealed segment that is called by
 * its plain name may lie there compressed, or dropped: a reader that listed it before
 * it was, or before it was written plain again, finds it in its other form.
 */
import { COMPRESSED_END, DROPPED_END } from "@verbatim/core/keeping";
import { openCompressed } from "./compressed-file.ts";
import { openDropped } from "./dropped-file.ts";
import { openPlain, type SegmentFile } from "./plain-file.ts";

export { checksum, type SegmentFile } from "./plain-file.ts";

/** Opens a segment to read, plain, compressed or dropped; throws the system's error when it is not there. */
export function openSegment(path: string): SegmentFile {
  if (path.endsWith(COMPRESSED_END)) return openCompressed(path);
  if (path.endsWith(DROPPED_END)) return openDropped(path);
  return (
    orAbsent(() => openPlain(path)) ??
    orAbsent(() => openCompressed(`${path}${COMPRESSED_END}`)) ??
    orAbsent(() => openDropped(`${path}${DROPPED_END}`)) ??
    // None was there: written plain again between the looks, or gone.
    openPlain(path)
  );
}

/** What opens, or null when it is not there. */
function orAbsent(open: () => SegmentFile): SegmentFile | null {
  try {
    return open();
  } catch (error) {
    if (!isAbsent(error)) throw error;
    return null;
  }
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
