/** Whether one archived segment is, in the very form it lies in, as it was sealed. */
import { walkOver } from "./holes.ts";
import type { SegmentFile } from "./plain-file.ts";
import { openSegment } from "./segment-file.ts";
import { digestTo, sealOf } from "./segments.ts";

/** What is not as it was; null when all of it is. Throws the system's error when it is not there. */
export function segmentFault(path: string): string | null {
  const file = openSegment(path);
  try {
    for (const what of file.faults()) return what;
    const found = sealOf(file);
    if (found === null) return holeIn(file);
    return digestTo(file, found.offset) === found.seal.sha256
      ? null
      : "its bytes are not those that were sealed (sha256 differs)";
  } finally {
    file.close();
  }
}

/** One without a seal, or with a damaged one, has the checksums of its entries. */
function holeIn(file: SegmentFile): string | null {
  for (const step of walkOver(file, { from: 0, before: null }))
    if (step.kind === "hole") return `bytes ${step.offset} to ${step.next} are no whole entry`;
  return null;
}
