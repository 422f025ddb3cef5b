/** Files on this machine: reading them, being told that they changed, and notes that may be lost. */

import { crc32 } from "node:zlib";
import type { Checksum } from "@verbatim/core";

export { freeBytes, openDisk } from "./disk.ts";
export { openNote } from "./note.ts";
export type { Watching } from "./watch.ts";
export { watchFolder } from "./watch.ts";

/** The platform's crc32, as cursors want it. */
export const checksum: Checksum = (bytes, before) => crc32(bytes, before ?? 0);
